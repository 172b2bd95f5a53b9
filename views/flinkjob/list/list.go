package list

import (
	"drey/views"

	"github.com/charmbracelet/bubbles/key"
)

// Hint is a key with words of its own.
func Hint(b key.Binding, label string) views.Hint { return views.Hint{Binding: b, Label: label} }
