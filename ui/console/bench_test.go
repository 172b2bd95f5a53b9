package console

import (
	"io"
	"testing"

	"drey/keymap"
	"drey/ui/console/space"
	"drey/ui/console/tty"
	"drey/ui/uitest"
)

// BenchmarkKeyToFrame is one cursor key through the root to a drawn frame of
// 220×50 cells, written to nowhere.
func BenchmarkKeyToFrame(b *testing.B) {
	c := still(b)
	root := New(b.Context(), Options{Context: space.Context{Session: sessionOf(c), Name: "demo"}, Now: fixedNow}, nil)
	d := uitest.New(b, root, 220, 50)
	d.WaitForText("20 applications")
	s := tty.NewScreen(io.Discard)
	s.Enter()
	down, up := keymap.Message("j"), keymap.Message("k")
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		msg := down
		if i++; i%2 == 0 {
			msg = up
		}
		root.Update(msg)
		s.Draw(root.View(), root.cursor)
	}
}
