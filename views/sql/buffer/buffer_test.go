package buffer

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"drey/client/flinksql"
)

// at makes a buffer of text in which ^ is the cursor.
func at(text string) *Buffer {
	head, tail, _ := strings.Cut(text, "^")
	b := New(head + tail)
	b.MoveTo(after(Position{}, head))
	return b
}

// shown is the text with ^ at the cursor.
func shown(b *Buffer) string {
	return b.Between(Position{}, b.Cursor()) + "^" +
		b.Between(b.Cursor(), Position{b.Len() - 1, len(b.Line(b.Len() - 1))})
}

func TestEdits(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		do   func(*Buffer)
		want string
	}{
		"insert":             {"a^b", func(b *Buffer) { b.Insert("é\nx") }, "aé\nx^b"},
		"insert takes tabs":  {"^", func(b *Buffer) { b.Insert("a\tb\x00\r\nc") }, "a    b\nc^"},
		"newline indents":    {"  a^b", (*Buffer).Newline, "  a\n  ^b"},
		"backspace joins":    {"a\n^b", (*Buffer).Backspace, "a^b"},
		"backspace at start": {"^a", (*Buffer).Backspace, "^a"},
		"delete joins":       {"a^\nb", (*Buffer).Delete, "a^b"},
		"delete at end":      {"a^", (*Buffer).Delete, "a^"},
		"cut word":           {"SELECT a.bc^", (*Buffer).CutWord, "SELECT a.^"},
		"cut to end":         {"a^bc\nd", (*Buffer).CutToEnd, "a^\nd"},
		"cut line end":       {"a^\nd", (*Buffer).CutToEnd, "a^d"},
		"cut to start":       {"ab^c", (*Buffer).CutToStart, "^c"},
		"replace":            {"SEL^", func(b *Buffer) { b.Replace(Position{0, 0}, "SELECT") }, "SELECT^"},
		"word left":          {"ab cd^", (*Buffer).MoveWordLeft, "ab ^cd"},
		"word right":         {"^ab cd", (*Buffer).MoveWordRight, "ab^ cd"},
		"down keeps column":  {"abc^\na\nabcd", func(b *Buffer) { b.MoveLines(1); b.MoveLines(1) }, "abc\na\nabc^d"},
	} {
		t.Run(name, func(t *testing.T) {
			b := at(tc.text)
			tc.do(b)
			if got := shown(b); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTypedLettersAreUndoneTogether(t *testing.T) {
	b := New("")
	for _, r := range "SELECT 1" {
		b.Insert(string(r))
	}
	b.Undo()
	if got := shown(b); got != "SELECT ^" {
		t.Errorf("after undo got %q", got)
	}
	b.Undo()
	b.Undo()
	b.Undo()
	if got := shown(b); got != "^" {
		t.Errorf("after all undone got %q", got)
	}
	for range 4 {
		b.Redo()
	}
	if got := shown(b); got != "SELECT 1^" {
		t.Errorf("after redo got %q", got)
	}
}

// randomEdit changes b somehow.
func randomEdit(rng *rand.Rand, b *Buffer) {
	b.MoveTo(Position{rng.IntN(b.Len()), rng.IntN(20)})
	texts := []string{
		"a", "'", "`", "/*", "*/", "\n", ";", "-- x", "SELECT 1;\nSELECT '", "\n\n/*+ h */", "BEGIN STATEMENT SET;",
		"END;", "é",
	}
	switch rng.IntN(9) {
	case 0:
		b.Backspace()
	case 1:
		b.CutToEnd()
	case 2:
		b.Undo()
	case 3:
		b.Redo()
	case 4:
		from := b.Clamp(Position{b.Cursor().Row - rng.IntN(3), rng.IntN(5)})
		if from.Before(b.Cursor()) {
			b.Replace(from, texts[rng.IntN(len(texts))])
		}
	default:
		b.Insert(texts[rng.IntN(len(texts))])
	}
}

func TestTokensAreThoseOfATextThatWasJustRead(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		b := New(strings.Repeat("SELECT a, 'x' FROM t; -- c\n", 8))
		for step := range 60 {
			randomEdit(rng, b)
			if rng.IntN(3) > 0 {
				b.Tokens(rng.IntN(b.Len())) // only a part is read
				continue
			}
			fresh := New(b.Text())
			for row := range b.Len() {
				if got, want := fmt.Sprint(b.Tokens(row)), fmt.Sprint(fresh.Tokens(row)); got != want {
					t.Fatalf("round %d, step %d: row %d of %q: got %s, want %s", round, step, row, b.Text(), got, want)
				}
			}
			gotAt, got := b.Unclosed()
			wantAt, want := fresh.Unclosed()
			if gotAt != wantAt || got != want {
				t.Fatalf("%q: unclosed at %v %v, want %v %v", b.Text(), gotAt, got, wantAt, want)
			}
		}
	}
}

func TestUndoBringsBackEveryFormerText(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	b := New("SELECT 1;\nSELECT 2;")
	texts := []string{b.Text()}
	for range 200 {
		b.MoveTo(Position{rng.IntN(b.Len()), rng.IntN(9)})
		b.Insert(fmt.Sprintf("\n%d", rng.IntN(100)))
		if rng.IntN(2) == 0 {
			texts = append(texts, b.Text())
			b.Backspace()
		}
		texts = append(texts, b.Text())
	}
	for i := len(texts) - 2; i >= 0; i-- {
		b.Undo()
		if got := b.Text(); got != texts[i] {
			t.Fatalf("undo to %d: got %q, want %q", i, got, texts[i])
		}
	}
	for i := 1; i < len(texts); i++ {
		b.Redo()
		if got := b.Text(); got != texts[i] {
			t.Fatalf("redo to %d: got %q, want %q", i, got, texts[i])
		}
	}
}

func TestTheStatementAtTheCursor(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1^":                       "SELECT 1",
		"SELECT 1;^":                      "SELECT 1",
		"SELECT 1; ^SELECT 2":             "SELECT 2",
		"SELECT 1;^ SELECT 2":             "SELECT 1",
		"SELECT 1;\n^\nSELECT 2;":         "SELECT 1",
		"SELECT 1;\n  ^  \n\n":            "SELECT 1",
		"SELECT 1;\n\n\n^":                "SELECT 1",
		"^\nSELECT 1":                     "SELECT 1",
		"SELECT 1;\n-- next^\nSELECT 2;":  "SELECT 2",
		"SELECT 1;\n-- none^":             "",
		"^":                               "",
		"-- only^ a comment":              "",
		"SELECT ';'^, 1; x":               "SELECT ';', 1",
		"SELECT 'a\n;^b' FROM t;\nSELECT": "SELECT 'a\n;b' FROM t",
		"BEGIN STATEMENT SET;\nINSERT INTO a SELECT 1;^\nINSERT INTO b SELECT CASE WHEN x THEN 1 END;\nEND;\nSELECT 2": "BEGIN STATEMENT SET;\nINSERT INTO a SELECT 1;\nINSERT INTO b SELECT CASE WHEN x THEN 1 END;\nEND",
		";;^SELECT 1": "SELECT 1",
	} {
		b := at(text)
		got, ok := b.StatementAt(b.Cursor())
		if got.Text != want && ok || ok != (want != "") {
			t.Errorf("%q: got %q %v, want %q", text, got.Text, ok, want)
		}
	}
}

func TestStatementsAreThoseOfSplit(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		b := New("SELECT 1;")
		for range 40 {
			randomEdit(rng, b)
		}
		text := b.Text()
		b.Tokens(b.Len() - 1)
		if _, unclosed := b.Unclosed(); unclosed {
			continue // Split takes the rest of the text as a token that is no comment
		}
		var got []string
		for scan := (scanner{buffer: b}); scan.next(b.Len()); {
			got = append(got, b.Between(scan.statement.From, scan.statement.To))
		}
		var want []string
		for _, s := range flinksql.Split(text) {
			want = append(want, s.Text)
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// large is a text of n lines.
func large(n int) *Buffer {
	return New(strings.Repeat("SELECT customer_id, COUNT(*) AS n FROM orders WHERE a = 'x' GROUP BY customer_id;\n", n))
}

// TestALetterReadsOneLine counts work: what a letter costs does not grow with
// the text.
func TestALetterReadsOneLine(t *testing.T) {
	for _, n := range []int{100, 10_000} {
		b := large(n)
		b.Tokens(b.Len() - 1)
		b.MoveTo(Position{n / 2, 7})
		before := b.lexed.reads
		b.Insert("x")
		b.Tokens(n/2 + 40)
		b.StatementAt(b.Cursor())
		if reads := b.lexed.reads - before; reads != 1 {
			t.Errorf("%d lines: a letter reads %d lines, want 1", n, reads)
		}
	}
}

// TestAQuoteReadsWhatIsSeen: it changes every line that follows, but only those
// that are looked at are read again.
func TestAQuoteReadsWhatIsSeen(t *testing.T) {
	b := large(10_000)
	b.Tokens(b.Len() - 1)
	b.MoveTo(Position{5000, 7})
	before := b.lexed.reads
	b.Insert("'")
	b.Tokens(5040)
	b.StatementRows(b.Cursor(), 5040)
	if reads := b.lexed.reads - before; reads > 41 {
		t.Errorf("a quote reads %d lines, want the 41 that are seen", reads)
	}
}

func TestUndoIsBoundedInBytes(t *testing.T) {
	b := New("")
	text := strings.Repeat("x", 1<<20)
	for range 40 {
		b.Insert("\n" + text)
	}
	if b.history.size > historySize {
		t.Errorf("%d bytes of edits are held, want at most %d", b.history.size, historySize)
	}
}

func BenchmarkLetterIn10000Lines(b *testing.B) {
	text := large(10_000)
	text.Tokens(text.Len() - 1)
	text.MoveTo(Position{5000, 7})
	for b.Loop() {
		text.Insert("x")
		text.Tokens(5040)
		text.StatementAt(text.Cursor())
		text.Backspace()
	}
}

func BenchmarkPaste10000Lines(b *testing.B) {
	lines := large(10_000).Text()
	for b.Loop() {
		text := New("")
		text.Insert(lines)
		text.Tokens(40)
	}
}
