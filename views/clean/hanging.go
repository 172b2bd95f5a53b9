package clean

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// longestWord is how many cells the widest word takes.
func longestWord(s string) int {
	longest := 0
	for word := range strings.FieldsSeq(s) {
		longest = max(longest, Width(word))
	}
	return longest
}

// WrapHanging wraps a line that may have styles in it: what follows is indented two
// cells more than its beginning, in the style that it was broken in.
func WrapHanging(line string, width int) []string {
	if Width(line) <= width {
		return []string{line}
	}
	plain := Plain(line)
	lead := len(plain) - len(strings.TrimLeft(plain, " "))
	indent := lead + 2
	if width-indent < 8 {
		lead, indent = 0, 0
	}
	return wrapFrom(line, width, Blanks(lead), indent)
}

// WrapColumns is WrapHanging of a line that may have columns: what follows stands below the
// last one that begins in the first half.
func WrapColumns(line string, width int) []string {
	if Width(line) <= width {
		return []string{line}
	}
	plain, at := Plain(line), 0
	first := len(plain) - len(strings.TrimLeft(plain, " "))
	for i := first; i < len(plain); i++ {
		if plain[i] != ' ' && i >= 2 && plain[i-2:i] == "  " && i > first {
			if column := Width(plain[:i]); column <= width/2 {
				at = column
			}
		}
	}
	if at == 0 {
		return WrapHanging(line, width)
	}
	return wrapFrom(line, width, Cut(line, at, ""), at)
}

// wrapFrom wraps what stands in a line behind its head.
func wrapFrom(line string, width int, head string, indent int) []string {
	lead := Width(head)
	plain := Plain(Skip(line, lead))
	breakAt := ""
	if longestWord(plain) > width-indent {
		breakAt = ".(/" // a class or a path has to be broken: not in the middle of a name
	}
	parts := strings.Split(ansi.Wrap(Skip(line, lead), width-indent, breakAt), "\n")
	style := "" // that is open at the end of a part
	for i, part := range parts {
		opened := sgr.FindAllString(part, -1)
		part = style + part
		for _, s := range opened {
			if style += s; s == "\x1b[0m" || s == "\x1b[m" {
				style = ""
			}
		}
		if style != "" {
			part += "\x1b[0m"
		}
		if i == 0 {
			parts[i] = head + part
		} else {
			parts[i] = Blanks(indent) + part
		}
	}
	return parts
}
