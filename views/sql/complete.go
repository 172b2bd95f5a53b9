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
	"drey/views/sql/queries"
)

// oldNames is from when on the age of names is told.
const oldNames = time.Minute

// offersSeen is how many offers are shown at a time.
const offersSeen = 8

// complete offers what fits at the cursor; a single fit is taken at once.
func (v *View) complete() tea.Cmd {
	cmd := v.lookUp()
	if !v.buffer().Completion.Open {
		v.sayNothingFits()
	}
	if v.buffer().Completion.Open && len(v.buffer().Completion.Offers) == 1 && !v.buffer().Completion.Waiting {
		return tea.Batch(cmd, v.acceptOffer())
	}
	return cmd
}

// sayNothingFits says so when the user asked for offers and there are none.
func (v *View) sayNothingFits() {
	a, ok := candidates.AskedIn(v.buffer().Editor.Text)
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
	asking, ok := candidates.AskedIn(v.buffer().Editor.Text)
	if !ok {
		v.buffer().Completion = queries.Completion{}
		return nil
	}
	var cmds []tea.Cmd
	want := func(path []string) { cmds = append(cmds, v.tree.Want(path)) }
	offers, waiting := asking.Offers(v.tree, v.buffer().Settings.Home(), want)
	waiting = waiting && v.tree.Asking()
	offers = asking.WithSuggestions(offers, v.suggestedHere())
	more, asked := v.suggest()
	cmds, waiting = append(cmds, more), waiting || asked
	at := ""
	if v.buffer().Completion.Open && v.buffer().Completion.Cursor > 0 {
		at = v.buffer().Completion.Offers[v.buffer().Completion.Cursor].Text
	}
	v.buffer().Completion = queries.Completion{
		Open: len(offers) > 0 || waiting, Asking: asking, Offers: offers, Waiting: waiting,
		Age: asking.Age(v.tree, v.buffer().Settings.Home()),
	}
	for i, o := range offers {
		if o.Text == at {
			v.buffer().Completion.Cursor = i
		}
	}
	v.layout.dirty = true
	return tea.Batch(cmds...)
}

// handleOfferKey hears the keys of an open list before the editor does.
func (v *View) handleOfferKey(msg tea.KeyMsg) (cmd tea.Cmd, handled bool) {
	c, line := &v.buffer().Completion, v.env.Keys.Line
	n := len(c.Offers)
	switch {
	case keymap.Matches(msg, line.Cancel):
		*c = queries.Completion{}
	case n == 0:
		return nil, false
	case keymap.Matches(msg, line.Accept), n == 1 && keymap.Matches(msg, line.Complete):
		return v.acceptOffer(), true
	case keymap.Matches(msg, line.Down, line.Complete):
		c.Cursor = (c.Cursor + 1) % n
	case keymap.Matches(msg, line.Up, v.env.Keys.Global.PreviousPane):
		c.Cursor = (c.Cursor + n - 1) % n
	default:
		return nil, false
	}
	return nil, true
}

// acceptOffer puts the chosen offer in the place of the word.
func (v *View) acceptOffer() tea.Cmd {
	c, b := v.buffer().Completion, v.buffer().Editor.Text
	v.buffer().Completion = queries.Completion{}
	at := b.Cursor()
	b.Replace(buffer.Position{Row: at.Row, Col: at.Col - c.Asking.Length}, c.Offers[c.Cursor].Text)
	v.buffer().Editor.Problem = nil
	return v.saveSoon()
}

// withOffers lays the open list over the lines, below the cursor or above it.
func (v *View) withOffers(lines []string) []string {
	if !v.buffer().Completion.Open || v.layout.pane != inEditor || !v.layout.focused {
		return lines
	}
	width := v.layout.width - v.treeRoom()
	x, y := v.buffer().Editor.CursorAt()
	x, y = x-1-clean.Width(v.buffer().Completion.Asking.Prefix), y+2
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
	t, c := v.env.Theme, v.buffer().Completion
	page := max(min(offersSeen, high-4), 1)
	top := max(min(c.Cursor-page/2, len(c.Offers)-page), 0)
	seen := c.Offers[top:min(top+page, len(c.Offers))]
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
		if top+i == c.Cursor {
			text = t.On(t.Selected, text)
		}
		lines = append(lines, text)
	}
	inner := wide + aside + 3
	if c.Waiting {
		lines = append(lines, t.Dim.Render(clean.Fit(" asking the server"+t.Glyphs.Ellipsis, inner, "")))
	}
	if len(c.Offers) > 0 && c.Offers[c.Cursor].Doc != "" {
		for _, line := range clean.Wrap(clean.Text(c.Offers[c.Cursor].Doc), inner-2) {
			if len(lines) < high-2 {
				lines = append(lines, t.Faint.Render(clean.Fit(" "+line, inner, "")))
			}
		}
	}
	count := ""
	if len(c.Offers) > len(seen) {
		count = plural(len(c.Offers), "offer")
	}
	if c.Age >= oldNames {
		count = strings.TrimSpace(count + "  names of " + grid.AgeText(c.Age) + " ago")
	}
	return frame.Box(t, true, inner+2, len(lines)+2, "", t.Dim.Render(count), lines)
}
