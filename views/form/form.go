package form

import (
	"strings"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/input"

	tea "github.com/charmbracelet/bubbletea"
)

// Field is one line of a form.
type Field struct {
	Label, Help string
	Line        input.Line
}

// Form asks for some lines of text and hands them on when its button is pressed.
// What was typed is there again when the form is opened again.
type Form struct {
	env    *views.Env
	title  string
	button string
	Fields []*Field
	at     int // len(fields) is the button
	wrong  string
	// Submit checks what was typed; an error stays below the fields.
	Submit func(values []string) (tea.Cmd, error)
	Left   func(values []string)

	Box           views.Mailbox
	width, height int
	dirty         bool
	out           string
}

func New(env *views.Env, title, button string, fields []*Field) *Form {
	f := &Form{env: env, title: title, button: button, Fields: fields, dirty: true}
	f.Box.Context = env.Context
	return f
}

func (f *Form) values() []string {
	values := make([]string, len(f.Fields))
	for i, x := range f.Fields {
		values[i] = strings.TrimSpace(x.Line.Value())
	}
	return values
}

// Fill sets the lines to what was typed before.
func (f *Form) Fill(values []string) {
	for i, v := range values[:min(len(values), len(f.Fields))] {
		f.Fields[i].Line.Set(v)
	}
}

// Title implements views.View.
func (f *Form) Title() string { return f.title }

// Crumb implements views.Crumber.
func (f *Form) Crumb() string { return f.title }

// Init implements views.View.
func (f *Form) Init() tea.Cmd { return nil }

// Typing implements views.Typist.
func (f *Form) Typing() bool { return true }

// SetSize implements views.View.
func (f *Form) SetSize(width, height int) { f.width, f.height, f.dirty = width, height, true }

// Accept implements views.View.
func (f *Form) Accept(a views.Answer) bool { return f.Box.Accept(a) }

// Close implements views.View.
func (f *Form) Close() {
	f.Box.Close()
	if f.Left != nil {
		f.Left(f.values())
	}
}

// Update implements views.View.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	f.dirty = true
	if !ok {
		return nil
	}
	keys := f.env.Keys
	n := len(f.Fields) + 1
	switch {
	case keymap.Matches(key, keys.Line.Cancel):
		return views.Send(views.BackMsg{})
	case keymap.Matches(key, keys.Line.Up, keys.Global.PreviousPane):
		f.at = (f.at + n - 1) % n
	case keymap.Matches(key, keys.Line.Down, keys.Line.Complete):
		f.at = (f.at + 1) % n
	case keymap.Matches(key, keys.Line.Accept) && f.at < len(f.Fields):
		f.at++
	case keymap.Matches(key, keys.Line.Accept):
		cmd, err := f.Submit(f.values())
		f.wrong = ""
		if err != nil {
			f.wrong = err.Error()
		}
		return cmd
	case f.at < len(f.Fields):
		f.Fields[f.at].Line.Update(key, keys.Line)
	}
	return nil
}

// Hints implements views.Hinter.
func (f *Form) Hints() []views.Hint {
	k := f.env.Keys.Line
	return []views.Hint{
		{Binding: k.Down, Label: "next"}, {Binding: k.Accept, Label: "next, or press"}, {Binding: k.Cancel},
	}
}

// View implements views.View.
func (f *Form) View() string {
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
	for _, x := range f.Fields {
		label = max(label, clean.Width(x.Label))
	}
	for i, x := range f.Fields {
		mark, style := " ", t.Dim
		text := t.Text.Render(clean.Cut(clean.Text(x.Line.Value()), max(space-label-4, 4), t.Glyphs.Ellipsis))
		if i == f.at {
			mark, style = t.Accent.Render(t.Glyphs.Bar), t.Strong
			text = x.Line.View(t, max(space-label-4, 4))
		}
		lines = append(lines, mark+" "+style.Render(clean.Fit(x.Label, label, ""))+"  "+text)
	}
	button := t.Dim.Render(" " + f.button + " ")
	if f.at == len(f.Fields) {
		button = t.Button.Render(" " + f.button + " ")
	}
	lines = append(lines, "", "  "+button, "")
	help := "enter presses it"
	if f.at < len(f.Fields) {
		help = f.Fields[f.at].Help
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
