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
}

func dark() palette {
	return palette{
		Name: "dark", Dark: true,
		text: "#d4d6dc", strong: "#f2f3f5", dim: "#868b97", faint: "#5a5f6b", accent: "#e0904c", frame: "#3f434e",
		good: "#8fbf78", bad: "#e0696f", warn: "#e2bd70", info: "#6ca6dd", teal: "#5cb8b2", violet: "#b98ed6",
		selected: "#2b3040", blurred: "#22252f", panel: "#1c1f29", button: "#343a4c",
		onAccent: "#16181f", onNotice: "#16181f",
	}
}

func light() palette {
	return palette{
		Name: "light",
		text: "#2c2f36", strong: "#101216", dim: "#666c78", faint: "#979ca8", accent: "#b4560f", frame: "#c5c9d2",
		good: "#2f7d32", bad: "#c0272d", warn: "#8f6400", info: "#1f63b0", teal: "#0f7a73", violet: "#7b3fa3",
		selected: "#dfe5f1", blurred: "#eceff5", panel: "#f4f5f8", button: "#cfd7e6",
		onAccent: "#ffffff", onNotice: "#ffffff", ground: "#fcfcfa",
	}
}

func sixteen() palette {
	return palette{
		Name: "16", Dark: true, attributes: true,
		text: "", strong: "", dim: "", faint: "8", accent: "3", frame: "8",
		good: "2", bad: "1", warn: "11", info: "4", teal: "6", violet: "5",
		onAccent: "0", onNotice: "0",
	}
}

func (p palette) compile(depth Depth) *Theme {
	make := func(l look) Style { return l.compile(depth) }
	few := p.attributes || depth == NoColour
	plain := depth == NoColour
	t := &Theme{
		Name: p.Name, Dark: p.Dark, Depth: depth, Stark: few,
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
	if p.ground != "" {
		t.Ground = make(look{fg: p.text, bg: p.ground})
	}
	t.tone = [numTones]Style{
		Plain: t.Text, Good: make(look{fg: p.good}), Busy: make(look{fg: p.warn}), Bad: make(look{fg: p.bad, bold: few}),
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
