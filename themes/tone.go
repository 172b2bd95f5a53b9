package themes

// Tone says what a state means to a person; theme and glyph set turn it into a
// colour and a sign, so colour is never the only carrier.
type Tone uint8

// The tones.
const (
	Plain    Tone = iota
	Good          // running, completed, connected
	Busy          // on the way to something
	Bad           // failed
	Warn          // works, but look
	Idle          // off on purpose
	Done          // ended as it should
	Unknown       // a word that this drey does not know
	Dim           // secondary
	Accent        // fresh, or in focus
	numTones = iota
)

// Rank orders tones for roll-ups and sorting: what needs a person first.
func (t Tone) Rank() int {
	switch t {
	case Bad:
		return 0
	case Warn:
		return 1
	case Busy:
		return 2
	case Unknown:
		return 3
	case Good:
		return 4
	case Idle:
		return 5
	}
	return 6
}

// Glyphs are the signs that a terminal may or may not be able to draw.
type Glyphs struct {
	ASCII    bool
	tone     [numTones]string
	Bar      string // left of the selected row
	Mark     string // left of a marked row
	Ellipsis string
	Dash     string // nothing there
	Up, Down string // sort order
	Crumb    string
	Dot      string // between facts
	Fold     string // an open branch
	Folded   string
	Under    string // below the active tab
	Thumb    string // scroll indicator
	Live     string
	Cursor   string
	Check    string
	Cross    string
	Arrow    string
	Between  string // two sides that are compared
	// Horizontal, vertical, corners (top left, top right, bottom left, bottom right).
	H, V, TL, TR, BL, BR string
	Joint                string // of a line from above or below that goes on to the right
}

// Tone is the sign of a tone, one cell wide, " " for those without.
func (g *Glyphs) Tone(t Tone) string { return g.tone[t] }

func unicodeGlyphs() *Glyphs {
	return &Glyphs{
		tone: [numTones]string{
			Plain: " ", Good: "●", Busy: "◐", Bad: "✗", Warn: "▲", Idle: "○",
			Done: "✓", Unknown: "?", Dim: " ", Accent: "•",
		},
		Bar: "▌", Mark: "◆", Ellipsis: "…", Dash: "—", Up: "↑", Down: "↓", Crumb: "›", Dot: "·",
		Fold: "▾", Folded: "▸", Under: "▔", Thumb: "▐", Live: "●", Cursor: "▏", Check: "✓", Cross: "✗", Arrow: "→",
		Between: "↔",
		H:       "─", V: "│", TL: "┌", TR: "┐", BL: "└", BR: "┘", Joint: "├",
	}
}

func asciiGlyphs() *Glyphs {
	return &Glyphs{
		ASCII: true,
		tone: [numTones]string{
			Plain: " ", Good: "*", Busy: "~", Bad: "!", Warn: "^", Idle: "o",
			Done: "+", Unknown: "?", Dim: " ", Accent: "*",
		},
		Bar: ">", Mark: "#", Ellipsis: "~", Dash: "-", Up: "^", Down: "v", Crumb: ">", Dot: "-",
		Fold: "v", Folded: ">", Under: "=", Thumb: "|", Live: "*", Cursor: "_", Check: "+", Cross: "x", Arrow: "->",
		Between: "<>",
		H:       "-", V: "|", TL: "+", TR: "+", BL: "+", BR: "+", Joint: "+",
	}
}
