package sql

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views/catalog"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/sql/buffer"
	"drey/views/sql/candidates"
)

// completion is the list of offers beside the cursor, while it is open.
type completion struct {
	open    bool
	asking  candidates.Asking
	offers  []candidates.Offer
	cursor  int
	waiting bool          // more may come from the server
	age     time.Duration // of the names that the server gave
}

// oldNames is from when on the age of names is told.
const oldNames = time.Minute

// offersSeen is how many offers are shown at a time.
const offersSeen = 8

// complete offers what fits at the cursor; a single fit is taken at once.
func (v *View) complete() tea.Cmd {
	cmd := v.lookUp()
	if !v.buffer().completion.open {
		v.sayNothingFits()
	}
	if v.buffer().completion.open && len(v.buffer().completion.offers) == 1 && !v.buffer().completion.waiting {
		return tea.Batch(cmd, v.acceptOffer())
	}
	return cmd
}

// sayNothingFits says so when the user asked for offers and there are none.
func (v *View) sayNothingFits() {
	a, ok := candidates.AskedIn(v.buffer().editor.Text)
	switch {
	case !ok:
		v.say("nothing is completed in texts, comments and numbers", false)
	case a.Prefix == "" && len(a.Path) == 0 && !a.Tables:
		v.say("type a letter or two of what is to be completed", false)
	default:
		v.say("no name here is like "+strings.Trim(catalog.Join(append(slices.Clone(a.Path), a.Prefix)), "."), false)
	}
}

// lookUp brings the offers up to date with the cursor; names that are missing
// are asked for, and the list grows when they come.
func (v *View) lookUp() tea.Cmd {
	asking, ok := candidates.AskedIn(v.buffer().editor.Text)
	if !ok {
		v.buffer().completion = completion{}
		return nil
	}
	var cmds []tea.Cmd
	want := func(path []string) { cmds = append(cmds, v.tree.Want(path)) }
	offers, waiting := asking.Offers(v.tree, v.buffer().settings.Home(), want)
	waiting = waiting && v.tree.Asking()
	offers = asking.WithSuggestions(offers, v.suggestedHere())
	more, asked := v.suggest()
	cmds, waiting = append(cmds, more), waiting || asked
	at := ""
	if v.buffer().completion.open && v.buffer().completion.cursor > 0 {
		at = v.buffer().completion.offers[v.buffer().completion.cursor].Text
	}
	v.buffer().completion = completion{
		open: len(offers) > 0 || waiting, asking: asking, offers: offers, waiting: waiting,
		age: asking.Age(v.tree, v.buffer().settings.Home()),
	}
	for i, o := range offers {
		if o.Text == at {
			v.buffer().completion.cursor = i
		}
	}
	v.layout.dirty = true
	return tea.Batch(cmds...)
}

// handleOfferKey hears the keys of an open list before the editor does.
func (v *View) handleOfferKey(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	c, line := &v.buffer().completion, v.env.Keys.Line
	n := len(c.offers)
	switch {
	case keymap.Matches(msg, line.Cancel):
		*c = completion{}
	case n == 0:
		return nil, false
	case keymap.Matches(msg, line.Accept), n == 1 && keymap.Matches(msg, line.Complete):
		return v.acceptOffer(), true
	case keymap.Matches(msg, line.Down, line.Complete):
		c.cursor = (c.cursor + 1) % n
	case keymap.Matches(msg, line.Up, v.env.Keys.Global.PreviousPane):
		c.cursor = (c.cursor + n - 1) % n
	default:
		return nil, false
	}
	return nil, true
}

// acceptOffer puts the chosen offer in the place of the word.
func (v *View) acceptOffer() tea.Cmd {
	c, b := v.buffer().completion, v.buffer().editor.Text
	v.buffer().completion = completion{}
	at := b.Cursor()
	b.Replace(buffer.Position{Row: at.Row, Col: at.Col - c.asking.Length}, c.offers[c.cursor].Text)
	v.buffer().editor.Problem = nil
	return v.saveSoon()
}

// withOffers lays the open list over the lines, below the cursor or above it.
func (v *View) withOffers(lines []string) []string {
	if !v.buffer().completion.open || v.layout.pane != inEditor || !v.layout.focused {
		return lines
	}
	width := v.layout.width - v.treeRoom()
	x, y := v.buffer().editor.CursorAt()
	x, y = x-1-clean.Width(v.buffer().completion.asking.Prefix), y+2
	above, below := y-1, len(lines)-y
	box := v.offerLines(min(width-2, 76), max(above, below))
	if len(box) > below {
		y = above - len(box)
	}
	if y < 0 {
		return lines
	}
	x = max(min(x, width-clean.Width(box[0])), 0)
	for i, line := range box {
		if y+i < len(lines) {
			lines[y+i] = clean.Splice(clean.Fit(lines[y+i], width, ""), line, x)
		}
	}
	return lines
}

// offerLines draw the list in a frame of at most room times high cells.
func (v *View) offerLines(width, high int) []string {
	t, c := v.env.Theme, v.buffer().completion
	page := max(min(offersSeen, high-4), 1)
	top := max(min(c.cursor-page/2, len(c.offers)-page), 0)
	seen := c.offers[top:min(top+page, len(c.offers))]
	wide, aside := 12, 0
	for _, o := range seen {
		wide, aside = max(wide, clean.Width(clean.Text(o.Text))), max(aside, clean.Width(clean.Text(o.Aside)))
	}
	wide = min(wide, width/2)
	aside = min(max(aside, 14), width-wide-5)
	var lines []string
	for i, o := range seen {
		text := " " + t.Text.Render(clean.Fit(clean.Text(o.Text), wide, t.Glyphs.Ellipsis)) + " " +
			t.Dim.Render(clean.Fit(clean.Text(o.Aside), aside, t.Glyphs.Ellipsis)) + " "
		if top+i == c.cursor {
			text = t.On(t.Selected, text)
		}
		lines = append(lines, text)
	}
	inner := wide + aside + 3
	if c.waiting {
		lines = append(lines, t.Dim.Render(clean.Fit(" asking the server"+t.Glyphs.Ellipsis, inner, "")))
	}
	if len(c.offers) > 0 && c.offers[c.cursor].Doc != "" {
		for _, line := range clean.Wrap(clean.Text(c.offers[c.cursor].Doc), inner-2) {
			if len(lines) < high-2 {
				lines = append(lines, t.Faint.Render(clean.Fit(" "+line, inner, "")))
			}
		}
	}
	count := ""
	if len(c.offers) > len(seen) {
		count = plural(len(c.offers), "offer")
	}
	if c.age >= oldNames {
		count = strings.TrimSpace(count + "  names of " + grid.AgeText(c.age) + " ago")
	}
	return frame.Box(t, true, inner+2, len(lines)+2, "", t.Dim.Render(count), lines)
}
