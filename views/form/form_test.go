package form

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// newForm asks for two values; sent collects what is handed on.
func newForm(t *testing.T, refuse string, sent *[][]string) *Form {
	theme, _ := themes.New(themes.Options{})
	env := &views.Env{Context: context.Background(), Theme: theme, Keys: keymap.Default()}
	f := New(env, "Run", "Start", []*Field{{Label: "class", Help: "the main class"}, {Label: "args", Help: "as typed"}})
	f.Submit = func(values []string) (tea.Cmd, error) {
		*sent = append(*sent, values)
		if values[0] == refuse {
			return nil, errors.New("refused: " + refuse)
		}
		return views.Send(views.BackMsg{}), nil
	}
	f.SetSize(80, 20)
	return f
}

func press(f *Form, keys ...tea.KeyMsg) (cmd tea.Cmd) {
	for _, k := range keys {
		cmd = f.Update(k)
	}
	return cmd
}

func text(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }

var (
	enter = tea.KeyMsg{Type: tea.KeyEnter}
	up    = tea.KeyMsg{Type: tea.KeyUp}
	down  = tea.KeyMsg{Type: tea.KeyDown}
)

func TestAFormHandsOnWhatWasTypedWhenItsButtonIsPressed(t *testing.T) {
	for _, c := range []struct {
		about string
		keys  []tea.KeyMsg
		sent  [][]string
		shows string
	}{
		{"enter goes to the next line", []tea.KeyMsg{text("A"), enter, text("b")}, nil, "as typed"},
		{"and then to the button", []tea.KeyMsg{text("A"), enter, enter}, nil, "enter presses it"},
		{"which hands on, without blanks around", []tea.KeyMsg{text(" A "), enter, text("b c"), enter, enter}, [][]string{{"A", "b c"}}, "enter presses it"},
		{"up from the first is the button", []tea.KeyMsg{text("A"), up, enter}, [][]string{{"A", ""}}, "enter presses it"},
		{"down from the button is the first", []tea.KeyMsg{up, down, text("A")}, nil, "the main class"},
		{"what is typed at the button is nothing", []tea.KeyMsg{up, text("x"), enter}, [][]string{{"", ""}}, "enter presses it"},
		{"what is refused says why", []tea.KeyMsg{text("no"), up, enter}, [][]string{{"no", ""}}, "refused: no"},
		{"until it is not", []tea.KeyMsg{text("no"), up, enter, down, text("w"), up, enter}, [][]string{{"no", ""}, {"now", ""}}, "enter presses it"},
	} {
		var sent [][]string
		f := newForm(t, "no", &sent)
		press(f, c.keys...)
		if !slices.EqualFunc(sent, c.sent, slices.Equal) {
			t.Errorf("%s: handed on %q, want %q", c.about, sent, c.sent)
		}
		screen := clean.Text(f.View())
		if !strings.Contains(screen, c.shows) || strings.Contains(screen, "refused") != strings.Contains(c.shows, "refused") {
			t.Errorf("%s: shows %q, want %q", c.about, screen, c.shows)
		}
	}
}

func TestAFormIsFilledWithWhatWasTypedBefore(t *testing.T) {
	for _, c := range []struct{ before, want []string }{
		{[]string{"A", "b"}, []string{"A", "b"}},
		{[]string{"A"}, []string{"A", ""}},
		{[]string{"A", "b", "of a field that is no more"}, []string{"A", "b"}},
		{nil, []string{"", ""}},
	} {
		var left []string
		f := newForm(t, "", new([][]string))
		f.Left = func(values []string) { left = values }
		f.Fill(c.before)
		f.Close()
		if !slices.Equal(left, c.want) {
			t.Errorf("%q: left with %q, want %q", c.before, left, c.want)
		}
	}
}

func TestAFormFitsItsSpace(t *testing.T) {
	f := newForm(t, "", new([][]string))
	for width := range 90 {
		for _, height := range []int{0, 2, 3, 8, 20} {
			f.SetSize(width, height)
			lines := strings.Split(f.View(), "\n")
			if len(lines) > max(height, 1) {
				t.Fatalf("%d × %d: %d lines", width, height, len(lines))
			}
			for _, line := range lines {
				if clean.Width(line) > width {
					t.Fatalf("%d × %d: %q is wider", width, height, line)
				}
			}
		}
	}
}
