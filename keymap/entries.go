package keymap

import "slices"

// Entries lists every binding in the order that help shows them.
func (m *Map) Entries() []Entry {
	return slices.Concat(
		m.Table.entries(), m.Text.entries(), m.Move.entries(), m.Global.entries(), m.Dialog.entries(), m.Line.entries(),
		m.Draft.entries(), m.SQL.entries(),
	)
}

func (m *Table) entries() []Entry {
	return []Entry{
		{"table.toggle", &m.Toggle},
		{"table.savepoint", &m.Savepoint},
		{"table.stop", &m.Stop},
		{"table.delete", &m.Delete},
		{"table.edit", &m.Edit},
		{"table.detach", &m.Detach},
		{"table.create", &m.Create},
		{"table.rescale", &m.Rescale},
		{"table.results", &m.Results},
		{"table.copy-menu", &m.CopyMenu},
		{"table.diff", &m.Diff},
		{"table.why", &m.Why},
		{"table.job", &m.Job},
		{"table.hidden", &m.Hidden},
		{"table.undo", &m.Undo},
		{"table.evolve", &m.Evolve},
		{"table.yaml", &m.YAML},
		{"table.describe", &m.Describe},
		{"table.events", &m.Events},
		{"table.instances", &m.Instance},
		{"table.used-by", &m.UsedBy},
		{"table.filter", &m.Filter},
		{"table.mark", &m.Mark},
		{"table.range", &m.Range},
		{"table.mark-all", &m.MarkAll},
		{"table.sort", &m.Sort},
		{"table.reverse", &m.Reverse},
		{"table.preview-down", &m.PreviewDown},
		{"table.preview-up", &m.PreviewUp},
		{"table.copy", &m.Copy},
	}
}

func (m *Text) entries() []Entry {
	return []Entry{
		{"text.search", &m.Search},
		{"text.next", &m.Next},
		{"text.previous", &m.Previous},
		{"text.copy", &m.Copy},
		{"text.filter", &m.Filter},
		{"text.follow", &m.Follow},
		{"text.wrap", &m.Wrap},
		{"text.take", &m.Take},
		{"text.next-object", &m.NextObject},
		{"text.previous-object", &m.PreviousObject},
	}
}

func (m *Move) entries() []Entry {
	return []Entry{
		{"move.down", &m.Down},
		{"move.up", &m.Up},
		{"move.top", &m.Top},
		{"move.bottom", &m.Bottom},
		{"move.half-down", &m.HalfDown},
		{"move.half-up", &m.HalfUp},
		{"move.page-down", &m.PageDown},
		{"move.page-up", &m.PageUp},
		{"move.left", &m.Left},
		{"move.right", &m.Right},
		{"move.enter", &m.Enter},
		{"move.escape", &m.Escape},
	}
}

func (m *Global) entries() []Entry {
	return []Entry{
		{"global.palette", &m.Palette},
		{"global.help", &m.Help},
		{"global.calls", &m.Calls},
		{"global.pane", &m.Pane},
		{"global.pane-anywhere", &m.PaneAnywhere},
		{"global.next-pane", &m.NextPane},
		{"global.previous-pane", &m.PreviousPane},
		{"global.next-tab", &m.NextTab},
		{"global.previous-tab", &m.PreviousTab},
		{"global.back", &m.Back},
		{"global.forward", &m.Forward},
		{"global.last", &m.Last},
		{"global.refresh", &m.Refresh},
		{"global.zoom", &m.Zoom},
		{"global.mouse", &m.Mouse},
		{"global.last-error", &m.LastErr},
		{"global.problems", &m.Problems},
		{"global.actions", &m.Actions},
		{"global.made", &m.Made},
		{"global.contexts", &m.Contexts},
		{"global.server", &m.Server},
		{"global.suspend", &m.Suspend},
		{"global.interrupt", &m.Interrupt},
		{"global.quit", &m.Quit},
	}
}

func (m *Dialog) entries() []Entry {
	return []Entry{
		{"dialog.confirm", &m.Confirm},
		{"dialog.next", &m.Next},
		{"dialog.previous", &m.Previous},
		{"dialog.press", &m.Press},
		{"dialog.leave", &m.Leave},
	}
}

func (m *Line) entries() []Entry {
	return []Entry{
		{"line.accept", &m.Accept},
		{"line.cancel", &m.Cancel},
		{"line.complete", &m.Complete},
		{"line.up", &m.Up},
		{"line.down", &m.Down},
		{"line.left", &m.Left},
		{"line.right", &m.Right},
		{"line.home", &m.Home},
		{"line.end", &m.End},
		{"line.word-left", &m.WordLeft},
		{"line.word-right", &m.WordRight},
		{"line.backspace", &m.Backspace},
		{"line.delete", &m.Delete},
		{"line.kill-word", &m.KillWord},
		{"line.kill-head", &m.KillHead},
		{"line.kill-tail", &m.KillTail},
	}
}
