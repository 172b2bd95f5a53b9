package flinksql

import (
	"strings"
	"testing"
)

// byLines lexes a text line by line and joins what goes on beyond a line.
func byLines(text string) (tokens []Token, open Open) {
	offset := 0
	for n, line := range strings.Split(text, "\n") {
		before := open
		var got []Token
		got, open = LexLine(line, before)
		for i, t := range got {
			t.Offset, t.Line = t.Offset+offset, n+1
			if i == 0 && before != OpenNothing {
				last := &tokens[len(tokens)-1]
				last.Text += "\n" + t.Text
				continue
			}
			tokens = append(tokens, t)
		}
		offset += len(line) + 1
	}
	return tokens, open
}

func FuzzLinesGiveTheTokensOfTheWholeText(f *testing.F) {
	for _, text := range []string{
		"SELECT 'it''s\ntwo', `a``\nb` -- c\nFROM t; /* one\ntwo */ x /*+ OPTIONS('a'='b')\n */",
		"_UTF8'x\ny' U&'\\00e9' X'CAFE' n'a\n'", "'open\n\n", "/* open\n'", "é 'ü\n表'`", "a // b\n'c -- d\n'e", "/*/\n*/",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\r\u2028\u2029\u0085\v\f") {
			return
		}
		want := Lex(text)
		got, open := byLines(text)
		if len(got) != len(want) {
			t.Fatalf("%q: got %d tokens %v, want %d %v", text, len(got), got, len(want), want)
		}
		for i, w := range want {
			if open != OpenNothing && i == len(want)-1 && w.Kind == Invalid {
				w.Kind = got[i].Kind // nothing closes it
			}
			if got[i] != w {
				t.Errorf("%q: token %d is %+v, want %+v", text, i, got[i], w)
			}
		}
	})
}
