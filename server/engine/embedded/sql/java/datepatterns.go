package java

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
)

// FormatDate prints a timestamp after a pattern of SimpleDateFormat whose
// letters are known; others are refused.
func FormatDate(v value.Value, pattern string) (value.Value, error) {
	layout, err := dateLayout(pattern, true)
	if err != nil {
		return value.NULL, err
	}
	at := time.UnixMilli(v.I).UTC()
	var b strings.Builder
	for _, part := range layout {
		switch {
		case part.plain:
			b.WriteString(part.text)
		case part.show != nil:
			b.WriteString(part.show(at))
		default:
			b.WriteString(at.Format(part.text))
		}
	}
	return value.Text(b.String()), nil
}

// ParseDate reads a text after such a pattern as milliseconds; what does not
// fit is refused, as Java is lenient in ways of its own.
func ParseDate(s, pattern string) (int64, error) {
	layout, err := dateLayout(pattern, false)
	if err != nil {
		return 0, err
	}
	var b strings.Builder
	for _, part := range layout {
		if part.plain && strings.Trim(part.text, " -/.:") != "" {
			return 0, sqlerr.RefuseRow("a pattern with '%s'", part.text)
		}
		b.WriteString(part.text)
	}
	at, err := time.Parse(b.String(), s)
	if err != nil || strings.Contains(pattern, "yy") && !strings.Contains(pattern, "yyyy") {
		return 0, sqlerr.RefuseRow("'%s' after the pattern '%s'", s, pattern)
	}
	return at.UnixMilli(), nil
}

type layoutPart struct {
	text  string
	plain bool
	show  func(time.Time) string
}

func dateLayout(pattern string, shown bool) ([]layoutPart, error) {
	var parts []layoutPart
	for i := 0; i < len(pattern); {
		c := pattern[i]
		if text, rest, ok := quotedPart(pattern[i:]); shown && ok {
			parts, i = append(parts, layoutPart{text: text, plain: true}), len(pattern)-len(rest)
			continue
		}
		if shown && (c == '[' || c == ']') { // around what need not be there
			i++
			continue
		}
		if shown && (c == '{' || c == '}' || c == '#') {
			return nil, sqlerr.RefuseRow("the pattern '%s'", pattern)
		}
		n := 1
		for i+n < len(pattern) && pattern[i+n] == c {
			n++
		}
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '\'' || c > 127 {
			text, ok := dateLetters[pattern[i:i+n]]
			show := shownLetters[pattern[i:i+n]]
			if shown && !ok && show == nil && c < 128 && c != '\'' && !strings.ContainsRune(javaLetters, rune(c)) {
				return nil, sqlerr.Fail("java.lang.IllegalArgumentException", "Unknown pattern letter: %c", c)
			}
			if !ok && (show == nil || !shown) {
				return nil, sqlerr.RefuseRow("the pattern '%s'", pattern[i:i+n])
			}
			parts = append(parts, layoutPart{text: text, show: show})
		} else {
			parts = append(parts, layoutPart{text: pattern[i : i+n], plain: true})
		}
		i += n
	}
	return parts, nil
}

// quotedPart is a text in quotes at the beginning of a pattern.
func quotedPart(pattern string) (text, rest string, ok bool) {
	if pattern[0] != '\'' {
		return "", "", false
	}
	text, rest, ok = strings.Cut(pattern[1:], "'")
	if ok && text == "" {
		text = "'"
	}
	return text, rest, ok && !strings.HasPrefix(rest, "'")
}

// shownLetters are parts of patterns that are printed only.
var shownLetters = map[string]func(time.Time) string{
	"E": shownAs("Mon"), "EE": shownAs("Mon"), "EEE": shownAs("Mon"), "EEEE": shownAs("Monday"),
	"MMM": shownAs("Jan"), "MMMM": shownAs("January"),
	"H":   func(t time.Time) string { return strconv.Itoa(t.Hour()) },
	"D":   func(t time.Time) string { return strconv.Itoa(t.YearDay()) },
	"DDD": func(t time.Time) string { return fmt.Sprintf("%03d", t.YearDay()) },
	"S":   fraction(1), "SS": fraction(2), "SSS": fraction(3),
	"Q": quarter("%d"), "q": quarter("%d"), "QQ": quarter("%02d"), "qq": quarter("%02d"),
	"QQQ": quarter("Q%d"), "qqq": quarter("Q%d"),
	"LLL": shownAs("Jan"), "EEEEE": func(t time.Time) string { return t.Format("Mon")[:1] },
	"u": shownAs("2006"), "y": shownAs("2006"), "yyy": shownAs("2006"), "uuuu": shownAs("2006"),
	"k":  func(t time.Time) string { return strconv.Itoa((t.Hour()+23)%24 + 1) },
	"K":  func(t time.Time) string { return strconv.Itoa(t.Hour() % 12) },
	"kk": func(t time.Time) string { return fmt.Sprintf("%02d", (t.Hour()+23)%24+1) },
}

func quarter(format string) func(time.Time) string {
	return func(t time.Time) string { return fmt.Sprintf(format, (int(t.Month())+2)/3) }
}

// javaLetters are the letters that java.time takes in patterns.
const javaLetters = "GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZp"

func shownAs(layout string) func(time.Time) string {
	return func(t time.Time) string { return t.Format(layout) }
}

func fraction(n int) func(time.Time) string {
	return func(t time.Time) string { return fmt.Sprintf("%03d", t.Nanosecond()/1e6)[:n] }
}

var dateLetters = map[string]string{
	"yyyy": "2006", "yy": "06", "MM": "01", "M": "1", "dd": "02", "d": "2", "HH": "15", "hh": "03", "h": "3",
	"mm": "04", "m": "4",
	"ss": "05", "s": "5", "a": "PM",
}
