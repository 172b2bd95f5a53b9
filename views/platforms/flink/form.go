package flink

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/input"
)

// field is one line of a form.
type field struct {
	label, help string
	line        input.Line
}

// form asks for some lines of text and hands them on when its button is pressed.
// What was typed is there again when the form is opened again.
type form struct {
	env    *views.Env
	title  string
	button string
	fields []*field
	at     int // len(fields) is the button
	wrong  string
	// submit checks what was typed; an error stays below the fields.
	submit func(values []string) (tea.Cmd, error)
	left   func(values []string)

	box           views.Mailbox
	width, height int
	dirty         bool
	out           string
}

func newForm(env *views.Env, title, button string, fields []*field) *form {
	f := &form{env: env, title: title, button: button, fields: fields, dirty: true}
	f.box.Context = env.Context
	return f
}

func (f *form) values() []string {
	values := make([]string, len(f.fields))
	for i, x := range f.fields {
		values[i] = strings.TrimSpace(x.line.Value())
	}
	return values
}

// fill sets the lines to what was typed before.
func (f *form) fill(values []string) {
	for i, v := range values[:min(len(values), len(f.fields))] {
		f.fields[i].line.Set(v)
	}
}

// Title implements views.View.
func (f *form) Title() string { return f.title }

// Crumb implements views.Crumber.
func (f *form) Crumb() string { return f.title }

// Init implements views.View.
func (f *form) Init() tea.Cmd { return nil }

// Typing implements views.Typist.
func (f *form) Typing() bool { return true }

// SetSize implements views.View.
func (f *form) SetSize(width, height int) { f.width, f.height, f.dirty = width, height, true }

// Accept implements views.View.
func (f *form) Accept(a views.Answer) bool { return f.box.Accept(a) }

// Close implements views.View.
func (f *form) Close() {
	f.box.Close()
	if f.left != nil {
		f.left(f.values())
	}
}

// Update implements views.View.
func (f *form) Update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	f.dirty = true
	if !ok {
		return nil
	}
	keys := f.env.Keys
	n := len(f.fields) + 1
	switch {
	case keymap.Matches(key, keys.Line.Cancel):
		return views.Send(views.BackMsg{})
	case keymap.Matches(key, keys.Line.Up, keys.Global.PreviousPane):
		f.at = (f.at + n - 1) % n
	case keymap.Matches(key, keys.Line.Down, keys.Line.Complete):
		f.at = (f.at + 1) % n
	case keymap.Matches(key, keys.Line.Accept) && f.at < len(f.fields):
		f.at++
	case keymap.Matches(key, keys.Line.Accept):
		cmd, err := f.submit(f.values())
		f.wrong = ""
		if err != nil {
			f.wrong = err.Error()
		}
		return cmd
	case f.at < len(f.fields):
		f.fields[f.at].line.Update(key, keys.Line)
	}
	return nil
}

// Hints implements views.Hinter.
func (f *form) Hints() []views.Hint {
	k := f.env.Keys.Line
	return []views.Hint{{Binding: k.Down, Label: "next"}, {Binding: k.Accept, Label: "next, or press"}, {Binding: k.Cancel}}
}

// View implements views.View.
func (f *form) View() string {
	if !f.dirty {
		return f.out
	}
	f.dirty = false
	if f.width < 10 || f.height < 3 {
		f.out = ""
		return ""
	}
	t := f.env.Theme
	space := f.width - 4
	lines := []string{""}
	label := 0
	for _, x := range f.fields {
		label = max(label, clean.Width(x.label))
	}
	for i, x := range f.fields {
		mark, style := " ", t.Dim
		text := t.Text.Render(clean.Cut(clean.Text(x.line.Value()), max(space-label-4, 4), t.Glyphs.Ellipsis))
		if i == f.at {
			mark, style = t.Accent.Render(t.Glyphs.Bar), t.Strong
			text = x.line.View(t, max(space-label-4, 4))
		}
		lines = append(lines, mark+" "+style.Render(clean.Fit(x.label, label, ""))+"  "+text)
	}
	button := t.Dim.Render(" " + f.button + " ")
	if f.at == len(f.fields) {
		button = t.Button.Render(" " + f.button + " ")
	}
	lines = append(lines, "", "  "+button, "")
	help := "enter presses it"
	if f.at < len(f.fields) {
		help = f.fields[f.at].help
	}
	for _, line := range clean.Wrap(help, max(space-2, 8)) {
		lines = append(lines, "  "+t.Dim.Render(line))
	}
	if f.wrong != "" {
		lines = append(lines, "")
		for _, line := range clean.Wrap(clean.Text(f.wrong), max(space-2, 8)) {
			lines = append(lines, "  "+t.Tone(themes.Bad).Render(line))
		}
	}
	f.out = strings.Join(frame.Box(t, true, f.width, f.height, t.Strong.Render(clean.Text(f.title)), "", lines), "\n")
	return f.out
}
