package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"strings"

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
	if opts.StandardRenderer || !tty.OwnScreen {
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
func (p *program) Init() tea.Cmd { return guarded(p.root.Init()) }

// Update implements tea.Model.
func (p *program) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer p.catch(&cmd)
	if _, resumed := msg.(tty.ResumedMsg); resumed && p.screen != nil {
		p.screen.Enter()
	}
	if failed, ok := msg.(panickedMsg); ok {
		p.panics = failed.err
		return p, tea.Quit
	}
	_, cmd = p.root.Update(msg)
	cmd = guarded(cmd)
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
		p.panics = panicError(r)
		*cmd = tea.Quit
	}
}

func panicError(r any) error { return fmt.Errorf("internal error: %v\n%s", r, debug.Stack()) }

// panickedMsg tells of a panic off the loop.
type panickedMsg struct{ err error }

// guarded is a command, with those that come of it, whose panic ends the program as one of
// the loop does: Bubble Tea would write the stack over the screen, and it would be gone.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = panickedMsg{panicError(r)}
			}
		}()
		msg = cmd()
		v := reflect.ValueOf(msg)
		if !v.IsValid() || v.Kind() != reflect.Slice || v.Type().Elem() != reflect.TypeFor[tea.Cmd]() {
			return msg
		}
		for i := range v.Len() { // a batch or a sequence
			v.Index(i).Set(reflect.ValueOf(guarded(v.Index(i).Interface().(tea.Cmd))))
		}
		return msg
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
	own, err := tty.Open(opts.In, opts.Out, opts.withDefaults().Getenv)
	if err != nil {
		return err
	}
	defer own.Close()
	root := New(ctx, opts, own)
	defer root.Close()
	if w, h, err := term.GetSize(opts.Out.Fd()); err == nil {
		root.resize(w, h)
	}
	model := &program{root: root, screen: own.Screen}
	model.View() // the first frame comes before anything is asked
	own.Screen.Enter()
	input := &tty.GroundReader{File: opts.In}
	p := tea.NewProgram(
		model, tea.WithContext(ctx), tea.WithInput(input), tea.WithOutput(io.Discard), tea.WithoutRenderer(),
		tea.WithoutSignalHandler(),
	)
	input.Tell = func(ground themes.Ground) { p.Send(tty.GroundMsg{Ground: ground}) }
	if opts.ThemeOn != nil {
		own.Screen.Send(tty.AskGround)
	}
	stop := own.WatchSignals(p)
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

func runStandard(ctx context.Context, opts Options) error {
	root := New(ctx, opts, tty.Plain{})
	defer root.Close()
	model := &program{root: root}
	p := tea.NewProgram(
		model, tea.WithContext(ctx), tea.WithInput(opts.In), tea.WithOutput(opts.Out), tea.WithAltScreen(),
		tea.WithReportFocus(),
	)
	return finish(p, model, ctx)
}
