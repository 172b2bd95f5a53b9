package javaregex

import (
	"fmt"
	"strings"
)

// Similar is a pattern of SIMILAR TO as Java's, as Calcite writes it.
func Similar(pattern string, escape rune) (string, error) {
	const special = "[]()|^-+*_%?{}"
	var b strings.Builder
	rs := []rune(pattern)
	within := false
	for i := 0; i < len(rs); i++ {
		c := rs[i]
		switch {
		case escape != 0 && c == escape:
			i++
			if i == len(rs) || !strings.ContainsRune(special, rs[i]) && rs[i] != escape {
				return "", fmt.Errorf("the escape at %d", i)
			}
			if strings.ContainsRune(special+`\.$`, rs[i]) && rs[i] != '_' && rs[i] != '%' {
				b.WriteByte('\\')
			}
			b.WriteRune(rs[i])
		case within && c == ']':
			within = false
			b.WriteRune(c)
		case within && c == '[' && i+1 < len(rs) && rs[i+1] == ':':
			class, length := similarClass(string(rs[i:]))
			if length == 0 {
				return "", fmt.Errorf("the class at %d", i+1)
			}
			b.WriteString(class)
			i += length - 1
		case within && c != '-' && c != '^' && strings.ContainsRune(special, c):
			return "", fmt.Errorf("'%c' within brackets", c)
		case c == '\\':
			b.WriteString(`\\`)
		case within:
			b.WriteRune(c)
		case c == '_':
			b.WriteByte('.')
		case c == '%':
			b.WriteString("(?s:.*)")
		case c == ']':
			return "", fmt.Errorf("']' without '['")
		case c == '$':
			b.WriteString(`\$`)
		default:
			within = c == '['
			b.WriteRune(c)
		}
	}
	return b.String(), nil
}

// similarClass reads a class such as [:ALPHA:] and gives how long it is.
func similarClass(text string) (class string, length int) {
	for name, java := range map[string]string{
		"ALPHA": `\p{Alpha}`, "UPPER": `\p{Upper}`, "LOWER": `\p{Lower}`, "DIGIT": `\d`, "SPACE": " ",
		"WHITESPACE": `\s`, "ALNUM": `\p{Alnum}`,
	} {
		for _, spelled := range []string{name, strings.ToLower(name)} {
			if full := "[:" + spelled + ":]"; strings.HasPrefix(text, full) {
				return java, len(full)
			}
		}
	}
	return "", 0
}
