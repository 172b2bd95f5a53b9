package sql

import (
	"strings"
	"testing"
)

func TestUndoBringsBackWhatWasThere(t *testing.T) {
	b := newBuffer("SELECT 1;\nSELECT 2;")
	for _, r := range " WHERE" {
		b.insert(string(r))
	}
	b.newline()
	b.clear()
	if b.text() != "" {
		t.Fatalf("clear left %q", b.text())
	}
	b.undo()
	if got := b.text(); got != "SELECT 1;\nSELECT 2; WHERE\n" {
		t.Errorf("after undo of clear: %q", got)
	}
	b.undo()
	b.undo()
	if got := b.text(); got != "SELECT 1;\nSELECT 2; " {
		t.Errorf("a typed word is one edit: %q", got)
	}
	b.redo()
	b.redo()
	b.redo()
	if b.text() != "" {
		t.Errorf("after redo: %q", b.text())
	}
}

func TestPastedTextLosesControlCharactersOnly(t *testing.T) {
	b := newBuffer("ab")
	b.moveTo(0, 1)
	b.insert("x\r\n\ty\x1b[31mz\x00é")
	if got := b.text(); got != "ax\n    y[31mzéb" {
		t.Errorf("got %q", got)
	}
	if b.row != 1 || b.col != 11 {
		t.Errorf("cursor at %d,%d", b.row, b.col)
	}
}

func TestCutsAndWords(t *testing.T) {
	b := newBuffer("one two\nthree")
	b.cutWord()
	b.backspace()
	if got := b.text(); got != "one two" {
		t.Fatalf("got %q", got)
	}
	b.cutWord()
	b.cutWord()
	if got := b.text(); got != "" {
		t.Errorf("got %q", got)
	}
	b = newBuffer("ab\ncd")
	b.moveTo(0, 1)
	b.cutToEnd()
	b.cutToEnd()
	if got := b.text(); got != "acd" {
		t.Errorf("cut to end, twice: %q", got)
	}
	b.cutToStart()
	if got := b.text(); got != "cd" {
		t.Errorf("cut to start: %q", got)
	}
}

func TestUpAndDownAimForTheirColumn(t *testing.T) {
	b := newBuffer("long line\nx\nlong line")
	b.moveTo(0, 7)
	b.moveLines(1)
	if b.col != 1 {
		t.Errorf("on the short line: column %d", b.col)
	}
	b.moveLines(1)
	if b.col != 7 {
		t.Errorf("on the long line: column %d", b.col)
	}
	b.moveLines(99)
	b.moveLines(-99)
	if b.row != 0 {
		t.Errorf("row %d", b.row)
	}
}

// FuzzBuffer edits at random and checks that the cursor stays in the text and
// that undoing everything gives the first text back.
func FuzzBuffer(f *testing.F) {
	f.Add("SELECT 1;\nü", []byte("abcdefghijkl"))
	f.Fuzz(func(t *testing.T, text string, keys []byte) {
		if len(keys) > undoDepth {
			return
		}
		b := newBuffer(typable(text))
		before := b.text()
		steps := []func(){
			func() { b.insert("x") }, func() { b.insert("a\nb") }, b.newline, b.backspace, b.remove, b.cutWord, b.cutToEnd,
			b.cutToStart, b.clear, func() { b.moveLines(-1) }, func() { b.moveLines(1) }, func() { b.moveTo(b.before()) },
			func() { b.moveTo(b.wordAfter()) }, func() { b.moveTo(b.wordBefore()) }, b.moveEnd,
		}
		for _, k := range keys {
			steps[int(k)%len(steps)]()
			if b.row < 0 || b.row >= len(b.lines) || b.col < 0 || b.col > len(b.lines[b.row]) {
				t.Fatalf("cursor %d,%d outside of %q", b.row, b.col, b.text())
			}
			if row, col := b.place(b.offset()); row != b.row || col != b.col {
				t.Fatalf("offset %d is %d,%d and not %d,%d", b.offset(), row, col, b.row, b.col)
			}
		}
		for range keys {
			b.undo()
		}
		if strings.ToValidUTF8(b.text(), "?") != strings.ToValidUTF8(before, "?") {
			t.Errorf("undo gave %q, want %q", b.text(), before)
		}
	})
}
