package keymap

import "testing"

// TestAHintNamesBothKeys as they are by default, in ASCII, and as somebody chose them.
func TestAHintNamesBothKeys(t *testing.T) {
	plain, ascii, own := Default(), Default(), Default()
	ascii.ASCII()
	if err := own.Override(map[string][]string{"line.up": {"f7"}, "line.down": {"f8"}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of   *Map
		want string
	}{{plain, "↑↓"}, {ascii, "up down"}, {own, "f7 f8"}} {
		if got := Both(c.of.Line.Up, c.of.Line.Down).Help().Key; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if got := Both(plain.Move.Up, plain.Move.Down); got.Help().Key != "↑↓" || len(got.Keys()) != 4 {
		t.Errorf("got %q for %q", got.Help().Key, got.Keys())
	}
}
