package console

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/ui/console/space"
	"drey/ui/console/tty"
	"drey/views"
	"drey/views/platform"
)

// explosive panics when it is told to.
type explosive struct{ stubSQL }

func (*explosive) Update(tea.Msg) tea.Cmd { panic("boom") }

func TestAPanicEndsTheProgramWithItsStack(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	root := New(t.Context(), Options{Context: space.Context{
		Session: sessionOf(connect(t, web.URL, client.Config{})),
		SQL:     func(*views.Env, *platform.Session) views.View { return &explosive{} },
	}}, nil)
	t.Cleanup(root.Close)
	p := &program{root: root, screen: tty.NewScreen(io.Discard)}
	p.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{'9'}})
	_, cmd := p.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{'x'}})
	if cmd == nil || cmd() != tea.Quit() {
		t.Error("the program goes on")
	}
	if p.panics == nil || !strings.Contains(p.panics.Error(), "boom") ||
		!strings.Contains(p.panics.Error(), "run_test.go") {
		t.Errorf("got %v", p.panics)
	}
	if frame := p.View(); frame != "" {
		t.Errorf("drew %q after a panic", frame)
	}
}

// TestAPanicOffTheLoopEndsTheProgram in a command, in one of a batch, and in one after another.
func TestAPanicOffTheLoopEndsTheProgram(t *testing.T) {
	t.Parallel()
	bang := func() tea.Msg { panic("boom") }
	fine := func() tea.Msg { return nil }
	for name, cmd := range map[string]tea.Cmd{
		"one": bang, "batch": tea.Batch(fine, bang), "sequence": tea.Sequence(fine, tea.Batch(fine, bang)),
	} {
		var panicked []error
		var run func(tea.Cmd)
		run = func(cmd tea.Cmd) {
			msg := cmd()
			if p, ok := msg.(panickedMsg); ok {
				panicked = append(panicked, p.err)
			}
			if v := reflect.ValueOf(msg); v.IsValid() && v.Kind() == reflect.Slice {
				for i := range v.Len() {
					run(v.Index(i).Interface().(tea.Cmd))
				}
			}
		}
		run(guarded(cmd))
		if len(panicked) != 1 || !strings.Contains(panicked[0].Error(), "boom") ||
			!strings.Contains(panicked[0].Error(), "run_test.go") {
			t.Errorf("%s: got %v", name, panicked)
			continue
		}
		p := &program{}
		if _, end := p.Update(panickedMsg{panicked[0]}); end == nil || end() != tea.Quit() || p.panics == nil {
			t.Errorf("%s: the program goes on", name)
		}
	}
}
