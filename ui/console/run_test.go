package console

import (
	"io"
	"net/http"
	"net/http/httptest"
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
