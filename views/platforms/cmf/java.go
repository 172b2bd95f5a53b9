package cmf

import "strings"

const causedBy = "Caused by: "

// causeLine is one line of a text that Java wrote: the root cause of a stack
// trace, else the first line.
func causeLine(text string) string {
	if i := strings.LastIndex(text, causedBy); i >= 0 {
		return firstLine(text[i+len(causedBy):])
	}
	return firstLine(text)
}

// javaText is a stack trace with its root cause first; other text stays.
func javaText(text string) string {
	if !strings.Contains(text, causedBy) {
		return text
	}
	return "root cause: " + causeLine(text) + "\n" + text
}
