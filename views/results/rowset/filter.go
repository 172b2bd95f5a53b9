package rowset

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"drey/client/statement"
	"drey/views/match"
)

// filter is a parsed query: every term must hold.
type filter []term

// term is one part of it that blanks set apart: word, a|b, !word, ~fuzzy, and of a
// column by the beginning of its name column:word, column=value, column>value,
// column<value.
type term struct {
	not    bool
	fuzzy  bool
	column int // -1: any
	by     byte
	any    []string
	number bool // of a comparison
}

func parseFilter(query string, columns []statement.Column) filter {
	var f filter
	for _, part := range strings.Fields(query) {
		t := term{column: -1}
		part, t.not = strings.CutPrefix(part, "!")
		part, t.fuzzy = strings.CutPrefix(part, "~")
		if i := strings.IndexAny(part, ":=<>"); i > 0 && !t.fuzzy {
			if c := columnNamed(columns, part[:i]); c >= 0 {
				t.column, t.by, part = c, part[i], part[i+1:]
				t.number = IsNumber(columns[c].Type.Type)
			}
		}
		for word := range strings.SplitSeq(part, "|") {
			if word != "" {
				t.any = append(t.any, t.lowered(word))
			}
		}
		if len(t.any) > 0 || t.by == '=' {
			f = append(f, t)
		}
	}
	return f
}

// FilterProblem says what in a query cannot mean what it seems to, "" when
// nothing: a column that is not there, a comparison of a number with a word.
func FilterProblem(query string, columns []statement.Column) string {
	for _, part := range strings.Fields(query) {
		part = strings.TrimPrefix(part, "!")
		if strings.HasPrefix(part, "~") {
			if part == "~" {
				return "~ wants letters behind it"
			}
			continue
		}
		i := strings.IndexAny(part, ":=<>")
		if i <= 0 {
			continue
		}
		c, rest := columnNamed(columns, part[:i]), part[i+1:]
		if c < 0 {
			return "no column begins with " + part[:i] + ": the words are looked for as they are"
		}
		if part[i] != '<' && part[i] != '>' {
			continue
		}
		if rest == "" {
			return part + " wants a value behind " + part[i:i+1]
		}
		if _, number := numberOf([]byte(rest)); !number && IsNumber(columns[c].Type.Type) {
			return columns[c].Name + " is a number and " + rest + " is none"
		}
	}
	return ""
}

// lowered is a word as it is looked for: comparisons keep its case.
func (t *term) lowered(word string) string {
	if t.by == '=' || t.by == '<' || t.by == '>' {
		return word
	}
	return strings.ToLower(word)
}

// columnNamed finds a column by its name or the beginning of it.
func columnNamed(columns []statement.Column, name string) int {
	name = strings.ToLower(name)
	if i := slices.IndexFunc(columns, func(c statement.Column) bool {
		return strings.ToLower(c.Name) == name
	}); i >= 0 {
		return i
	}
	return slices.IndexFunc(columns, func(c statement.Column) bool {
		return strings.HasPrefix(strings.ToLower(c.Name), name)
	})
}

func (f filter) match(r Record, asChanges bool) bool {
	for i := range f {
		if f[i].holds(r, asChanges) == f[i].not {
			return false
		}
	}
	return true
}

func (t *term) holds(r Record, asChanges bool) bool {
	if t.column >= 0 {
		return t.cell(r.Value(t.column))
	}
	if asChanges && slices.Contains(t.any, strings.ToLower(r.Op().String())) {
		return true
	}
	for rest := []byte(r[1:]); len(rest) > 0; {
		var v Value
		v, rest = next(rest)
		if t.cell(v) {
			return true
		}
	}
	return false
}

func (t *term) cell(v Value) bool {
	text := v.Text
	if v.Form == Null {
		if t.by == '<' || t.by == '>' {
			return false
		}
		text = nullText
	}
	switch {
	case t.by == '=':
		return slices.Contains(t.any, string(text)) || len(t.any) == 0 && len(text) == 0
	case t.by == '<', t.by == '>':
		return t.compare(text)
	case t.fuzzy:
		return match.Fuzzy(t.any[0], strings.ToLower(string(text)))
	}
	for _, word := range t.any {
		if ContainsFold(text, word) {
			return true
		}
	}
	return false
}

var nullText = []byte("NULL")

func (t *term) compare(text []byte) bool {
	c := 0
	if t.number {
		a, okA := numberOf(text)
		b, okB := numberOf([]byte(t.any[0]))
		if !okA || !okB {
			return false
		}
		c = compareNumbers(sortKey{number: a, text: string(text)}, sortKey{number: b, text: t.any[0]})
	} else {
		c = strings.Compare(string(text), t.any[0])
	}
	return t.by == '<' && c < 0 || t.by == '>' && c > 0
}

// ContainsFold tells whether text holds a word of small letters in any case.
func ContainsFold(text []byte, word string) bool {
	if word == "" {
		return true
	}
	for i := 0; i < len(word); i++ {
		if word[i] >= utf8.RuneSelf {
			return bytes.Contains(bytes.ToLower(text), []byte(word))
		}
	}
	first := word[0]
	for i := 0; i+len(word) <= len(text); i++ {
		if lower(text[i]) == first && foldsTo(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

func foldsTo(text []byte, word string) bool {
	for i := 1; i < len(word); i++ {
		if lower(text[i]) != word[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
