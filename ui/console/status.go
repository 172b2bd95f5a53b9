package console

import (
	"fmt"
	"strings"
	"time"

	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
)

func (r *Root) header() string {
	t := r.Env.Theme
	left := t.Badge.Render(" drey ") + "  " + r.contextName()
	if r.Folded() && r.HasScopes() {
		left += " " + t.Dim.Render(t.Glyphs.Crumb) + " " +
			t.Accent.Render(clean.Cut(r.EnvironmentName(), 24, t.Glyphs.Ellipsis))
	} else if about := r.aboutText(); about != "" {
		left += "  " + about
	}
	fresh, _ := r.freshText()
	left += "   " + fresh
	right := r.troubleText()
	switch r.Env.Server.ReadOnly {
	case views.NothingAtAll:
		right = t.Notice.Render(" READ-ONLY ") + "  " + right
	case views.QueriesOnly:
		right = t.Notice.Render(" READ-ONLY queries ") + "  " + right
	}
	return r.sides(left, right+" ")
}

// contextName is the name of the context, on its colour where it has one, and
// its label where there is little space for more.
func (r *Root) contextName() string {
	t := r.Env.Theme
	name := clean.Cut(clean.Text(r.Space.Name), 40, t.Glyphs.Ellipsis)
	if r.Colour != "" {
		name = " " + name + " "
	}
	text := t.Context.Render(name)
	if r.Folded() && r.Label != "" {
		text += " " + t.Strong.Render(clean.Cut(clean.Text(r.Label), 16, t.Glyphs.Ellipsis))
	}
	return text
}

// aboutText is what the server is, and the label of its context.
func (r *Root) aboutText() string {
	t := r.Env.Theme
	if r.About.Wrong != "" {
		return t.Tone(themes.Bad).Render(t.Glyphs.Cross + " " + clean.Text(r.About.Wrong))
	}
	var parts []string
	if s := r.About; s.Version != "" {
		parts = append(parts, s.Product+" "+s.Version)
	}
	if r.About.Engine != "" {
		parts = append(parts, r.About.Engine)
	}
	text := ""
	if len(parts) > 0 {
		text = t.Dim.Render(clean.Cut(clean.Text(strings.Join(parts, " "+t.Glyphs.Dot+" ")), 40, t.Glyphs.Ellipsis))
	}
	if r.Label == "" {
		return text
	}
	if text != "" {
		text += t.Dim.Render(" " + t.Glyphs.Dot + " ")
	}
	return text + t.Strong.Render(clean.Cut(clean.Text(r.Label), 24, t.Glyphs.Ellipsis))
}

// sides sets text at both ends of a line; the left one gives way.
func (r *Root) sides(left, right string) string {
	w := r.Rects.Width
	rw := clean.Width(right)
	if rw > w*3/4 {
		right = clean.Cut(right, w*3/4, r.Env.Theme.Glyphs.Ellipsis)
		rw = clean.Width(right)
	}
	return clean.Fit(left, w-rw, r.Env.Theme.Glyphs.Ellipsis) + right
}

// freshText says how old what is shown is, and why where it is old; counting
// tells that it goes on.
func (r *Root) freshText() (text string, counting bool) {
	t, f := r.Env.Theme, r.Freshness()
	age := r.Env.Now().Sub(f.At)
	switch {
	case r.Space.Err != nil:
		return t.Tone(themes.Bad).Render(t.Glyphs.Cross + " cannot be opened"), false
	case f.Err != nil:
		return r.faultText(f), true
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
// is tried again.
func (r *Root) faultText(f views.Freshness) string {
	t, fail := r.Env.Theme, fault.Of(f.Err)
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
		word += " " + grid.AgeText(r.Env.Now().Sub(f.At))
	}
	why, _, _ := strings.Cut(clean.Text(f.Err.Error()), "\n")
	parts := []string{style.Render(sign + " " + word)}
	if in := f.Next.Sub(r.Env.Now()); in > 0 && fail.Kind != fault.Throttled {
		parts = append(parts, t.Dim.Render("next try in "+grid.AgeText(in+time.Second-1)))
	}
	return strings.Join(append(parts, t.Dim.Render(why)), t.Faint.Render(" "+t.Glyphs.Dot+" "))
}

// freshTick is how long the header stays right.
func (r *Root) freshTick(now time.Time) time.Duration {
	f := r.Freshness()
	if _, counting := r.freshText(); counting {
		if f.Err == nil && now.Sub(f.At) > time.Minute {
			return 10 * time.Second
		}
		return time.Second
	}
	return f.Stale() + time.Second
}

// troubleText counts what needs a person.
func (r *Root) troubleText() string {
	t, h := r.Env.Theme, r.ScopesPane.Rows()[0].Health
	var parts []string
	if h.Failing > 0 {
		parts = append(parts, t.Tone(themes.Bad).Render(t.Glyphs.Cross)+t.Text.Render(fmt.Sprintf(
			" %s failing", grid.Thousands(h.Failing),
		)))
	}
	if h.AtRisk > 0 {
		parts = append(parts, t.Tone(warnTone).Render(t.Glyphs.Tone(warnTone))+t.Text.Render(
			fmt.Sprintf(" %s at risk", grid.Thousands(h.AtRisk)),
		))
	}
	// of a server that is away nobody knows
	if f := r.Freshness(); len(parts) == 0 && h.Objects > 0 && (f.Err == nil || fault.Is(f.Err, fault.Forbidden)) {
		return t.Tone(themes.Good).Render(t.Glyphs.Check) + t.Dim.Render(" no trouble")
	}
	return strings.Join(parts, t.Dim.Render(" "+t.Glyphs.Dot+" "))
}
