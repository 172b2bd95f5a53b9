package themes

// palette is a theme as it is written: colours by what they are for.
type palette struct {
	Name string
	Dark bool

	text, strong, dim, faint, accent, frame string
	good, bad, warn, info, teal, violet     string
	selected, blurred, panel, button        string
	onAccent, onNotice, ground              string
	attributes                              bool // lean on bold and reverse: colours are few
	// assumed is the terminal's own ground where the theme paints none.
	assumed string
}

func dark() palette {
	return palette{
		Name: "dark", Dark: true,
		text: "#d4d6dc", strong: "#f2f3f5", dim: "#a4a9b5", faint: "#959aa7", accent: "#e59a58", frame: "#4a4e5a",
		good: "#8fbf78", bad: "#ef8388", warn: "#e2bd70", info: "#7ab2e6", teal: "#5cbfb8", violet: "#c39cdd",
		selected: "#272c3b", blurred: "#22252f", panel: "#1c1f29", button: "#343a4c",
		onAccent: "#16181f", onNotice: "#16181f", assumed: "#1e1e1e",
	}
}

func light() palette {
	return palette{
		Name: "light",
		text: "#2c2f36", strong: "#101216", dim: "#565c68", faint: "#616773", accent: "#9c4708", frame: "#b4b9c4",
		good: "#1d6b20", bad: "#b01f25", warn: "#7a5500", info: "#1a58a0", teal: "#0c6660", violet: "#6f3696",
		selected: "#e2e8f3", blurred: "#eceff5", panel: "#f4f5f8", button: "#cfd7e6",
		onAccent: "#ffffff", onNotice: "#ffffff", ground: "#fcfcfa",
	}
}

// sixteen uses the terminal's own colours by their names, so how they look is
// the terminal's; those that are hard to read on a light or a dark ground are
// not among them.
func sixteen(onDark bool) palette {
	p := palette{
		Name: "16", Dark: onDark, attributes: true,
		text: "", strong: "", dim: "", faint: "", accent: "3", frame: "8",
		good: "2", bad: "1", warn: "3", info: "4", teal: "6", violet: "5",
		onAccent: "0", onNotice: "0",
	}
	if onDark {
		p.bad, p.warn, p.info, p.violet = "9", "11", "12", "13" // 1, 4 and 5 are too dark on black
	} else {
		p.accent, p.warn, p.onAccent, p.onNotice = "5", "5", "15", "15" // yellow is too light on white
	}
	return p
}

func (p palette) compile(depth Depth) *Theme {
	make := func(l look) Style { return l.compile(depth) }
	few := p.attributes || depth == NoColour
	plain := depth == NoColour
	t := &Theme{
		Name: p.Name, Dark: p.Dark, Depth: depth, Stark: few, palette: p,
		Text:   make(look{fg: p.text}),
		Strong: make(look{fg: p.strong, bold: true}),
		Dim:    make(look{fg: p.dim, faint: plain}),
		Faint:  make(look{fg: p.faint, faint: plain}),
		Accent: make(look{fg: p.accent, bold: few}),
		Head:   make(look{fg: p.dim, underline: plain}),
		Badge:  make(look{fg: p.onAccent, bg: p.accent, bold: true, reverse: plain}),
		Notice: make(look{fg: p.onNotice, bg: p.warn, bold: true, reverse: plain}),
		Link:   make(look{fg: p.teal, underline: plain}),
		Match:  make(look{fg: p.onNotice, bg: p.warn, reverse: plain}),
		Frame:  make(look{fg: p.frame, faint: plain}),

		FrameFocus: make(look{fg: p.accent, bold: few}),
		Selected:   make(look{bg: p.selected, reverse: few}),
		Blurred:    make(look{bg: p.blurred, bold: few}),
		Panel:      make(look{bg: p.panel}),
		Button:     make(look{fg: p.strong, bg: p.button, bold: true, reverse: few}),
		Cursor:     make(look{reverse: true}),
	}
	t.Context = t.Strong
	if p.ground != "" {
		t.Ground = make(look{fg: p.text, bg: p.ground})
	}
	t.tone = [numTones]Style{
		Plain: t.Text, Good: make(look{fg: p.good}), Busy: make(look{fg: p.warn}),
		Bad:  make(look{fg: p.bad, bold: few}),
		Warn: make(look{fg: p.warn}), Idle: t.Dim, Done: make(look{fg: p.info}), Unknown: make(look{fg: p.violet}),
		Dim: t.Dim, Accent: t.Accent,
	}
	t.syntax = [numTokens]Style{
		TokenText: t.Text, TokenKey: make(look{fg: p.info, bold: plain}), TokenString: make(look{fg: p.good}),
		TokenNumber: make(look{fg: p.accent}), TokenKeyword: make(look{fg: p.violet, bold: few}),
		TokenFunction: make(look{fg: p.info}), TokenType: make(look{fg: p.teal}), TokenComment: t.Dim,
		TokenPunctuation: t.Dim, TokenError: make(look{fg: p.bad, underline: true}),
	}
	return t
}
