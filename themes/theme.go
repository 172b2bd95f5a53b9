// Package themes holds the looks of the console: immutable themes of styles that
// are compiled once to the sequences a terminal reads.
package themes

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// Depth is how many colours a terminal shows.
type Depth int

// The depths.
const (
	TrueColour Depth = iota
	Colour256
	Colour16
	NoColour // attributes only
)

// Theme is one look. It is immutable and shared.
type Theme struct {
	Name   string
	Dark   bool
	Depth  Depth
	Glyphs *Glyphs

	Text   Style // what is read first
	Strong Style // names, the active tab
	Dim    Style // secondary columns, labels
	Faint  Style // frames, what may be overlooked
	Accent Style // focus, keys, fresh changes
	Head   Style // table headings
	Badge  Style // the program's name on the accent
	Notice Style // READ-ONLY and the like
	Link   Style // requests that will be sent
	Match  Style // a hit of a search
	// Context is the name of the context, on its colour where it has one.
	Context Style

	Frame      Style // borders
	FrameFocus Style // borders of the focused pane

	// Ground is below everything; plain where the terminal's own is as good.
	Ground Style
	// Stark: the selection is drawn by reverse, and what is on it without
	// colours of its own.
	Stark    bool
	Selected Style // ground of the selected row
	Blurred  Style // ground of the selected row in a pane without focus
	Panel    Style // ground of a dialog
	Button   Style // the focused button
	Cursor   Style // the cell under a text cursor

	tone   [numTones]Style
	syntax [numTokens]Style

	palette palette
}

// Colours are those that a context may have.
var Colours = []string{"red", "yellow", "green", "cyan", "blue", "magenta"}

// WithColour is the theme for a context of a colour, one of Colours: its name
// and the focused frames have it. "" is no colour, and so is another word.
func (t *Theme) WithColour(name string) *Theme {
	p := t.palette
	colour, known := map[string]string{
		"red": p.bad, "yellow": p.warn, "green": p.good, "cyan": p.teal, "blue": p.info, "magenta": p.violet,
	}[name]
	if !known {
		return t
	}
	plain := t.Depth == NoColour
	coloured := *t
	coloured.FrameFocus = look{fg: colour, bold: t.Stark}.compile(t.Depth)
	coloured.Context = look{fg: p.onAccent, bg: colour, bold: true, reverse: plain}.compile(t.Depth)
	return &coloured
}

// Tone is the style of a tone.
func (t *Theme) Tone(tone Tone) Style { return t.tone[tone] }

// On draws text that may carry styles on a ground such as Selected or Blurred.
func (t *Theme) On(ground Style, text string) string {
	if t.Stark {
		return ground.Render(ansi.Strip(text))
	}
	return ground.Paint(text)
}

// Options choose a theme for a terminal.
type Options struct {
	Name  string // "dark", "light" or "16"; "" is what fits the ground
	Depth Depth
	ASCII bool
	// Ground is the terminal's own background; Paint draws one where the theme
	// would leave the terminal's, for a terminal that does not tell.
	Ground Ground
	Paint  bool
}

// Ground is what is known of the terminal's background.
type Ground uint8

// The grounds.
const (
	UnknownGround Ground = iota // taken as dark
	DarkGround
	LightGround
)

// Names are the themes there are.
func Names() []string { return []string{"dark", "light", "16"} }

// New returns the theme, and whether the name was known; an unknown name gives
// the dark theme.
func New(o Options) (*Theme, bool) {
	name := strings.ToLower(o.Name)
	if name == "" {
		name = "dark"
		if o.Ground == LightGround {
			name = "light"
		}
	}
	known := slices.Contains(Names(), name)
	palette := dark()
	switch name {
	case "light":
		palette = light()
	case "16":
		palette = sixteen(o.Ground != LightGround)
	}
	depth := o.Depth
	if depth == Colour16 && palette.Name != "16" {
		palette = sixteen(palette.Dark)
	}
	if palette.Name == "16" && depth < Colour16 {
		depth = Colour16
	}
	if o.Paint && palette.ground == "" {
		palette.ground = palette.assumed
	}
	t := palette.compile(depth)
	t.Glyphs = unicodeOnce()
	if o.ASCII {
		t.Glyphs = asciiOnce()
	}
	return t, known
}

var (
	unicodeOnce = sync.OnceValue(unicodeGlyphs)
	asciiOnce   = sync.OnceValue(asciiGlyphs)
)

// GroundOf reads from COLORFGBG what the ground is: the last of its numbers, as
// rxvt, konsole and others set it. It asks the terminal nothing.
func GroundOf(getenv func(string) string) Ground {
	parts := strings.Split(getenv("COLORFGBG"), ";")
	n, err := strconv.Atoi(parts[len(parts)-1])
	switch {
	case err != nil || len(parts) < 2 || n < 0 || n > 15:
		return UnknownGround
	case n == 7 || n > 8:
		return LightGround
	}
	return DarkGround
}

// GroundOfColour says what a colour is as a ground; r, g and b are from 0 to 1.
func GroundOfColour(r, g, b float64) Ground {
	if luminance(r, g, b) > 0.18 {
		return LightGround
	}
	return DarkGround
}

// luminance is the relative luminance of WCAG 2 of an sRGB colour.
func luminance(r, g, b float64) float64 {
	linear := func(c float64) float64 {
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// Detect reads from the environment how many colours there are. It asks the
// terminal nothing.
func Detect(getenv func(string) string) Depth {
	if getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" {
		return NoColour
	}
	colorterm, term := strings.ToLower(getenv("COLORTERM")), getenv("TERM")
	switch {
	case strings.Contains(colorterm, "truecolor"), strings.Contains(colorterm, "24bit"):
		return TrueColour
	case strings.Contains(term, "direct"), strings.HasPrefix(term, "xterm-kitty"), strings.HasPrefix(
		term, "xterm-ghostty",
	):
		return TrueColour
	case strings.Contains(term, "256"):
		return Colour256
	}
	return Colour16
}
