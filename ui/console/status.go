package console

import (
	"fmt"
	"strings"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
)

func (r *Root) header() string {
	t := r.env.Theme
	left := t.Badge.Render(" drey ") + "  " + t.Strong.Render(clean.Cut(clean.Text(r.opts.Name), 40, t.Glyphs.Ellipsis))
	if r.folded() {
		left += " " + t.Dim.Render(t.Glyphs.Crumb) + " " + t.Accent.Render(clean.Cut(r.environmentName(), 24, t.Glyphs.Ellipsis))
	} else if s := r.status.system; s != nil && s.Version != "" {
		about := "CMF " + s.Version
		if s.Engine != "" {
			about += " " + t.Glyphs.Dot + " " + s.Engine
		}
		left += "  " + t.Dim.Render(clean.Cut(clean.Text(about), 40, t.Glyphs.Ellipsis))
	}
	fresh, _ := r.freshText()
	left += "   " + fresh
	right := r.troubleText()
	if r.env.Client.ReadOnly() {
		right = t.Notice.Render(" READ-ONLY ") + "  " + right
	}
	return r.sides(left, right+" ")
}

// sides sets text at both ends of a line; the left one gives way.
func (r *Root) sides(left, right string) string {
	w := r.rects.width
	rw := clean.Width(right)
	if rw > w*3/4 {
		right = clean.Cut(right, w*3/4, r.env.Theme.Glyphs.Ellipsis)
		rw = clean.Width(right)
	}
	return clean.Fit(left, w-rw, r.env.Theme.Glyphs.Ellipsis) + right
}

func (r *Root) environmentName() string {
	if r.nav.environment == "" {
		return "all"
	}
	return clean.Text(r.nav.environment)
}

// freshness is of the view in front where it polls, else of the environments.
func (r *Root) freshness() views.Freshness {
	if f, ok := r.front().(views.Fresher); ok {
		if fresh := f.Freshness(); !fresh.At.IsZero() || fresh.Err != nil {
			return fresh
		}
	}
	return r.fleet.Freshness()
}

// freshText says how old what is shown is; counting tells that it goes on.
func (r *Root) freshText() (text string, counting bool) {
	t, f := r.env.Theme, r.freshness()
	age := r.env.Now().Sub(f.At)
	switch {
	case f.At.IsZero() && f.Err == nil:
		return t.Dim.Render(t.Glyphs.Tone(themes.Idle) + " connecting"), false
	case f.At.IsZero():
		return t.Tone(themes.Bad).Render(t.Glyphs.Cross + " offline"), false
	case f.Err != nil && age > 15*time.Second:
		return t.Tone(themes.Bad).Render(t.Glyphs.Cross + " offline " + grid.AgeText(age)), true
	case f.Err != nil || age > 3*f.Every+3*time.Second:
		return t.Tone(themes.Warn).Render(t.Glyphs.Tone(themes.Busy) + " stale " + grid.AgeText(age)), true
	}
	return t.Tone(themes.Good).Render(t.Glyphs.Live) + t.Dim.Render(" live "+grid.AgeText(f.Every)), false
}

// freshTick is how long the header stays right.
func (r *Root) freshTick(now time.Time) time.Duration {
	f := r.freshness()
	if _, counting := r.freshText(); counting {
		if now.Sub(f.At) > time.Minute {
			return 10 * time.Second
		}
		return time.Second
	}
	return 3*f.Every + 4*time.Second
}

// troubleText counts what needs a person.
func (r *Root) troubleText() string {
	t, h := r.env.Theme, r.fleet.Rows()[0].Health
	var parts []string
	if h.Failing > 0 {
		parts = append(parts, t.Tone(themes.Bad).Render(t.Glyphs.Cross)+t.Text.Render(fmt.Sprintf(" %s failing", grid.Thousands(h.Failing))))
	}
	if h.AtRisk > 0 {
		parts = append(parts, t.Tone(warnTone).Render(t.Glyphs.Tone(warnTone))+t.Text.Render(fmt.Sprintf(" %s at risk", grid.Thousands(h.AtRisk))))
	}
	if len(parts) == 0 && h.Applications > 0 {
		return t.Tone(themes.Good).Render(t.Glyphs.Check) + t.Dim.Render(" no trouble")
	}
	return strings.Join(parts, t.Dim.Render(" "+t.Glyphs.Dot+" "))
}
