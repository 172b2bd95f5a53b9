package browse

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/compare"
	"drey/views/grid"
	"drey/views/resource"
)

// previewStep is how many lines a key scrolls the preview.
const previewStep = 4

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	v.frame.dirty, v.frame.touched, v.poll.same, v.frame.keyAt = true, true, 0, v.env.Now() // somebody looks
	if v.bar.typing {
		return v.typeFilter(msg)
	}
	if cmd, taken := v.takeEarly(msg); taken {
		return cmd
	}
	if v.grid.Handle(msg, v.env.Keys.Move) {
		return v.UpdatePreview()
	}
	keys := v.env.Keys.Table
	switch {
	case keymap.Matches(msg, v.env.Keys.Move.Enter):
		return v.open()
	case keymap.Matches(msg, keys.Filter):
		v.bar.typing = true
	case keymap.Matches(msg, keys.Mark):
		if v.grid.Ranging() {
			v.grid.Range()
			return nil
		}
		v.grid.Mark()
		return v.UpdatePreview()
	case keymap.Matches(msg, keys.Range):
		v.grid.Range()
	case keymap.Matches(msg, keys.MarkAll):
		v.grid.MarkAll()
	case keymap.Matches(msg, keys.PreviewDown):
		v.pane.scroll(previewStep)
	case keymap.Matches(msg, keys.PreviewUp):
		v.pane.scroll(-previewStep)
	case keymap.Matches(msg, keys.Sort):
		v.grid.SortNext()
		return v.UpdatePreview()
	case keymap.Matches(msg, keys.Reverse):
		v.grid.Reverse()
		return v.UpdatePreview()
	case keymap.Matches(msg, keys.Copy):
		return v.copyName()
	case keymap.Matches(msg, keys.Diff):
		c := compare.Comparer{Env: v.env, Kind: &v.kind}
		if v.kind.Editor != nil && v.kind.Editor.CreateOnly == "" {
			c.Edit = v.asker.EditChanged
		}
		return c.Open(msg.String(), v.targets(), len(v.grid.Marked()))
	case v.kind.Create != nil && keymap.Matches(msg, keys.Create):
		return v.kind.Create.Open(v.env)
	case keymap.Matches(msg, keys.Edit):
		if item, ok := v.selected(); ok {
			return v.asker.Edit(item)
		}
	case keymap.Matches(msg, keys.Create):
		return v.asker.Create(msg.String(), v.at, v.selectedItem())
	case v.kind.Describe != nil && keymap.Matches(msg, keys.Describe):
		if item, ok := v.selected(); ok {
			return v.neighbours(func(item resource.Item[any]) tea.Cmd { return describePage(&v.kind, item) }, item)
		}
	case v.kind.UsedBy != nil && keymap.Matches(msg, keys.UsedBy):
		return v.openUsedBy()
	case v.kind.Hidden != nil && keymap.Matches(msg, keys.Hidden):
		return v.toggleHidden()
	default:
		return v.handleOwnKey(msg)
	}
	return nil
}

// handleOwnKey finds the page or action of the kind.
func (v *View) handleOwnKey(msg tea.KeyMsg) tea.Cmd {
	for _, p := range v.kind.Pages {
		if keymap.Matches(msg, p.Key(v.env.Keys)) {
			if item, ok := v.selected(); ok {
				return v.neighbours(func(item resource.Item[any]) tea.Cmd { return p.Open(v.env, item) }, item)
			}
			return nil
		}
	}
	if keymap.Matches(msg, v.env.Keys.Table.Undo) {
		return v.asker.Undo(msg.String(), v.targets())
	}
	for _, a := range v.kind.Actions {
		if keymap.Matches(msg, a.Key(v.env.Keys)) {
			return v.act(a, msg.String())
		}
	}
	return nil
}

func (v *View) typeFilter(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Accept):
		v.bar.typing = false
	case keymap.Matches(msg, keys.Cancel):
		v.bar.typing = false
		v.SetFilter("")
	case keymap.Matches(msg, keys.Down):
		v.grid.Move(1)
	case keymap.Matches(msg, keys.Up):
		v.grid.Move(-1)
	default:
		v.bar.line.Update(msg, keys)
		v.grid.SetFilter(v.bar.line.Value())
		v.selectHidden()
	}
	return v.UpdatePreview()
}

// Escape implements views.Escaper: a range, then marks, then the filter.
func (v *View) Escape() (cmd tea.Cmd, had bool) {
	v.frame.dirty = true
	if v.grid.Unmark() {
		return nil, true
	}
	if v.grid.Filter() != "" {
		v.SetFilter("")
		return v.UpdatePreview(), true
	}
	if v.frame.zoomed {
		v.Zoom()
		return nil, true
	}
	return nil, false
}

// toggleHidden shows the rows that the kind hides, or hides them again.
func (v *View) toggleHidden() tea.Cmd {
	v.showHidden = !v.showHidden
	return v.rebuild()
}

// rebuild makes the rows of the last answer anew.
func (v *View) rebuild() tea.Cmd {
	if v.list.index == nil {
		return nil // there was none yet
	}
	v.take(listingOf(v.kind, v.columns(), v.hides(), v.list, v.list.batch))
	return v.UpdatePreview()
}

func (v *View) open() tea.Cmd {
	item, ok := v.selected()
	if !ok {
		return nil
	}
	if v.kind.Open != nil {
		return v.kind.Open(v.env, item)
	}
	for _, p := range v.kind.Pages {
		return v.neighbours(func(item resource.Item[any]) tea.Cmd { return p.Open(v.env, item) }, item)
	}
	return nil
}

func (v *View) copyName() tea.Cmd {
	targets := v.targets()
	if len(targets) == 0 {
		return nil
	}
	text := ""
	for i, item := range targets {
		if i > 0 {
			text += "\n"
		}
		text += v.kind.NameOf(item.Value)
	}
	what := text
	if len(targets) > 1 {
		what = grid.Thousands(len(targets)) + " names"
	}
	return views.Send(views.CopyMsg{What: what, Text: text})
}

// Click implements views.Clicker: a click selects, one on the selected row opens.
func (v *View) Click(x, y int) tea.Cmd {
	before := v.grid.Selected()
	if x >= v.tableWidth() || y >= v.tableHeight() || !v.grid.Click(y) {
		return nil
	}
	v.frame.dirty, v.frame.touched, v.frame.keyAt = true, true, v.env.Now()
	if v.grid.Selected() == before {
		return v.open()
	}
	return v.UpdatePreview()
}

// Wheel implements views.Clicker.
func (v *View) Wheel(_, _, delta int) tea.Cmd {
	v.grid.Move(3 * delta)
	v.frame.dirty, v.frame.keyAt = true, v.env.Now()
	return v.UpdatePreview()
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	keys := v.env.Keys
	if v.bar.typing {
		return []views.Hint{
			{Binding: keys.Line.Accept, Label: "keep filter"},
			{Binding: keys.Line.Cancel, Label: "clear"},
			{Binding: keys.Line.Down, Label: "next row"},
		}
	}
	hints := append(v.actionHints(), v.asker.EditHints(v.selectedItem())...)
	t := keys.Table
	if c := v.kind.Create; c != nil {
		hints = append(hints, views.Hint{Binding: t.Create, Label: c.Label})
	}
	hints = append(hints, views.Hint{Binding: t.Filter}, views.Hint{Binding: t.Mark})
	for _, p := range v.kind.Pages {
		hints = append(hints, views.Hint{Binding: p.Key(keys), Label: p.Label})
	}
	if v.kind.Hidden != nil {
		hint := views.Hint{Binding: t.Hidden, Label: "show hidden"}
		if v.showHidden {
			hint.Label = "hide again"
		}
		hints = append(hints, hint)
	}
	hints = append(hints, views.Hint{Binding: keys.Move.Enter}, views.Hint{Binding: t.Range}, views.Hint{
		Binding: t.MarkAll,
	},
		views.Hint{Binding: t.Sort}, views.Hint{Binding: t.Reverse}, views.Hint{Binding: t.Copy},
		views.Hint{Binding: t.PreviewDown}, views.Hint{Binding: t.PreviewUp}, views.Hint{Binding: t.CopyMenu},
		views.Hint{Binding: t.Diff})
	if v.kind.Describe != nil {
		hints = append(hints, views.Hint{Binding: t.Describe})
	}
	if v.kind.UsedBy != nil {
		hints = append(hints, views.Hint{Binding: t.UsedBy})
	}
	return hints
}

// actionHints are the actions as they would do on the selected row; of two that
// would do the same the first.
func (v *View) actionHints() []views.Hint {
	var hints []views.Hint
	item, ok := v.selected()
	for _, a := range v.kind.Actions {
		h := views.Hint{Binding: a.Key(v.env.Keys), Label: a.Words()}
		if ok {
			h.Label = a.Verb(item.Value).Do
			if err := v.asker.Refusal(a, item); err != nil {
				h.Refused = err.Error()
			}
		} else if len(hints) > 0 {
			break // nothing is there to act on: one key says what could be
		}
		if slices.ContainsFunc(hints, func(o views.Hint) bool { return o.Label == h.Label }) {
			continue
		}
		hints = append(hints, h)
	}
	return hints
}
