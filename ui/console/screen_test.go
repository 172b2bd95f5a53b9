package console

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hinshun/vt10x"

	"drey/ui/console/tty"
)

// recorder is a terminal that counts writes.
type recorder struct {
	mu     sync.Mutex
	term   vt10x.Terminal
	raw    bytes.Buffer
	writes int
}

func newRecorder(columns, rows int) *recorder {
	return &recorder{term: vt10x.New(vt10x.WithSize(columns, rows))}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes++
	r.raw.Write(p)
	return r.term.Write(p)
}

// count is how many writes there were.
func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.writes
}

func (r *recorder) since(from int) string { return r.raw.String()[from:] }

func (r *recorder) lines() []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(r.term.String(), "\n"), "\n") {
		out = append(out, strings.TrimRight(line, " "))
	}
	return out
}

func TestScreenWritesOnlyLinesThatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 3)
		s := tty.NewScreen(r)
		s.Enter()
		s.Draw("one\ntwo\nthree", tty.Position{})
		time.Sleep(time.Second)
		from, writes := r.raw.Len(), r.writes
		s.Draw("one\n2\nthree", tty.Position{})
		got := r.since(from)
		if strings.Contains(got, "one") || strings.Contains(got, "three") || !strings.Contains(got, "2") {
			t.Errorf("wrote %q", got)
		}
		if r.writes != writes+1 || !strings.HasPrefix(got, tty.BeginFrame) || !strings.HasSuffix(got, tty.EndFrame) {
			t.Errorf("%d writes of %q", r.writes-writes, got)
		}
		if lines := r.lines(); strings.Join(lines, "|") != "one|2|three" {
			t.Errorf("screen %q", lines)
		}
	})
}

func TestEqualFramesCostNoByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 3)
		s := tty.NewScreen(r)
		s.Enter()
		s.Draw("one", tty.Position{})
		time.Sleep(time.Second)
		from := r.raw.Len()
		s.Draw("one", tty.Position{})
		time.Sleep(time.Second)
		if got := r.since(from); got != "" {
			t.Errorf("wrote %q", got)
		}
	})
}

func TestFramesWithinAMomentAreWrittenOnceAndTheLastWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 3)
		s := tty.NewScreen(r)
		s.Enter()
		s.Draw("a", tty.Position{})
		writes := r.count()
		for _, frame := range []string{"b", "c", "d"} {
			s.Draw(frame, tty.Position{})
		}
		if r.count() != writes {
			t.Errorf("%d writes before the moment was over", r.count()-writes)
		}
		time.Sleep(2 * tty.WriteWithin)
		synctest.Wait()
		if r.count() != writes+1 || r.lines()[0] != "d" {
			t.Errorf("%d writes, screen %q", r.count()-writes, r.lines())
		}
	})
}

func TestShorterFramesLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 4)
		s := tty.NewScreen(r)
		s.Enter()
		s.Draw("one\ntwo\nthree\nfour", tty.Position{})
		time.Sleep(time.Second)
		s.Draw("1\n2", tty.Position{})
		if lines := strings.Join(r.lines(), "|"); strings.Trim(lines, "|") != "1|2" {
			t.Errorf("screen %q", lines)
		}
	})
}

func TestLeavingRestoresTheTerminalAndComingBackDrawsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 3)
		s := tty.NewScreen(r)
		s.Enter()
		s.SetMouse(true)
		s.Draw("one", tty.Position{})
		from := r.raw.Len()
		s.Leave()
		s.Leave()
		left := r.since(from)
		for _, want := range []string{tty.MouseOff, "\x1b[?25h", "\x1b[?1049l", "\x1b[?2004l", "\x1b[?1004l"} {
			if strings.Count(left, want) != 1 {
				t.Errorf("%q is not written once in %q", want, left)
			}
		}
		from = r.raw.Len()
		s.Draw("two", tty.Position{})
		time.Sleep(time.Second)
		if got := r.since(from); got != "" {
			t.Errorf("wrote %q while away", got)
		}
		s.Enter()
		if back := r.since(from); !strings.Contains(back, "two") || !strings.Contains(back, tty.MouseOn) {
			t.Errorf("came back with %q", back)
		}
	})
}
