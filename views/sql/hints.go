package sql

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/statement"
	"drey/views"
)

// Hints are the keys of the pane that has them, the most useful first.
func (v *View) Hints() []views.Hint {
	k, m := v.env.Keys.SQL, v.env.Keys.Move
	switch {
	case v.over != nil:
		return v.over.Hints()
	case v.layout.pane == inResults && v.buffer().Results.Typing():
		return v.buffer().Results.PromptHints()
	case v.layout.pane == inResults && v.buffer().Results.Viewing():
		return v.buffer().Results.ViewerHints()
	case v.layout.pane == inTree:
		return append(v.tree.Hints(), views.Hint{Binding: k.Edit}, views.Hint{Binding: m.Escape})
	case v.layout.pane == inEditor && v.buffer().Completion.Open:
		l := v.env.Keys.Line
		return []views.Hint{
			{Binding: l.Accept, Label: "take it"},
			{Binding: l.Complete, Label: "next"},
			{Binding: l.Cancel, Label: "close"},
		}
	case v.layout.pane == inEditor:
		return v.editorHints()
	}
	return v.resultHints()
}

func (v *View) editorHints() []views.Hint {
	k, l := v.env.Keys.SQL, v.env.Keys.Line
	hints := []views.Hint{
		{Binding: k.Run, Label: "run"},
		{Binding: k.History, Label: "history"},
		{Binding: l.Complete},
		{Binding: k.New},
		{Binding: k.NextBuffer, Label: "next"},
		{Binding: k.Names},
	}
	if _, able := v.engine.(statement.Validator); able {
		hints = slices.Insert(hints, 1, views.Hint{Binding: k.Check, Label: "check"})
	}
	if _, pooled := v.engine.(statement.Pooler); pooled {
		hints = append(hints, views.Hint{Binding: k.Pool, Label: "pool"})
	}
	if v.scoped() {
		hints = append(hints, views.Hint{Binding: k.Environment, Label: v.scopeWord()})
	}
	return append(hints, views.Hint{Binding: l.Cancel, Label: "to the results", Always: true})
}

func (v *View) resultHints() []views.Hint {
	k := v.env.Keys.SQL
	hints := []views.Hint{
		{Binding: k.Edit},
		{Binding: k.Search},
		{Binding: k.Filter},
		{Binding: k.Sort, Label: "sort"},
		{Binding: v.env.Keys.Move.Enter, Label: "row"},
		{Binding: k.CopyMenu, Label: "copy"},
		{Binding: k.Export, Label: "write"},
		{Binding: k.Mode},
	}
	stop := views.Hint{Binding: k.Stop}
	if r := v.buffer().Run; r == nil || !r.Active() {
		stop.Refused = "no statement is running here"
		return append(hints, stop)
	}
	return slices.Insert(hints, 1, stop)
}

// Manual lists every key of the tab.
func (v *View) Manual() []views.Chapter {
	k, l := v.env.Keys.SQL, v.env.Keys.Line
	all := func(bindings ...key.Binding) (hints []views.Hint) {
		for _, b := range bindings {
			hints = append(hints, views.Hint{Binding: b})
		}
		return hints
	}
	editor := all(
		k.Run, k.Complete, k.History, k.Undo, k.Redo, k.Pool, k.Names, k.PageUp, k.PageDown, k.Top, k.Bottom,
		l.WordLeft, l.WordRight, l.KillWord, l.KillHead, l.KillTail,
	)
	if _, able := v.engine.(statement.Validator); able {
		editor = slices.Insert(editor, 1, views.Hint{Binding: k.Check})
	}
	return []views.Chapter{
		{Title: "Results", Hints: append(v.resultHints(), all(k.Reverse, k.Next, k.Previous, k.Cell, k.Copy, k.Freeze, k.Hide, k.Unhide, k.ColumnRight, k.FirstColumn, k.LastColumn, k.Earlier, k.Later, k.MuchEarlier, k.MuchLater, k.AtTime, k.Pause)...)},
		{Title: "Editor", Hints: editor},
		{Title: "Buffers", Hints: all(k.New, k.NextBuffer, k.PreviousBuffer, k.Rename, k.Close, k.Reopen)},
		{Title: "Catalog", Hints: append(v.tree.Hints(), views.Hint{Binding: k.Insert})},
	}
}
