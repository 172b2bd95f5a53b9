package tty

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
)

// ResumedMsg tells that the shell gave the terminal back.
type ResumedMsg struct{}

// Terminal is the one that the console runs in: its input is raw, its output the
// screen's.
type Terminal struct {
	in     *os.File
	out    *os.File
	state  *term.State
	Screen *Screen
	Getenv func(string) string
	lent   atomic.Int32 // how many programs have it, or had it a moment ago
}

// Open takes the terminal over; Close gives it back as it was.
func Open(in, out *os.File, getenv func(string) string) (*Terminal, error) {
	state, err := term.MakeRaw(in.Fd())
	if err != nil {
		return nil, fmt.Errorf("take over the terminal: %w", err)
	}
	return &Terminal{in: in, out: out, state: state, Screen: NewScreen(out), Getenv: getenv}, nil
}

// Close gives the terminal back.
func (t *Terminal) Close() {
	t.Screen.Leave()
	_ = term.Restore(t.in.Fd(), t.state) // there is nobody left to tell
}

// Copy sends text by OSC 52, and says whether the sequence was sent: no terminal answers
// whether it took it.
func (t *Terminal) Copy(text string) bool {
	switch {
	case t.Getenv("TMUX") != "":
		return false // tmux takes none with its defaults, and no option of the person's is touched
	case strings.HasPrefix(t.Getenv("TERM"), "screen"):
		t.Screen.Send(osc52.New(text).Screen().String())
	default:
		t.Screen.Send(osc52.New(text).String())
	}
	return true
}

// Mouse turns reports of the mouse on or off.
func (t *Terminal) Mouse(on bool) { t.Screen.SetMouse(on) }

// Progress shows how far what is under way has come.
func (t *Terminal) Progress(p Progress) { t.Screen.SetProgress(p) }

// Notify tells who does not look, in one of the ways NotifyOff and so on.
func (t *Terminal) Notify(how, text string) {
	if sequence := Notification(how, text); sequence != "" {
		t.Screen.Send(sequence)
	}
}

// Suspend gives the terminal back to the shell until it resumes: Bubble Tea stops reading while the shell has the
// terminal.
func (t *Terminal) Suspend() tea.Cmd {
	return tea.Exec(&away{terminal: t, do: stopProcess}, func(error) tea.Msg { return ResumedMsg{} })
}

// Run gives the terminal to a program until that ends.
func (t *Terminal) Run(program *exec.Cmd, done func(error) tea.Msg) tea.Cmd {
	program.Stdin, program.Stdout, program.Stderr = t.in, t.out, t.out
	return tea.Exec(&away{terminal: t, do: program.Run}, func(err error) tea.Msg { return done(err) })
}

// keyGrace is how long after a program's end a key that was pressed there may still come
// as a signal.
const keyGrace = 100 * time.Millisecond

// away runs something else on the terminal and comes back.
type away struct {
	terminal *Terminal
	do       func() error
}

// Run implements tea.ExecCommand.
func (a *away) Run() error {
	t := a.terminal
	t.Close()
	t.lent.Add(1)
	err := a.do()
	time.AfterFunc(keyGrace, func() { t.lent.Add(-1) })
	if _, raw := term.MakeRaw(t.in.Fd()); raw != nil {
		return errors.Join(err, raw)
	}
	t.Screen.Enter()
	return err
}

// SetStdin implements tea.ExecCommand.
func (*away) SetStdin(io.Reader) {}

// SetStdout implements tea.ExecCommand.
func (*away) SetStdout(io.Writer) {}

// SetStderr implements tea.ExecCommand.
func (*away) SetStderr(io.Writer) {}

// Plain is for the standard renderer, which owns the terminal.
type Plain struct{}

// Copy does nothing: the machine's own clipboard or a file has to do.
func (Plain) Copy(string) bool { return false }

// Mouse does nothing: the renderer decides at the start.
func (Plain) Mouse(bool) {}

// Progress does nothing: the renderer alone writes to the terminal.
func (Plain) Progress(Progress) {}

// Notify does nothing either.
func (Plain) Notify(string, string) {}

// Suspend is Bubble Tea's own.
func (Plain) Suspend() tea.Cmd { return tea.Suspend }

// Run is Bubble Tea's own way to run a program.
func (Plain) Run(program *exec.Cmd, done func(error) tea.Msg) tea.Cmd {
	return tea.ExecProcess(program, func(err error) tea.Msg { return done(err) })
}
