package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strings"

	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"

	"drey/themes"
	"drey/ui/console/tty"
	"drey/views/clean"
)

// ErrNoTerminal says that there is nothing to draw on.
var ErrNoTerminal = errors.New("the console needs a terminal on standard input and output")

// Run shows the console until it is left. The terminal is as it was before on
// every way out: leaving, an error, a panic, a signal.
func Run(ctx context.Context, opts Options) error {
	if opts.In == nil {
		opts.In = os.Stdin
	}
	if opts.Out == nil {
		opts.Out = os.Stdout
	}
	if !term.IsTerminal(opts.In.Fd()) || !term.IsTerminal(opts.Out.Fd()) {
		return ErrNoTerminal
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if opts.StandardRenderer || !ownScreen {
		return runStandard(ctx, opts)
	}
	return runOwn(ctx, opts)
}

// program is the tea.Model around the root: it hands each frame to the screen
// and turns a panic into an error with its stack.
type program struct {
	root   *Root
	screen *tty.Screen // nil for the standard renderer
	panics error
}

// Init implements tea.Model.
func (p *program) Init() tea.Cmd { return p.root.Init() }

// Update implements tea.Model.
func (p *program) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer p.catch(&cmd)
	if _, resumed := msg.(resumedMsg); resumed && p.screen != nil {
		p.screen.Enter()
	}
	_, cmd = p.root.Update(msg)
	if p.screen != nil && p.screen.Err() != nil {
		return p, tea.Quit // the terminal is gone
	}
	if _, resized := msg.(tea.WindowSizeMsg); resized && p.screen != nil {
		p.screen.Draw(p.root.View(), p.root.cursor)
		p.screen.Redraw() // terminals move lines about when they are resized
	}
	return p, cmd
}

func (p *program) catch(cmd *tea.Cmd) {
	if r := recover(); r != nil {
		p.panics = fmt.Errorf("internal error: %v\n%s", r, debug.Stack())
		*cmd = tea.Quit
	}
}

// View implements tea.Model.
func (p *program) View() string {
	if p.panics != nil {
		return ""
	}
	var ignored tea.Cmd
	defer p.catch(&ignored)
	frame := p.root.View()
	if p.screen == nil {
		return clean.Frame(frame)
	}
	p.screen.Draw(frame, p.root.cursor)
	return ""
}

func runOwn(ctx context.Context, opts Options) error {
	own, err := openTerminal(opts.In, opts.Out, opts.withDefaults().Getenv)
	if err != nil {
		return err
	}
	defer own.close()
	root := New(ctx, opts, own)
	defer root.Close()
	if w, h, err := term.GetSize(opts.Out.Fd()); err == nil {
		root.resize(w, h)
	}
	model := &program{root: root, screen: own.screen}
	model.View() // the first frame comes before anything is asked
	own.screen.Enter()
	input := &tty.GroundReader{File: opts.In}
	p := tea.NewProgram(
		model, tea.WithContext(ctx), tea.WithInput(input), tea.WithOutput(io.Discard), tea.WithoutRenderer(),
		tea.WithoutSignalHandler(),
	)
	input.Tell = func(ground themes.Ground) { p.Send(tty.GroundMsg{Ground: ground}) }
	if opts.ThemeOn != nil {
		own.screen.Send(tty.AskGround)
	}
	stop := watchSignals(p, opts.Out)
	defer stop()
	return finish(p, model, ctx)
}

func finish(p *tea.Program, model *program, ctx context.Context) error {
	_, err := p.Run()
	return ending(model, ctx, err)
}

// ending is what the end of the program means for who started it.
func ending(model *program, ctx context.Context, err error) error {
	switch {
	case model.panics != nil:
		return model.panics
	case ctx.Err() != nil, errors.Is(err, tea.ErrInterrupted):
		return nil
	case err != nil:
		return fmt.Errorf("console: %w", err)
	case len(model.root.left) > 0:
		return errors.New(strings.Join(model.root.left, "\n"))
	}
	return nil
}

// watchSignals sends what the system says: the window's new size, and the end.
func watchSignals(p *tea.Program, out *os.File) (stop func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, append(endSignals(), resizeSignals()...)...)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case s := <-signals:
				if !isResize(s) {
					p.Quit()
					continue
				}
				if w, h, err := term.GetSize(out.Fd()); err == nil {
					p.Send(tea.WindowSizeMsg{Width: w, Height: h})
				}
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
		<-ended
	}
}

// terminal is the real one: its input raw, its output the screen's.
type terminal struct {
	in     *os.File
	out    *os.File
	state  *term.State
	screen *tty.Screen
	getenv func(string) string
}

func openTerminal(in, out *os.File, getenv func(string) string) (*terminal, error) {
	state, err := term.MakeRaw(in.Fd())
	if err != nil {
		return nil, fmt.Errorf("take over the terminal: %w", err)
	}
	return &terminal{in: in, out: out, state: state, screen: tty.NewScreen(out), getenv: getenv}, nil
}

func (t *terminal) close() {
	t.screen.Leave()
	_ = term.Restore(t.in.Fd(), t.state) // there is nobody left to tell
}

// Copy implements Terminal.
func (t *terminal) Copy(text string) bool {
	switch {
	case t.getenv("TMUX") != "":
		return false // tmux takes none with its defaults, and no option of the person's is touched
	case strings.HasPrefix(t.getenv("TERM"), "screen"):
		t.screen.Send(osc52.New(text).Screen().String())
	default:
		t.screen.Send(osc52.New(text).String())
	}
	return true
}

// Mouse implements Terminal.
func (t *terminal) Mouse(on bool) { t.screen.SetMouse(on) }

// Progress implements Terminal.
func (t *terminal) Progress(p tty.Progress) { t.screen.SetProgress(p) }

// Notify implements Terminal.
func (t *terminal) Notify(how, text string) {
	if sequence := notification(how, text); sequence != "" {
		t.screen.Send(sequence)
	}
}

// Suspend implements Terminal: Bubble Tea stops reading while the shell has the
// terminal.
func (t *terminal) Suspend() tea.Cmd {
	return tea.Exec(&away{terminal: t, do: stopProcess}, func(error) tea.Msg { return resumedMsg{} })
}

// Run implements Terminal.
func (t *terminal) Run(program *exec.Cmd, done func(error) tea.Msg) tea.Cmd {
	program.Stdin, program.Stdout, program.Stderr = t.in, t.out, t.out
	return tea.Exec(&away{terminal: t, do: program.Run}, func(err error) tea.Msg { return done(err) })
}

// away runs something else on the terminal and comes back.
type away struct {
	terminal *terminal
	do       func() error
}

// Run implements tea.ExecCommand.
func (a *away) Run() error {
	t := a.terminal
	t.close()
	err := a.do()
	if _, raw := term.MakeRaw(t.in.Fd()); raw != nil {
		return errors.Join(err, raw)
	}
	t.screen.Enter()
	return err
}

// SetStdin implements tea.ExecCommand.
func (*away) SetStdin(io.Reader) {}

// SetStdout implements tea.ExecCommand.
func (*away) SetStdout(io.Writer) {}

// SetStderr implements tea.ExecCommand.
func (*away) SetStderr(io.Writer) {}

func runStandard(ctx context.Context, opts Options) error {
	root := New(ctx, opts, plainTerminal{})
	defer root.Close()
	model := &program{root: root}
	p := tea.NewProgram(
		model, tea.WithContext(ctx), tea.WithInput(opts.In), tea.WithOutput(opts.Out), tea.WithAltScreen(),
		tea.WithReportFocus(),
	)
	return finish(p, model, ctx)
}

// plainTerminal is for the standard renderer, which owns the terminal.
type plainTerminal struct{}

// Copy does nothing: the machine's own clipboard or a file has to do.
func (plainTerminal) Copy(string) bool { return false }

// Mouse does nothing: the renderer decides at the start.
func (plainTerminal) Mouse(bool) {}

// Progress does nothing: the renderer alone writes to the terminal.
func (plainTerminal) Progress(tty.Progress) {}

// Notify does nothing either.
func (plainTerminal) Notify(string, string) {}

// Suspend implements Terminal.
func (plainTerminal) Suspend() tea.Cmd { return tea.Suspend }

// Run implements Terminal.
func (plainTerminal) Run(program *exec.Cmd, done func(error) tea.Msg) tea.Cmd {
	return tea.ExecProcess(program, func(err error) tea.Msg { return done(err) })
}
