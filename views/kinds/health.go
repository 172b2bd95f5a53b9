package kinds

import (
	"strconv"
	"strings"

	"drey/client/cmf"
	"drey/themes"
	"drey/views/browse"
	"drey/views/clean"
)

// Health is a roll-up of applications by what they mean.
type Health struct {
	Applications, Failing, AtRisk, Busy int
}

func (h *Health) add(o Health) {
	h.Applications += o.Applications
	h.Failing += o.Failing
	h.AtRisk += o.AtRisk
	h.Busy += o.Busy
}

// Environment is a row of the pane.
type Environment struct {
	Name   string // "" is all of them
	Health Health
	Known  bool // counts were told
	Unread bool // the server's answer about it could not be read

	counted Health // by the server
}

// closer is the health of an environment as the list of its applications tells
// it: the server's counts know jobs only, not that a deployment has failed. It
// holds for as long as those counts stay.
type closer struct{ counted, seen Health }

// Correct takes the tallies of a list of applications.
func (f *Fleet) Correct(tallies map[string]browse.Tally) {
	for i := range f.rows {
		t, known := tallies[f.rows[i].Name]
		if i == 0 || !known {
			continue
		}
		seen := Health{Failing: t[themes.Bad], AtRisk: t[themes.Warn] + t[themes.Unknown], Busy: t[themes.Busy]}
		for _, n := range t {
			seen.Applications += n
		}
		if f.closer == nil {
			f.closer = map[string]closer{}
		}
		f.closer[f.rows[i].Name] = closer{f.rows[i].counted, seen}
	}
	f.rollUp()
}

// CorrectOthers takes the tallies of a list of another kind, statements or pools.
func (f *Fleet) CorrectOthers(kind string, tallies map[string]browse.Tally) {
	if f.tallied == nil {
		f.tallied = map[string]map[string]Health{}
	}
	byEnv := map[string]Health{}
	for env, t := range tallies {
		byEnv[env] = Health{Failing: t[themes.Bad], AtRisk: t[themes.Warn]}
	}
	f.tallied[kind] = byEnv
	f.rollUp()
}

// Problems is the kind whose list has the worst of what is wrong, "" for none.
func (f *Fleet) Problems() string {
	others := map[string]Health{}
	var apps Health
	for _, row := range f.rows[1:] {
		apps.add(f.applicationHealth(row))
		for _, kind := range otherKinds {
			h := others[kind]
			h.add(f.otherHealth(row, kind))
			others[kind] = h
		}
	}
	for _, bad := range []func(Health) int{func(h Health) int { return h.Failing }, func(h Health) int { return h.AtRisk }} {
		if bad(apps) > 0 {
			return cmf.Applications.Plural
		}
		for _, kind := range otherKinds {
			if bad(others[kind]) > 0 {
				return kind
			}
		}
	}
	return ""
}

// otherKinds are those that the header counts beside applications.
var otherKinds = []string{cmf.Statements.Plural, cmf.ComputePools.Plural}

// otherHealth is what is wrong with the objects of a kind in an environment, once
// they were counted. The server's own counts do not serve: those of statements hold
// each typing mistake that was ever run, and pools have none.
func (f *Fleet) otherHealth(row Environment, kind string) Health {
	return f.tallied[kind][row.Name]
}

func (f *Fleet) applicationHealth(row Environment) Health {
	if c, ok := f.closer[row.Name]; ok && (c.counted == row.counted || !row.Known) {
		return c.seen
	}
	return row.counted
}

// rollUp brings the health of the rows up to date.
func (f *Fleet) rollUp() {
	var all Health
	for i := range f.rows[1:] {
		row := &f.rows[i+1]
		health := f.applicationHealth(*row)
		if health != row.counted {
			row.Known = true
		}
		for _, kind := range otherKinds {
			health.add(f.otherHealth(*row, kind))
		}
		f.room.dirty = f.room.dirty || health != row.Health
		row.Health = health
		all.add(health)
	}
	f.rows[0].Health = all
}

// healthOf reads the server's counts by state. The states are those of jobs.
func healthOf(counts map[string]int) Health {
	var h Health
	for state, n := range counts {
		h.Applications += n
		switch _, tone := jobState(strings.ToUpper(state), ""); tone {
		case themes.Bad:
			h.Failing += n
		case themes.Warn, themes.Unknown:
			h.AtRisk += n
		case themes.Busy:
			h.Busy += n
		}
	}
	return h
}

// healthMark is the worst of an environment in four cells.
func healthMark(t *themes.Theme, e Environment) string {
	mark := func(tone themes.Tone, n int) string {
		text := t.Glyphs.Tone(tone)
		if n > 0 {
			text += shortCount(n)
		}
		return t.Tone(tone).Render(clean.Fit(text, 4, ""))
	}
	switch h := e.Health; {
	case e.Unread:
		return mark(themes.Bad, 0)
	case !e.Known:
		return "    "
	case h.Failing > 0:
		return mark(themes.Bad, h.Failing)
	case h.AtRisk > 0:
		return mark(themes.Warn, h.AtRisk)
	case h.Busy > 0:
		return mark(themes.Busy, h.Busy)
	case h.Applications == 0:
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
