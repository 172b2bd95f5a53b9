package console

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hinshun/vt10x"
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
		s := newScreen(r)
		s.enter()
		s.draw("one\ntwo\nthree", position{})
		time.Sleep(time.Second)
		from, writes := r.raw.Len(), r.writes
		s.draw("one\n2\nthree", position{})
		got := r.since(from)
		if strings.Contains(got, "one") || strings.Contains(got, "three") || !strings.Contains(got, "2") {
			t.Errorf("wrote %q", got)
		}
		if r.writes != writes+1 || !strings.HasPrefix(got, beginFrame) || !strings.HasSuffix(got, endFrame) {
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
		s := newScreen(r)
		s.enter()
		s.draw("one", position{})
		time.Sleep(time.Second)
		from := r.raw.Len()
		s.draw("one", position{})
		time.Sleep(time.Second)
		if got := r.since(from); got != "" {
			t.Errorf("wrote %q", got)
		}
	})
}

func TestFramesWithinAMomentAreWrittenOnceAndTheLastWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 3)
		s := newScreen(r)
		s.enter()
		s.draw("a", position{})
		writes := r.count()
		for _, frame := range []string{"b", "c", "d"} {
			s.draw(frame, position{})
		}
		if r.count() != writes {
			t.Errorf("%d writes before the moment was over", r.count()-writes)
		}
		time.Sleep(2 * writeWithin)
		synctest.Wait()
		if r.count() != writes+1 || r.lines()[0] != "d" {
			t.Errorf("%d writes, screen %q", r.count()-writes, r.lines())
		}
	})
}

func TestShorterFramesLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 4)
		s := newScreen(r)
		s.enter()
		s.draw("one\ntwo\nthree\nfour", position{})
		time.Sleep(time.Second)
		s.draw("1\n2", position{})
		if lines := strings.Join(r.lines(), "|"); strings.Trim(lines, "|") != "1|2" {
			t.Errorf("screen %q", lines)
		}
	})
}

func TestLeavingRestoresTheTerminalAndComingBackDrawsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRecorder(10, 3)
		s := newScreen(r)
		s.enter()
		s.setMouse(true)
		s.draw("one", position{})
		from := r.raw.Len()
		s.leave()
		s.leave()
		left := r.since(from)
		for _, want := range []string{mouseOff, "\x1b[?25h", "\x1b[?1049l", "\x1b[?2004l", "\x1b[?1004l"} {
			if strings.Count(left, want) != 1 {
				t.Errorf("%q is not written once in %q", want, left)
			}
		}
		from = r.raw.Len()
		s.draw("two", position{})
		time.Sleep(time.Second)
		if got := r.since(from); got != "" {
			t.Errorf("wrote %q while away", got)
		}
		s.enter()
		if back := r.since(from); !strings.Contains(back, "two") || !strings.Contains(back, mouseOn) {
			t.Errorf("came back with %q", back)
		}
	})
}
