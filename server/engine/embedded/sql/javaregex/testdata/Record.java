import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Records what java.util.regex finds: each pattern of patterns.txt in each text
 * of texts.txt (with Java's escapes). Run with Java 17, as Flink is:
 *
 * <pre>java Record.java patterns.txt texts.txt recorded.txt</pre>
 *
 * A line of the result is the pattern, a tab, and for each text, behind a tab,
 * the matches that find() gives: begin-end of the match and of its groups, "-"
 * for a group without; or "!" and what is wrong with the pattern.
 */
public class Record {
    public static void main(String[] args) throws Exception {
        List<String> patterns = Files.readAllLines(Path.of(args[0]), StandardCharsets.UTF_8);
        List<String> texts = Files.readAllLines(Path.of(args[1]), StandardCharsets.UTF_8);
        try (PrintWriter out = new PrintWriter(args[2], StandardCharsets.UTF_8)) {
            for (String p : patterns) {
                out.print(p);
                try {
                    Pattern compiled = Pattern.compile(p);
                    for (String t : texts) {
                        out.print("\t" + matches(compiled, t.translateEscapes()));
                    }
                } catch (PatternSyntaxException e) {
                    out.print("\t!" + e.getDescription().replace('\n', ' '));
                }
                out.print("\n");
            }
        }
    }

    private static String matches(Pattern p, String text) {
        StringBuilder b = new StringBuilder();
        Matcher m = p.matcher(text);
        while (m.find()) {
            if (b.length() > 0) {
                b.append(' ');
            }
            for (int g = 0; g <= m.groupCount(); g++) {
                b.append(g == 0 ? "" : ",");
                b.append(m.start(g) < 0 ? "-" : m.start(g) + "-" + m.end(g));
            }
        }
        return b.toString();
    }
}
