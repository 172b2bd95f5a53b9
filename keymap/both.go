package keymap

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
)

// Both is two bindings as one, for a hint that names what either does: ↑↓ choose. Of a
// binding that names several keys the last one is said.
func Both(a, b key.Binding) key.Binding {
	space := ""
	names := [2]string{}
	for i, of := range []key.Binding{a, b} {
		if fields := strings.Fields(of.Help().Key); len(fields) > 0 {
			names[i] = fields[len(fields)-1]
		}
		if !isSign(names[i]) {
			space = " "
		}
	}
	return key.NewBinding(
		key.WithKeys(append(append([]string{}, a.Keys()...), b.Keys()...)...),
		key.WithHelp(strings.TrimSpace(names[0]+space+names[1]), a.Help().Desc),
	)
}

// isSign tells that a name is one sign that is no letter, such as an arrow.
func isSign(name string) bool {
	r, size := utf8.DecodeRuneInString(name)
	return size == len(name) && r > utf8.RuneSelf
}
