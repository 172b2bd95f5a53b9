//go:build unix

// Package terminal runs a program in a pseudo terminal and reads its screen,
// as a person would: the built program, real keys, real signals.
package terminal

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// Program is a running program and its screen.
type Program struct {
	Started time.Time

	cmd *exec.Cmd
	tty *os.File

	mu     sync.Mutex
	screen vt10x.Terminal
	raw    []byte // the last output, for tests of what was sent
	bytes  int64
	marks  []mark
	news   chan struct{}
	ended  chan struct{}
}

// mark says how many bytes had come by when.
type mark struct {
	at    time.Time
	bytes int64
}

// patience is how long to wait for anything.
const patience = 60 * time.Second

// Start runs the program in a terminal of the given size. HOME and the XDG
// folders lie in dir.
func Start(ctx context.Context, dir string, columns, rows int, binary string, args ...string) (*Program, error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "HOME="+dir, "NO_COLOR=",
		"LC_ALL=C.UTF-8", "XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir)
	p := &Program{
		cmd: cmd, Started: time.Now(), news: make(chan struct{}, 1), ended: make(chan struct{}),
		screen: vt10x.New(vt10x.WithSize(columns, rows)),
	}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
	if err != nil {
		return nil, err
	}
	p.tty = tty
	go p.read()
	return p, nil
}

func (p *Program) read() {
	defer close(p.ended)
	buf := make([]byte, 64<<10)
	var cut []byte // the start of a rune that a read ended in
	for {
		n, err := p.tty.Read(buf)
		now := time.Now()
		p.mu.Lock()
		p.bytes += int64(n)
		p.marks = append(p.marks, mark{now, p.bytes})
		p.raw = append(p.raw, buf[:n]...)
		p.raw = p.raw[max(0, len(p.raw)-(1<<20)):]
		whole := append(cut, buf[:n]...)
		end := wholeRunes(whole)
		_, _ = p.screen.Write(whole[:end])
		cut = append([]byte(nil), whole[end:]...)
		p.mu.Unlock()
		select {
		case p.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// wholeRunes is the length of b without a rune that is cut off at its end.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// PID is the program's process.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Screen is what is seen now.
func (p *Program) Screen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.screen.String()
}

// Raw is the output so far, its last megabyte.
func (p *Program) Raw() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.raw)
}

// Bytes is how much was written to the terminal so far.
func (p *Program) Bytes() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes
}

// Send types text, escape sequences included.
func (p *Program) Send(text string) error {
	_, err := p.tty.WriteString(text)
	return err
}

// WaitFor waits until every text is on the screen.
func (p *Program) WaitFor(texts ...string) error {
	return p.wait(strings.Join(texts, " and "), func() bool {
		screen := p.screen.String()
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// WaitForRaw waits until every text was sent, whatever the screen shows by now.
func (p *Program) WaitForRaw(texts ...string) error {
	return p.wait(strconv.Quote(strings.Join(texts, " and ")), func() bool {
		for _, text := range texts {
			if !strings.Contains(string(p.raw), text) {
				return false
			}
		}
		return true
	})
}

// WaitGone waits until a text is not on the screen any more.
func (p *Program) WaitGone(text string) error {
	return p.wait("end of "+text, func() bool { return !strings.Contains(p.screen.String(), text) })
}

// wait blocks until ok says so, looking again at each output.
func (p *Program) wait(what string, ok func() bool) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		p.mu.Lock()
		done := ok()
		p.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-p.news:
		case <-p.ended:
			return fmt.Errorf("the program ended while waiting for %s; its screen was:\n%s", what, p.Screen())
		case <-deadline.C:
			return fmt.Errorf("no %s within %v; the screen is:\n%s", what, patience, p.Screen())
		}
	}
}

// FirstBytes is how long after its start the program had written n bytes: a
// frame, not a change of mode.
func (p *Program) FirstBytes(n int64) (time.Duration, error) {
	var at time.Time
	err := p.wait("first frame", func() bool {
		for _, m := range p.marks {
			if m.bytes >= n {
				at = m.at
				return true
			}
		}
		return false
	})
	return at.Sub(p.Started), err
}

// Key sends a key and tells how long the first byte took that came after it.
func (p *Program) Key(key string) (time.Duration, error) {
	p.Quiet(30 * time.Millisecond)
	seen := p.Bytes()
	sent := time.Now()
	if err := p.Send(key); err != nil {
		return 0, err
	}
	var at time.Time
	err := p.wait("answer to key "+strconv.Quote(key), func() bool {
		for i := len(p.marks) - 1; i >= 0 && p.marks[i].bytes > seen; i-- {
			at = p.marks[i].at
		}
		return !at.IsZero()
	})
	return at.Sub(sent), err
}

// Quiet lets d pass, or the program end.
func (p *Program) Quiet(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ended:
	}
}

// Ended waits for the program to end by itself and gives what Wait gives.
func (p *Program) Ended() error {
	select {
	case <-p.ended:
	case <-time.After(patience):
		return fmt.Errorf("the program did not end within %v; the screen is:\n%s", patience, p.Screen())
	}
	defer p.tty.Close()
	return p.cmd.Wait()
}

// Stop tells the program to end, with SIGTERM, and waits for it.
func (p *Program) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
	_ = p.tty.Close()
	<-p.ended
}
