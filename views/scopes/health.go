package scopes

import (
	"maps"
	"slices"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/platform"
)

// Row is one scope, or all of them together.
type Row struct {
	Name   string // "" is all of them
	Title  string // shown for it, "" where the name is
	Health platform.Health
	Known  bool // counts were told
	Unread bool // the server's answer about it could not be read

	counted platform.Health // by the server
	since   time.Time       // when its answer with these counts came
}

// listed is the health of a scope as the list of its objects tells it: a server's
// counts may know less, not that a deployment has failed. It holds for as long as
// those counts stay.
type listed struct{ counted, seen platform.Health }

// Take takes the tallies by scope of the list of a kind that is shown, and when each
// scope was asked for; of a kind that is not counted nothing is taken.
func (p *Pane) Take(kind string, tallies map[string]views.Tally, readAt func(scope string) time.Time) tea.Cmd {
	switch {
	case kind == p.counts():
		p.takeCounted(tallies, readAt)
	case p.hasCounter(kind):
		p.takeOther(kind, tallies, false)
	}
	if tallies == nil { // it has not answered yet
		return nil
	}
	return p.begin()
}

// counts is the kind that the server counts in each scope.
func (p *Pane) counts() string {
	if p.session.Scopes == nil {
		return ""
	}
	return p.session.Scopes.Counts
}

// Counted is how many objects of a kind there are in all scopes, known is false where
// nobody counts them, or has yet. Listing what is counted takes a question a scope.
func (p *Pane) Counted(kind string) (objects int, known bool) {
	if kind != p.counts() {
		objects, known = p.totals[kind]
		return objects, known
	}
	for _, row := range p.rows[1:] {
		objects += row.Health.Objects
	}
	return objects, len(p.rows) > 1
}

func (p *Pane) hasCounter(kind string) bool {
	for _, c := range p.counters {
		if c.Kind == kind {
			return true
		}
	}
	return false
}

// takeCounted takes the tallies of the kind that the server counts, unless the server
// has counted something else since they were asked for.
func (p *Pane) takeCounted(tallies map[string]views.Tally, readAt func(scope string) time.Time) {
	for i := range p.rows {
		t, known := tallies[p.rows[i].Name]
		if i == 0 || !known {
			continue
		}
		if at := readAt(p.rows[i].Name); !at.IsZero() && at.Before(p.rows[i].since) {
			continue
		}
		seen := platform.Health{
			Failing: t[themes.Bad], AtRisk: t[themes.Warn] + t[themes.Unknown], Busy: t[themes.Busy],
		}
		for _, n := range t {
			seen.Objects += n
		}
		if p.listed == nil {
			p.listed = map[string]listed{}
		}
		p.listed[p.rows[i].Name] = listed{p.rows[i].counted, seen}
	}
	p.rollUp()
}

// takeOther takes the tallies of a kind that is counted by asking. whole tells that
// they are of all scopes: a list may show one, and some may not have answered yet,
// of which what was known stays.
func (p *Pane) takeOther(kind string, tallies map[string]views.Tally, whole bool) {
	if p.tallied == nil {
		p.tallied, p.totals = map[string]map[string]platform.Health{}, map[string]int{}
	}
	byScope, total := map[string]platform.Health{}, 0
	if !whole {
		maps.Copy(byScope, p.tallied[kind])
	}
	for scope, t := range tallies {
		byScope[scope] = platform.Health{Failing: t[themes.Bad], AtRisk: t[themes.Warn]}
		for _, n := range t {
			total += n
		}
	}
	p.tallied[kind] = byScope
	if whole {
		p.totals[kind] = total
	}
	p.rollUp()
}

// Problems are the kinds in whose lists something is wrong, those with failing objects first.
func (p *Pane) Problems() []string {
	kinds := []string{p.counts()}
	health := map[string]platform.Health{}
	for _, c := range p.counters {
		kinds = append(kinds, c.Kind)
	}
	for _, row := range p.rows[1:] {
		for i, kind := range kinds {
			h := health[kind]
			if i == 0 {
				h.Add(p.countedHealth(row))
			} else {
				h.Add(p.tallied[kind][row.Name])
			}
			health[kind] = h
		}
	}
	var worst []string
	for _, bad := range []func(platform.Health) int{
		func(h platform.Health) int { return h.Failing }, func(h platform.Health) int { return h.AtRisk },
	} {
		for _, kind := range kinds {
			if bad(health[kind]) > 0 && !slices.Contains(worst, kind) {
				worst = append(worst, kind)
			}
		}
	}
	return worst
}

// With is the health of everything where the server counts so much by now: what the
// lists and the counters know beside that stays.
func (p *Pane) With(counted platform.Health) platform.Health {
	all := p.rows[0].Health
	var before, corrected platform.Health
	for _, row := range p.rows[1:] {
		before.Add(row.counted)
		corrected.Add(p.countedHealth(row))
	}
	if counted == before {
		return all
	}
	return platform.Health{
		Objects: all.Objects - corrected.Objects + counted.Objects,
		Failing: all.Failing - corrected.Failing + counted.Failing,
		AtRisk:  all.AtRisk - corrected.AtRisk + counted.AtRisk, Busy: all.Busy - corrected.Busy + counted.Busy,
	}
}

func (p *Pane) countedHealth(row Row) platform.Health {
	if l, ok := p.listed[row.Name]; ok && (l.counted == row.counted || !row.Known) {
		return l.seen
	}
	return row.counted
}

// rollUp brings the health of the rows up to date.
func (p *Pane) rollUp() {
	var all platform.Health
	for i := range p.rows[1:] {
		row := &p.rows[i+1]
		health := p.countedHealth(*row)
		if health != row.counted {
			row.Known = true
		}
		for _, c := range p.counters {
			health.Add(p.tallied[c.Kind][row.Name])
		}
		p.layout.dirty = p.layout.dirty || health != row.Health
		row.Health = health
		all.Add(health)
	}
	p.rows[0].Health = all
}

// healthMark is the worst of a scope in four cells.
func healthMark(t *themes.Theme, r Row) string {
	mark := func(tone themes.Tone, n int) string {
		text := t.Glyphs.Tone(tone)
		if n > 0 {
			text += shortCount(n)
		}
		return t.Tone(tone).Render(clean.Fit(text, 4, ""))
	}
	switch h := r.Health; {
	case r.Unread:
		return mark(themes.Bad, 0)
	case !r.Known:
		return "    "
	case h.Failing > 0:
		return mark(themes.Bad, h.Failing)
	case h.AtRisk > 0:
		return mark(themes.Warn, h.AtRisk)
	case h.Busy > 0:
		return mark(themes.Busy, h.Busy)
	case h.Objects == 0:
		return mark(themes.Idle, 0)
	}
	return mark(themes.Good, 0)
}

// shortCount is n in three cells.
func shortCount(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return strconv.Itoa(min(n/1000, 99)) + "k"
}
