package console

import (
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"drey/themes/quiet"
)

// After Bubble Tea was initialised the environment says again what it did, and
// lipgloss is told what it would ask the terminal for: themes decide both.
func init() {
	quiet.Restore()
	lipgloss.SetHasDarkBackground(true)
	lipgloss.SetColorProfile(termenv.Ascii)
}
