package diff

import (
	"fmt"
	"maps"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// Taking is how values of one side are put into the object of the other.
type Taking struct {
	// FromLeft tells that what is left goes into the object at the right; else it is the
	// other way round.
	FromLeft bool
	// Edit opens the object as a text in which the values at these paths are those of the
	// other side, whose document from is; from is nil where nothing was taken.
	Edit func(paths []Path, from any) tea.Cmd
}

// NewTaking is New with one side that values of the other can be put into; nil: neither is
// one.
func NewTaking(env *views.Env, title string, load Loader, taking *Taking) *View {
	v := New(env, title, load)
	v.taking = taking
	return v
}

// isChosen tells whether a line is one of the change under the cursor.
func (v *View) isChosen(l line) bool {
	return l.entry > 0 && v.chosen != "" && v.shown[l.entry-1].Path.String() == v.chosen
}

// jump chooses the next thing that differs, or the one before, and shows it.
func (v *View) jump(by int) {
	from := v.top - 1 // the first that is seen
	if by < 0 {
		from = v.top
	}
	seen := func(i int) bool { return i >= v.top && i < v.top+v.page() }
	for i, l := range v.lines {
		if l.change && seen(i) && v.isChosen(l) {
			from = i
		}
	}
	for i := from + by; i >= 0 && i < len(v.lines); i += by {
		if v.lines[i].change {
			v.chosen = v.shown[v.lines[i].entry-1].Path.String()
			if !seen(i) {
				v.top = i
			}
			break
		}
	}
	v.clamp()
}

// take takes the value of the other side for the chosen change, or no longer does.
func (v *View) take() tea.Cmd {
	if v.taking == nil {
		return views.Notice(themes.Warn, "neither side can be edited from here: nothing is taken")
	}
	if !slices.ContainsFunc(v.shown, func(e Entry) bool { return e.Path.String() == v.chosen && e.Kind != Same }) {
		v.chosen = ""
		v.jump(1)
	}
	for _, e := range v.shown {
		name := e.Path.String()
		if name != v.chosen || e.Kind == Same {
			continue
		}
		if v.sides.Secret != nil && v.sides.Secret(e.Path) {
			return views.Notice(themes.Warn, name+" is a secret: it is taken from nowhere")
		}
		if _, taken := v.taken[name]; taken {
			delete(v.taken, name)
			break
		}
		if v.taken == nil {
			v.taken = map[string]Path{}
		}
		v.taken[name] = e.Path
	}
	v.dirty = true
	return nil
}

// edit opens the object that values are taken into.
func (v *View) edit() tea.Cmd {
	if v.taking == nil {
		return views.Notice(themes.Warn, "neither side can be edited from here")
	}
	var paths []Path
	for _, name := range slices.Sorted(maps.Keys(v.taken)) {
		paths = append(paths, v.taken[name])
	}
	from := v.sides.Right.Doc
	if v.taking.FromLeft {
		from = v.sides.Left.Doc
	}
	if len(paths) == 0 {
		from = nil
	}
	return v.taking.Edit(paths, from)
}

func (v *View) takeHints() []views.Hint {
	if v.taking == nil {
		return nil
	}
	take, edit := "take right", "edit left"
	if v.taking.FromLeft {
		take, edit = "take left", "edit right"
	}
	if n := len(v.taken); n > 0 {
		edit += fmt.Sprintf(" with %d taken", n)
	}
	return []views.Hint{
		{Binding: v.env.Keys.Text.Take, Label: take}, {Binding: v.env.Keys.Table.Edit, Label: edit},
	}
}

// drawLine is a line with what is chosen and what is taken.
func (v *View) drawLine(l line) string {
	t, sign := v.env.Theme, " "
	if l.entry > 0 && l.change {
		if _, taken := v.taken[v.shown[l.entry-1].Path.String()]; taken {
			sign = t.Tone(themes.Good).Render(t.Glyphs.Check)
		}
	}
	if !v.isChosen(l) {
		return sign + l.styled
	}
	if sign == " " {
		sign = t.Accent.Render(t.Glyphs.Bar)
	}
	return t.On(t.Selected, sign+clean.Fit(l.styled, max(v.width-3, 1), ""))
}
