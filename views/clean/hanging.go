package clean

import (
	"regexp"
	"strings"
)

var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// WrapHanging wraps a line that may have styles in it: what follows is indented two
// cells more than its beginning, in the style that it was broken in.
func WrapHanging(line string, width int) []string {
	if Width(line) <= width {
		return []string{line}
	}
	plain := Plain(line)
	indent := len(plain) - len(strings.TrimLeft(plain, " ")) + 2
	if width-indent < 8 {
		indent = 0
	}
	parts := Wrap(line, width-indent)
	if len(parts) > 1 && strings.TrimSpace(Plain(parts[0])) == "" { // broken behind its own indentation
		lead := Blanks(len(plain) - len(strings.TrimLeft(plain, " ")))
		parts[1] = strings.Join(sgr.FindAllString(parts[0], -1), "") + lead + parts[1]
		parts = parts[1:]
	}
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
		if i > 0 {
			part = Blanks(indent) + part
		}
		parts[i] = part
	}
	return parts
}
