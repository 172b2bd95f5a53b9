// Package tty is the terminal that the console runs in: taken over and given back, told what
// Bubble Tea does not know of, and written only in the cells that changed. It reads what the
// terminal answers of its colours among the keys.
package tty

import (
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"drey/views/clean"
)

// Screen writes frames to a terminal: only the lines that changed, in one write
// between the marks of synchronized output, at once or, within a moment of the
// write before, when that moment is over. It is the one writer to the terminal,
// and safe for concurrent use. Bubble Tea's own renderer ticks for ever; this
// one sleeps while nothing changes.
type Screen struct {
	mu     sync.Mutex
	out    io.Writer
	shown  bool // the terminal is ours: what is drawn is written
	modes  modes
	front  []shownLine // as the terminal shows it
	parsed lineCells   // room for a line
	back   string      // the newest frame, as it was given
	safe   string      // the same without what a terminal would obey
	cursor Position    // where the terminal's cursor stands after a frame
	dirty  bool        // back is not shown yet
	last   time.Time
	timer  *time.Timer
	buf    []byte
	failed error
}

// Position is a cell of the screen, from 0.
type Position struct{ X, Y int }

// modes are what the terminal is asked to do beside drawing.
type modes struct {
	mouse    bool
	progress Progress
}

// WriteWithin is how long writes are kept apart.
const WriteWithin = 4 * time.Millisecond

const (
	BeginFrame = "\x1b[?2026h"
	EndFrame   = "\x1b[?2026l"

	enterModes = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[?1004h\x1b[2J\x1b[H"
	leaveModes = "\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
	MouseOn    = "\x1b[?1002h\x1b[?1006h"
	MouseOff   = "\x1b[?1002l\x1b[?1006l"
)

// NewScreen writes to out, which it does not own; Enter begins.
func NewScreen(out io.Writer) *Screen { return &Screen{out: out} }

// Enter takes the terminal: alternate screen, no cursor, bracketed paste, focus
// events; what was drawn last is drawn anew.
func (s *Screen) Enter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown {
		return
	}
	s.shown, s.front = true, nil
	s.write(enterModes)
	if s.modes.mouse {
		s.write(MouseOn)
	}
	if s.modes.progress.On {
		s.write(s.modes.progress.sequence())
	}
	s.dirty = s.back != ""
	s.flush()
}

// Leave gives the terminal back as it was. It may be called more than once.
func (s *Screen) Leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.shown {
		return
	}
	s.shown = false
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.modes.mouse {
		s.write(MouseOff)
	}
	if s.modes.progress.On {
		s.write(Progress{}.sequence())
	}
	s.write(leaveModes)
}

// SetMouse switches reports of the mouse.
func (s *Screen) SetMouse(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.modes.mouse == on {
		return
	}
	s.modes.mouse = on
	if s.shown {
		s.write(map[bool]string{true: MouseOn, false: MouseOff}[on])
	}
}

// SetProgress tells how far what is under way has come.
func (s *Screen) SetProgress(p Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.modes.progress == p {
		return
	}
	s.modes.progress = p
	if s.shown {
		s.write(p.sequence())
	}
}

// shownLine is a line that the terminal shows: as it was given, and its cells.
type shownLine struct {
	text  string
	cells lineCells
}

// appendLine writes the cells of a line that differ from what is shown.
func (s *Screen) appendLine(buf []byte, row int, text string) []byte {
	line := &s.front[row]
	if line.text == text {
		return buf
	}
	s.parsed = ParseLine(s.parsed[:0], text)
	buf = AppendCells(buf, row, line.cells, s.parsed)
	line.text = text
	line.cells, s.parsed = s.parsed, line.cells
	return buf
}

// Send writes a sequence that draws nothing, such as OSC 52, between frames, while the
// terminal is ours.
func (s *Screen) Send(sequence string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown {
		s.write(sequence)
	}
}

// Draw shows a frame: lines joined by \n, each no wider than the terminal. An
// equal frame costs a comparison and no byte. The terminal's cursor, which is
// not seen, stands at the position given: screen readers follow it.
func (s *Screen) Draw(frame string, cursor Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if frame == s.back && !s.dirty {
		return
	}
	s.back, s.dirty = frame, true
	s.safe, s.cursor = clean.Frame(frame), cursor
	if !s.shown {
		return
	}
	wait := WriteWithin - time.Since(s.last)
	if wait <= 0 {
		s.flush()
		return
	}
	if s.timer == nil {
		s.timer = time.AfterFunc(wait, s.Late)
		return
	}
	s.timer.Reset(wait)
}

// Redraw forgets what the terminal shows and draws all of it, after a resize or
// when something else wrote to it.
func (s *Screen) Redraw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.front, s.dirty = nil, s.back != ""
	if s.shown {
		s.flush()
	}
}

// Late writes the frame that was put off.
func (s *Screen) Late() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown {
		s.flush()
	}
}

// Err is the first failure to write, nil while there was none.
func (s *Screen) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// flush writes the lines that differ.
func (s *Screen) flush() {
	if !s.dirty {
		return
	}
	s.dirty = false
	buf := append(s.buf[:0], BeginFrame...)
	start := len(buf)
	if s.front == nil {
		buf = append(buf, "\x1b[0m\x1b[2J"...)
	}
	n := 0
	for text := range strings.SplitSeq(s.safe, "\n") {
		if n >= len(s.front) {
			s.front = append(s.front, shownLine{})
		}
		buf = s.appendLine(buf, n, text)
		n++
	}
	for below := n; below < len(s.front); below++ {
		buf = s.appendLine(buf, below, "")
	}
	s.front = s.front[:n]
	s.buf = buf
	if len(buf) == start {
		return
	}
	s.buf = append(appendGoTo(buf, s.cursor), EndFrame...)
	s.last = time.Now()
	s.write(string(s.buf))
}

func appendGoTo(buf []byte, p Position) []byte {
	buf = append(buf, "\x1b["...)
	buf = strconv.AppendInt(buf, int64(p.Y+1), 10)
	buf = append(buf, ';')
	buf = strconv.AppendInt(buf, int64(p.X+1), 10)
	return append(buf, 'H')
}

func (s *Screen) write(text string) {
	if _, err := io.WriteString(s.out, text); err != nil && s.failed == nil {
		s.failed = err
	}
}
