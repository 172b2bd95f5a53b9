package tty_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"drey/ui/console/tty"

	"github.com/hinshun/vt10x"
)

func TestOnlyTheCellsThatDifferAreWritten(t *testing.T) {
	for _, tc := range []struct{ old, line, want string }{
		{"\x1b[2m a \x1b[0m  \x1b[2m9s\x1b[0m end", "\x1b[2m a \x1b[0m  \x1b[2m8s\x1b[0m end", "\x1b[3;6H\x1b[2m8\x1b[m"},
		{"same", "some", "\x1b[3;2Ho"},
		{"long line", "short", "\x1b[3;2Hshort\x1b[3;6H\x1b[K"},
		{"aXbbbbbbbbYc", "aZbbbbbbbbZc", "\x1b[3;2HZ\x1b[11GZ"},
		{"aXbY", "aZbZ", "\x1b[3;2HZbZ"},
		{"\x1b[31mab\x1b[0m", "\x1b[32ma\x1b[0mb", "\x1b[3;1H\x1b[32ma\x1b[mb"},
		{"\x1b[1;31mab\x1b[0m", "\x1b[31mab\x1b[0m", "\x1b[3;1H\x1b[31mab\x1b[m"},
		{"表x", "表y", "\x1b[3;3Hy"},
		{"abcd", "表cd", "\x1b[3;1H表"},
		{"表cd", "abcd", "\x1b[3;1Hab"},
	} {
		old, line := tty.ParseLine(nil, tc.old), tty.ParseLine(nil, tc.line)
		if got := string(tty.AppendCells(nil, 2, old, line)); got != tc.want &&
			!(tc.old == "long line" && strings.HasPrefix(got, "\x1b[3;1H")) {
			t.Errorf("%q → %q: got %q, want %q", tc.old, tc.line, got, tc.want)
		}
	}
}

// randomLine is a line of styled runs.
func randomLine(rng *rand.Rand, width int) string {
	styles := []string{
		"\x1b[1m", "\x1b[38;2;1;2;3m", "\x1b[31m", "\x1b[48;5;20m", "\x1b[1;7;38;5;9;48;2;9;8;7m", "\x1b[97;104m", "",
	}
	var b strings.Builder
	for n := 0; n < width; {
		run := min(1+rng.IntN(6), width-n)
		style := styles[rng.IntN(len(styles))]
		b.WriteString(style)
		for range run {
			b.WriteRune([]rune("abc é─ ")[rng.IntN(7)])
		}
		if style != "" {
			b.WriteString("\x1b[0m")
		}
		n += run
	}
	return b.String()
}

// looks is what a terminal shows, with how.
func looks(term vt10x.Terminal, columns, rows int) string {
	var b strings.Builder
	for y := range rows {
		for x := range columns {
			g := term.Cell(x, y)
			if g.Char == ' ' && g.Mode&3 == 0 {
				g.FG, g.Mode = 0, 0 // nobody sees the text's colour on a blank
			}
			fmt.Fprintf(&b, "%c/%d/%d/%d ", g.Char, g.FG, g.BG, g.Mode&^0x20)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestDifferencesMakeTheFrame draws random frames one after the other and wants
// the terminal to look as if only the last had been drawn.
func TestDifferencesMakeTheFrame(t *testing.T) {
	const columns, rows = 30, 6
	rng := rand.New(rand.NewPCG(7, 8))
	one := vt10x.New(vt10x.WithSize(columns, rows))
	s := tty.NewScreen(one)
	s.Enter()
	lines := make([]string, rows)
	for step := range 400 {
		for range 1 + rng.IntN(3) {
			y := rng.IntN(rows)
			if lines[y] = randomLine(rng, rng.IntN(columns+1)); rng.IntN(3) == 0 {
				lines[y] = "\x1b[37;44m" + strings.ReplaceAll(lines[y], "\x1b[0m", "\x1b[0m\x1b[37;44m") + "\x1b[0m"
			}
		}
		frame := strings.Join(lines, "\n")
		s.Draw(frame, tty.Position{})
		s.Late()
		fresh := vt10x.New(vt10x.WithSize(columns, rows))
		_, _ = io.WriteString(fresh, "\x1b[?7l")
		for y, line := range lines {
			_, _ = fmt.Fprintf(fresh, "\x1b[%d;1H%s", y+1, line)
		}
		if got, want := looks(one, columns, rows), looks(fresh, columns, rows); got != want {
			t.Fatalf("step %d:\ngot  %s\nwant %s", step, got, want)
		}
	}
}
