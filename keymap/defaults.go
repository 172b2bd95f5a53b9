package keymap

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
)

// bind makes a binding from keys separated by blanks ("space" is the blank).
func bind(keys, shown, desc string) key.Binding {
	list := strings.Fields(keys)
	for i, k := range list {
		if k == "space" {
			list[i] = " "
		}
	}
	return key.NewBinding(key.WithKeys(list...), key.WithHelp(shown, desc))
}

// Default is the map without overrides. Each call gives a copy of its own.
func Default() *Map {
	return &Map{
		Global: defaultGlobal(), Move: defaultMove(), Table: defaultTable(), Text: defaultText(),
		Dialog: defaultDialog(), Line: defaultLine(), SQL: defaultSQL(), Draft: defaultDraft(),
	}
}

func defaultGlobal() Global {
	return Global{
		Quit:         bind("q", "q", "back, quit at the root"),
		Interrupt:    bind("ctrl+c", "ctrl-c", "interrupt, twice to quit"),
		Suspend:      bind("ctrl+z", "ctrl-z", "to the shell, fg comes back"),
		Palette:      bind(":", ":", "command"),
		Help:         bind("? f1", "?", "keys"),
		Calls:        bind("@", "@", "log of API calls"),
		Back:         bind("[", "[", "back in history"),
		Forward:      bind("]", "]", "forward in history"),
		Last:         bind("-", "-", "last place"),
		NextPane:     bind("tab", "tab", "next pane"),
		PreviousPane: bind("shift+tab", "shift-tab", "previous pane"),
		NextTab:      bind("}", "}", "next tab"),
		PreviousTab:  bind("{", "{", "previous tab"),
		Refresh:      bind("R ctrl+r", "R", "refresh"),
		Zoom:         bind("z", "z", "zoom"),
		Mouse:        bind("m", "m", "mouse on or off"),
		LastErr:      bind("E", "E", "whole last error"),
		Actions:      bind("L", "L", "what was done: steps, retry, undo"),
		Made:         bind("F", "F", "go to what was made, such as a savepoint"),
		Problems:     bind("!", "!", "what fails, worst first"),
		Contexts:     bind("`", "`", "contexts"),
		Server:       bind("K", "K", "the server: version, resources, licence"),
		Pane:         bind("1 2 3 4 5 6 7 8 9", "1-9", "pane or tab"),
		PaneAnywhere: bind(
			"alt+1 alt+2 alt+3 alt+4 alt+5 alt+6 alt+7 alt+8 alt+9", "alt-1-9", "pane or tab, also while typing",
		),
	}
}

func defaultMove() Move {
	return Move{
		Up:       bind("up k", "k ↑", "up"),
		Down:     bind("down j", "j ↓", "down"),
		Top:      bind("home g", "g", "first"),
		Bottom:   bind("end G", "G", "last"),
		HalfUp:   bind("ctrl+u", "ctrl-u", "half a page up"),
		HalfDown: bind("ctrl+d", "ctrl-d", "half a page down"),
		PageUp:   bind("pgup ctrl+b", "PgUp", "page up"),
		PageDown: bind("pgdown ctrl+f", "PgDn", "page down"),
		Left:     bind("left h", "h ←", "left"),
		Right:    bind("right", "→", "right"),
		Enter:    bind("enter", "enter", "open"),
		Escape:   bind("esc", "esc", "back"),
	}
}

func defaultTable() Table {
	return Table{
		Filter:      bind("/", "/", "filter"),
		Mark:        bind("space", "space", "mark"),
		Range:       bind("v", "v", "mark a range"),
		MarkAll:     bind("ctrl+a", "ctrl-a", "mark all shown"),
		Sort:        bind("o", "o", "sort by next column"),
		Copy:        bind("c", "c", "copy name"),
		Reverse:     bind("O", "O", "reverse sort"),
		PreviewDown: bind("shift+down", "shift-↓", "preview down"),
		PreviewUp:   bind("shift+up", "shift-↑", "preview up"),
		YAML:        bind("y", "y", "YAML"),
		Describe:    bind("d", "d", "describe"),
		Events:      bind("l", "l", "events"),
		Instance:    bind("i", "i", "instances"),
		Toggle:      bind("s", "s", "suspend/start"),
		Savepoint:   bind("S", "S", "savepoint"),
		Stop:        bind("x", "x", "stop"),
		Delete:      bind("D", "D", "delete"),
		Create:      bind("a", "a", "create"),
		Rescale:     bind("P", "P", "parallelism"),
		Results:     bind("r", "r", "results"),
		CopyMenu:    bind("C", "C", "copy menu"),
		Diff:        bind("=", "=", "diff"),
		Why:         bind("w", "w", "why"),
		Job:         bind("J", "J", "into the Flink job"),
		Edit:        bind("e", "e", "edit"),
		Hidden:      bind("H", "H", "hidden"),
		Undo:        bind("u", "u", "undo, roll back"),
		Detach:      bind("t", "t", "detach"),
		UsedBy:      bind("b", "b", "used by"),
		Evolve:      bind("V", "V", "evolve"),
	}
}

func defaultText() Text {
	return Text{
		Search:   bind("/", "/", "search"),
		Next:     bind("n", "n", "next hit"),
		Previous: bind("N", "N", "previous hit"),
		Filter:   bind("&", "&", "only what holds a text"),
		Follow:   bind("f", "f", "the newest stays in sight"),
		Copy:     bind("c", "c", "copy all"),
		Wrap:     bind("w", "w", "wrap lines"),
		Take:     bind("a", "a", "take a value of the other side"),

		NextObject:     bind(">", ">", "the same of the next object"),
		PreviousObject: bind("<", "<", "the same of the previous object"),
	}
}

func defaultDialog() Dialog {
	return Dialog{
		Confirm:  bind("y", "y", "confirm"),
		Next:     bind("tab right down j l", "tab", "move"),
		Previous: bind("shift+tab left up k h", "shift-tab", "move back"),
		Press:    bind("enter space", "enter", "press"),
		Leave:    bind("esc q n ctrl+c", "esc", "cancel"),
	}
}

func defaultLine() Line {
	return Line{
		Accept:    bind("enter", "enter", "take"),
		Cancel:    bind("esc ctrl+c", "esc", "leave"),
		Complete:  bind("tab", "tab", "complete"),
		Up:        bind("up ctrl+p", "↑", "up"),
		Down:      bind("down ctrl+n", "↓", "down"),
		Left:      bind("left ctrl+b", "←", "left"),
		Right:     bind("right ctrl+f", "→", "right"),
		Home:      bind("home ctrl+a", "home", "start"),
		End:       bind("end ctrl+e", "end", "end"),
		WordLeft:  bind("alt+left alt+b ctrl+left", "alt-b", "word left"),
		WordRight: bind("alt+right alt+f ctrl+right", "alt-f", "word right"),
		Backspace: bind("backspace ctrl+h", "⌫", "delete before"),
		Delete:    bind("delete ctrl+d", "del", "delete after"),
		KillWord:  bind("ctrl+w alt+backspace", "ctrl-w", "delete word"),
		KillHead:  bind("ctrl+u", "ctrl-u", "delete to start"),
		KillTail:  bind("ctrl+k", "ctrl-k", "delete to end"),
	}
}
