package keymap

import "github.com/charmbracelet/bubbles/key"

// Draft keys work where an object is edited: the first lines in the text, beside
// the keys of Line; the others where it is reviewed.
type Draft struct {
	Review, Find, Undo, Redo key.Binding
	PageUp, PageDown         key.Binding
	Edit, Mine, Theirs, Drop key.Binding
}

func defaultDraft() Draft {
	return Draft{
		Review:   bind("f5 alt+enter ctrl+enter", "F5", "check and compare"),
		Find:     bind("alt+/ ctrl+g", "alt-/", "find"),
		Undo:     bind("ctrl+_ alt+u", "ctrl-_", "undo"),
		Redo:     bind("ctrl+y alt+r", "ctrl-y", "redo"),
		PageUp:   bind("pgup", "PgUp", "page up"),
		PageDown: bind("pgdown", "PgDn", "page down"),
		Edit:     bind("e", "e", "edit again"),
		Mine:     bind("M", "M", "mine in a conflict"),
		Theirs:   bind("T", "T", "theirs in a conflict"),
		Drop:     bind("X", "X", "drop the draft"),
	}
}

// entries lists the bindings in the order of help.
func (d *Draft) entries() []Entry {
	return []Entry{
		{"writing.review", &d.Review},
		{"writing.find", &d.Find},
		{"writing.undo", &d.Undo},
		{"writing.redo", &d.Redo},
		{"writing.page-up", &d.PageUp},
		{"writing.page-down", &d.PageDown},
		{"draft.edit", &d.Edit},
		{"draft.mine", &d.Mine},
		{"draft.theirs", &d.Theirs},
		{"draft.drop", &d.Drop},
	}
}
