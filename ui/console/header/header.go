// Package header is the line at the top: which context is shown, how old what is shown is
// and why, and what needs a person.
package header

import (
	"fmt"
	"strings"
	"time"

	"drey/client/fault"
	"drey/themes"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
)

// Line is the header, as wide as the screen.
func Line(s *space.Space) string {
	right := rightSide(s)
	line := leftSide(s, longestName)
	if over := clean.Width(line) + clean.Width(right) + 2 - s.Rects.Width; over > 0 { // the name can be cut
		line = leftSide(s, max(min(clean.Width(clean.Text(s.Name)), longestName)-over, shortestName))
	}
	return Sides(s, line, right+" ")
}

const (
	longestName  = 40
	shortestName = 6

	longestLicence = 24
)

// leftSide is the context by so many cells of its name, what it is, and how old what is
// shown is.
func leftSide(s *space.Space, name int) string {
	t := s.Env.Theme
	left := t.Badge.Render(" drey ") + "  " + contextName(s, name)
	if s.Folded() && s.HasScopes() {
		left += " " + t.Dim.Render(t.Glyphs.Crumb) + " " +
			t.Accent.Render(clean.Cut(s.EnvironmentName(), 24, t.Glyphs.Ellipsis))
	} else if about := aboutText(s); about != "" {
		left += "  " + about
	}
	left += "   "
	fresh, _ := freshIn(s, s.Rects.Width-clean.Width(left)-clean.Width(rightSide(s))-2)
	return left + fresh
}

// rightSide is what a person has to know, and what needs one.
func rightSide(s *space.Space) string {
	t, right := s.Env.Theme, Problems(s)
	if wrong := licenceText(s); wrong != "" {
		right = t.Tone(themes.Bad).Render(t.Glyphs.Cross+" "+wrong) + "  " + right
	}
	switch s.Env.Server.ReadOnly {
	case views.NothingAtAll:
		right = t.Notice.Render(" READ-ONLY ") + "  " + right
	case views.QueriesOnly:
		right = t.Notice.Render(" READ-ONLY queries ") + "  " + right
	}
	return right
}

// licenceText is what is wrong with the server's licence, "" for nothing.
func licenceText(s *space.Space) string {
	if ends := s.About.LicenceEnds; s.About.Licence == "" && !ends.IsZero() && ends.Before(s.Env.ServerNow()) {
		return "licence expired"
	}
	return clean.Cut(clean.Text(s.About.Licence), longestLicence, s.Env.Theme.Glyphs.Ellipsis)
}

// contextName is the name of the context, on its colour where it has one, and
// its label where there is little space for more.
func contextName(s *space.Space, longest int) string {
	t := s.Env.Theme
	name := clean.Cut(clean.Text(s.Name), longest, t.Glyphs.Ellipsis)
	if s.Colour != "" {
		name = " " + name + " "
	}
	text := t.Context.Render(name)
	if s.Folded() && s.Label != "" {
		text += " " + t.Strong.Render(clean.Cut(clean.Text(s.Label), 16, t.Glyphs.Ellipsis))
	}
	return text
}

// aboutText is what the server is, and the label of its context.
func aboutText(s *space.Space) string {
	t := s.Env.Theme
	if s.About.Wrong != "" {
		return t.Tone(themes.Bad).Render(t.Glyphs.Cross + " " + clean.Text(s.About.Wrong))
	}
	var parts []string
	if a := s.About; a.Version != "" {
		parts = append(parts, a.Product+" "+a.Version)
	}
	if s.About.Engine != "" {
		parts = append(parts, s.About.Engine)
	}
	text := ""
	if len(parts) > 0 {
		text = t.Dim.Render(clean.Cut(clean.Text(strings.Join(parts, " "+t.Glyphs.Dot+" ")), 40, t.Glyphs.Ellipsis))
	}
	if s.Label == "" {
		return text
	}
	if text != "" {
		text += t.Dim.Render(" " + t.Glyphs.Dot + " ")
	}
	return text + t.Strong.Render(clean.Cut(clean.Text(s.Label), 24, t.Glyphs.Ellipsis))
}

// Sides sets text at both ends of a line; the left one gives way.
func Sides(s *space.Space, left, right string) string {
	w := s.Rects.Width
	rw := clean.Width(right)
	if rw > w*3/4 {
		right = clean.Cut(right, w*3/4, s.Env.Theme.Glyphs.Ellipsis)
		rw = clean.Width(right)
	}
	return clean.Fit(clean.Cut(left, w-rw-1, s.Env.Theme.Glyphs.Ellipsis), w-rw, "") + right
}

// Fresh says how old what is shown is, and why where it is old; counting
// tells that it goes on.
func Fresh(s *space.Space) (text string, counting bool) { return freshIn(s, s.Rects.Width) }

// freshIn is Fresh in so many cells: what has no room in it is not begun.
func freshIn(s *space.Space, width int) (text string, counting bool) {
	t, f := s.Env.Theme, s.Freshness()
	age := s.Env.Now().Sub(f.At)
	switch {
	case s.Err != nil:
		return t.Tone(themes.Bad).Render(t.Glyphs.Cross + " cannot be opened"), false
	case f.Err != nil:
		return faultText(s, f, width), true
	case f.At.IsZero():
		return t.Dim.Render(t.Glyphs.Tone(themes.Idle) + " connecting"), false
	case age > f.Stale():
		return t.Tone(themes.Warn).Render(t.Glyphs.Tone(themes.Busy) + " stale " + grid.AgeText(age)), true
	}
	if age < 3*f.Round()/2 { // how often it is asked, and no counter
		age = f.Round()
	}
	return t.Tone(themes.Good).Render(t.Glyphs.Live) + t.Dim.Render(" live "+grid.AgeText(age)), false
}

// faultText says what is wrong in a word, how old the data are, why, and when it
// is tried again, as far as there is room.
func faultText(s *space.Space, f views.Freshness, width int) string {
	t, fail := s.Env.Theme, fault.Of(f.Err)
	word, style, sign := fail.Word(), t.Tone(themes.Bad), t.Glyphs.Cross
	switch {
	case word == "":
		word = "failing"
	case fail.Kind == fault.Forbidden:
		word = "this list: " + word // the server does answer
		style, sign = t.Tone(themes.Warn), t.Glyphs.Tone(themes.Warn)
	case fail.Kind == fault.Throttled:
		style, sign = t.Tone(themes.Warn), t.Glyphs.Tone(themes.Busy)
	}
	if !f.At.IsZero() && fail.Kind != fault.Throttled { // that says until when
		word += " " + grid.AgeText(s.Env.Now().Sub(f.At))
	}
	why, _, _ := strings.Cut(clean.Text(f.Err.Error()), "\n")
	text, dot := style.Render(sign+" "+word), t.Faint.Render(" "+t.Glyphs.Dot+" ")
	if in := f.Next.Sub(s.Env.Now()); in > 0 && fail.Kind != fault.Throttled {
		next := dot + t.Dim.Render("next try in "+grid.AgeText(in+time.Second-1))
		if clean.Width(text)+clean.Width(next) > width {
			return text
		}
		text += next
	}
	if space := width - clean.Width(text) - clean.Width(dot); space >= min(clean.Width(why), shortestWhy) {
		text += dot + t.Dim.Render(clean.Cut(why, space, t.Glyphs.Ellipsis))
	}
	return text
}

// shortestWhy are the cells below which a reason says nothing: the list below says all of it.
const shortestWhy = 16

// Tick is how long the header stays right.
func Tick(s *space.Space, now time.Time) time.Duration {
	f := s.Freshness()
	if _, counting := Fresh(s); counting {
		if f.Err == nil && now.Sub(f.At) > time.Minute {
			return 10 * time.Second
		}
		return time.Second
	}
	return f.Stale() + time.Second
}

// Problems counts what needs a person.
func Problems(s *space.Space) string {
	t, h := s.Env.Theme, s.ScopesPane.Rows()[0].Health
	var parts []string
	if h.Failing > 0 {
		parts = append(parts, t.Tone(themes.Bad).Render(t.Glyphs.Tone(themes.Bad))+t.Text.Render(fmt.Sprintf(
			" %s failing", grid.Thousands(h.Failing),
		)))
	}
	if h.AtRisk > 0 {
		parts = append(parts, t.Tone(themes.Warn).Render(t.Glyphs.Tone(themes.Warn))+t.Text.Render(
			fmt.Sprintf(" %s at risk", grid.Thousands(h.AtRisk)),
		))
	}
	// of a server that is away nobody knows
	if f := s.Freshness(); len(parts) == 0 && h.Objects > 0 && (f.Err == nil || fault.Is(f.Err, fault.Forbidden)) {
		return t.Tone(themes.Good).Render(t.Glyphs.Check) + t.Dim.Render(" no trouble")
	}
	return strings.Join(parts, t.Dim.Render(" "+t.Glyphs.Dot+" "))
}
