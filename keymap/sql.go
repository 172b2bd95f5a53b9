package keymap

import "github.com/charmbracelet/bubbles/key"

// SQL keys work in the SQL tab: the first lines in the editor, beside the keys
// of Line; those of buffers in the results too; Insert in the catalog; the last
// in the results, beside those of Move.
type SQL struct {
	Run, Check                     key.Binding
	Pool, Undo, Redo               key.Binding
	PageUp, PageDown, Top, Bottom  key.Binding
	Complete, Names, History       key.Binding
	New, Close, Reopen, Rename     key.Binding
	NextBuffer, PreviousBuffer     key.Binding
	Insert                         key.Binding
	Edit, Mode, Stop, Pause        key.Binding
	Former, Statement, Environment key.Binding
	Search, Next, Previous, Filter key.Binding
	Sort, Reverse                  key.Binding
	ColumnRight                    key.Binding
	FirstColumn, LastColumn        key.Binding
	Freeze, Hide, Unhide           key.Binding
	Cell, Copy, CopyMenu, Export   key.Binding
	Earlier, Later                 key.Binding
	MuchEarlier, MuchLater, AtTime key.Binding
}

func defaultSQL() SQL {
	return SQL{
		Run:            bind("f5 alt+enter ctrl+enter", "F5", "run the statement"),
		Check:          bind("f6 alt+v", "F6", "check the statement, run nothing"),
		Pool:           bind("ctrl+o alt+p", "ctrl-o", "next compute pool"),
		Undo:           bind("ctrl+_ alt+u", "ctrl-_", "undo"),
		Redo:           bind("ctrl+y alt+r", "ctrl-y", "redo"),
		PageUp:         bind("pgup", "PgUp", "page up"),
		PageDown:       bind("pgdown", "PgDn", "page down"),
		Top:            bind("ctrl+home alt+<", "alt-<", "start of the text"),
		Bottom:         bind("ctrl+end alt+>", "alt->", "end of the text"),
		Complete:       bind("ctrl+@ alt+/", "alt-/", "complete"),
		Names:          bind("ctrl+t alt+t", "ctrl-t", "catalog"),
		History:        bind("ctrl+r alt+h", "ctrl-r", "what was run"),
		New:            bind("alt+n", "alt-n", "new buffer"),
		Close:          bind("alt+w", "alt-w", "close the buffer"),
		Reopen:         bind("alt+z", "alt-z", "bring back what was closed"),
		Rename:         bind("f2 alt+m", "f2", "rename the buffer"),
		NextBuffer:     bind("alt+. ctrl+pgdown", "alt-.", "next buffer"),
		PreviousBuffer: bind("alt+, ctrl+pgup", "alt-,", "previous buffer"),
		Insert:         bind("I", "I", "insert the name"),
		Edit:           bind("i", "i", "edit"),
		Mode:           bind("M", "M", "table or changelog"),
		Stop:           bind("x", "x", "stop the statement"),
		Environment:    bind("alt+e", "alt-e", "the environment to run in"),
		Former:         bind("b", "b", "the results before"),
		Statement:      bind("d", "d", "the statement"),
		Pause:          bind("p", "p", "fetch no more, or go on"),
		Search:         bind("/", "/", "search"),
		Next:           bind("n", "n", "next hit"),
		Previous:       bind("N", "N", "previous hit"),
		Filter:         bind("&", "&", "filter"),
		Sort:           bind("o", "o", "sort by the column, as it came again"),
		Reverse:        bind("O", "O", "sort the other way round"),
		ColumnRight:    bind("l", "l", "next column"),
		FirstColumn:    bind("0", "0", "first column"),
		LastColumn:     bind("$", "$", "last column"),
		Freeze:         bind("f", "f", "freeze up to the column"),
		Hide:           bind("H", "H", "hide the column"),
		Unhide:         bind("A", "A", "show all columns"),
		Cell:           bind("v", "v", "whole value"),
		Copy:           bind("c", "c", "copy the value"),
		CopyMenu:       bind("C", "C", "copy rows"),
		Export:         bind("w", "w", "write to a file"),
		Earlier:        bind(",", ",", "as of a change earlier"),
		Later:          bind(".", ".", "as of a change later"),
		MuchEarlier:    bind("<", "<", "a twentieth earlier"),
		MuchLater:      bind(">", ">", "a twentieth later"),
		AtTime:         bind("t", "t", "as of which change"),
	}
}

// entries lists the bindings in the order of help.
func (s *SQL) entries() []Entry {
	return []Entry{
		{"editor.run", &s.Run},
		{"editor.check", &s.Check},
		{"editor.pool", &s.Pool},
		{"editor.complete", &s.Complete},
		{"editor.catalog", &s.Names},
		{"editor.history", &s.History},
		{"editor.undo", &s.Undo},
		{"editor.redo", &s.Redo},
		{"editor.page-up", &s.PageUp},
		{"editor.page-down", &s.PageDown},
		{"editor.top", &s.Top},
		{"editor.bottom", &s.Bottom},

		{"buffers.new", &s.New},
		{"buffers.next", &s.NextBuffer},
		{"buffers.previous", &s.PreviousBuffer},
		{"buffers.rename", &s.Rename},
		{"buffers.close", &s.Close},
		{"buffers.reopen", &s.Reopen},

		{"catalog.insert", &s.Insert},

		{"results.edit", &s.Edit},
		{"results.mode", &s.Mode},
		{"results.stop", &s.Stop},
		{"editor.environment", &s.Environment},
		{"results.former", &s.Former},
		{"results.statement", &s.Statement},
		{"results.pause", &s.Pause},
		{"results.search", &s.Search},
		{"results.next", &s.Next},
		{"results.previous", &s.Previous},
		{"results.filter", &s.Filter},
		{"results.sort", &s.Sort},
		{"results.reverse", &s.Reverse},
		{"results.column-right", &s.ColumnRight},
		{"results.first-column", &s.FirstColumn},
		{"results.last-column", &s.LastColumn},
		{"results.freeze", &s.Freeze},
		{"results.hide", &s.Hide},
		{"results.unhide", &s.Unhide},
		{"results.cell", &s.Cell},
		{"results.copy", &s.Copy},
		{"results.copy-menu", &s.CopyMenu},
		{"results.export", &s.Export},
		{"results.earlier", &s.Earlier},
		{"results.later", &s.Later},
		{"results.much-earlier", &s.MuchEarlier},
		{"results.much-later", &s.MuchLater},
		{"results.moment", &s.AtTime},
	}
}
