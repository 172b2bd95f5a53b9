package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/cmf"
	"drey/keymap"
	"drey/themes"
	"drey/ui/console/space"
	"drey/ui/console/tty"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	cmfplatform "drey/views/platforms/cmf"
	"drey/views/resource"
)

// atHand is the demo's applications and their details, which were asked for before,
// as a platform: nothing waits for a server.
func atHand(t *testing.T) *platform.Session {
	t.Helper()
	k := cmfplatform.Applications(still(t))
	source := k.Source(resource.Location{})
	batch := resource.Batch[cmf.FlinkApplication]{Partial: true}
	for batch.Partial {
		next, changed, err := source.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if changed {
			batch = next
		}
		batch.Partial = next.Partial
	}
	details := map[string]resource.Detail{}
	for _, item := range batch.Items {
		detail, err := k.Detail(t.Context(), item)
		if err != nil {
			t.Fatal(err)
		}
		details[k.Key(item)] = detail
	}
	k.Detail = func(_ context.Context, item resource.Item[cmf.FlinkApplication]) (resource.Detail, error) {
		return details[k.Key(item)], nil
	}
	k.Source = func(resource.Location) resource.Source[cmf.FlinkApplication] { return sourceAtHand{batch} }
	return &platform.Session{
		Name: "demo", Title: "CMF", Address: "http://127.0.0.1:1",
		Probe: func(context.Context) (platform.About, error) { return platform.About{}, nil },
		Tabs: func() []platform.Tab {
			return []platform.Tab{{Name: k.Name, Title: k.Title, Short: k.Short, New: func(env *views.Env) views.View {
				return browse.New(env, k, resource.Location{})
			}}}
		},
		Close: func() {},
	}
}

// sourceAtHand is a list that never changes.
type sourceAtHand struct {
	batch resource.Batch[cmf.FlinkApplication]
}

func (s sourceAtHand) Next(context.Context) (resource.Batch[cmf.FlinkApplication], bool, error) {
	batch := s.batch
	batch.Items = slices.Clone(batch.Items) // the caller's
	return batch, true, nil
}

// TestACursorKeyWritesFewBytes counts the bytes that reach the terminal for each
// row that the cursor goes down with the preview open, details of the row and all. The
// best of some rounds counts: a clock may tick in one.
func TestACursorKeyWritesACellOnce(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	written := newRecorder(140, 40)
	s := tty.NewScreen(written)
	s.Enter()
	root := New(
		t.Context(),
		Options{
			Context: space.Context{Session: atHand(t), Name: "demo"}, Theme: theme, Keys: keymap.Default(), Now: fixedNow,
			StateDir: t.TempDir(),
		},
		nil,
	)
	d := uitest.New(t, drawnOn{root, s}, 140, 40)
	d.WaitForText("20 applications", "spec:")
	bytes := func() int {
		d.Drain(300 * time.Millisecond)
		written.mu.Lock()
		defer written.mu.Unlock()
		return written.raw.Len()
	}
	const rows, most, rounds = 10, 4400, 6 // the details are emptied before those of the next row are there
	best := 0
	for round := 0; round < rounds && (round == 0 || best > most); round++ {
		d.Press("g")
		before := bytes()
		for range rows {
			d.Press("j")
			bytes()
		}
		if mean := (bytes() - before) / rows; round == 0 || mean < best {
			best = mean
		}
	}
	if best > most {
		t.Errorf("a row costs %d bytes, want %d at most", best, most)
	}
	t.Logf("a row costs %d bytes", best)
}

// TestThePreviewCutsNothing scrolls through the preview of a row with long texts
// and reads all of it.
func TestThePreviewCutsNothing(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			d := open(t, connect(t, c.URL(), client.Config{}), size[0], size[1], nil)
			d.WaitForText("20 applications", "status changed to", "more lines  ")
			waitForCauses(d, size[0])
			d.WaitIdle()
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
				d.Drain(time.Millisecond)
			}
			for _, want := range []string{"io.acme.payments.PaymentsJob", "payments.jar", "1.5.1", "FULL"} {
				if !strings.Contains(seen.String(), want) {
					t.Errorf("%s is nowhere in the preview, which ends:\n%s", want, d.Screen())
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
			d.WaitForText("more lines  ")
			d.Press("shift+down", "j", "k")
			d.WaitForText("more lines  ")
		})
	}
}
