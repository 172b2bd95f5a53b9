package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"drey/keymap"
	"drey/themes"
	"drey/ui/uitest"
)

// TestACursorKeyWritesACellOnce counts the bytes that reach the terminal for each
// row that the cursor goes down with the preview open, details of the row and all.
func TestACursorKeyWritesACellOnce(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	written := newRecorder(140, 40)
	s := newScreen(written)
	s.enter()
	root := New(t.Context(), Options{Context: Context{Session: sessionOf(still(t)), Name: "demo"}, Theme: theme, Keys: keymap.Default(), Now: fixedNow, StateDir: t.TempDir()}, nil)
	d := uitest.New(t, drawnOn{root, s}, 140, 40)
	d.WaitForText("20 applications", "spec:")
	bytes := func() int {
		written.mu.Lock()
		defer written.mu.Unlock()
		return written.raw.Len()
	}
	d.Drain(500 * time.Millisecond)
	const rows, most = 10, 2600 // a preview that is emptied and filled again takes 4100
	before := bytes()
	for range rows {
		d.Press("j")
		d.Drain(400 * time.Millisecond)
	}
	if mean := (bytes() - before) / rows; mean > most {
		t.Errorf("a row costs %d bytes, want %d at most", mean, most)
	} else {
		t.Logf("a row costs %d bytes", mean)
	}
}

// TestThePreviewCutsNothing scrolls through the preview of a row with long texts
// and reads all of it.
func TestThePreviewCutsNothing(t *testing.T) {
	c := still(t)
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			d := open(t, c, size[0], size[1], nil)
			d.WaitForText("20 applications", "status changed to", "more lines  J")
			settle(d)
			var seen strings.Builder
			for range 100 {
				for _, line := range strings.Split(d.Screen(), "\n") {
					for _, part := range strings.Split(line, "│") {
						seen.WriteString(strings.TrimSpace(part) + "\n")
					}
				}
				if !strings.Contains(d.Screen(), "more lines") {
					break
				}
				d.Press("shift+down")
			}
			for _, want := range []string{"io.acme.payments.PaymentsJob", "payments.jar", "1.5.1", "FULL"} {
				if !strings.Contains(seen.String(), want) {
					t.Errorf("%s is nowhere in the preview", want)
				}
			}
			if strings.Contains(d.Screen(), "more lines") {
				t.Error("the end was not reached")
			}
			end := d.Screen()
			d.Press("shift+down")
			if d.Screen() != end {
				t.Error("it scrolls beyond the end")
			}
			for range 60 {
				d.Press("shift+up")
			}
			d.WaitForText("more lines  J")
			d.Press("shift+down", "j", "k")
			d.WaitForText("more lines  J")
		})
	}
}
