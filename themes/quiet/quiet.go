// Package quiet answers lipgloss's questions about the terminal before Bubble
// Tea asks them: Bubble Tea v1 queries the background colour in an init (its
// tea_init.go) and waits up to five seconds for terminals that do not answer.
//
// It imports nothing but lipgloss, so Go initialises it before Bubble Tea
// (packages that are ready are taken in the order of their paths).
package quiet

import (
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

func init() {
	lipgloss.SetHasDarkBackground(true)
	lipgloss.SetColorProfile(termenv.Ascii)
}
