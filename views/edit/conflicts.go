package edit

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// both are all conflicts in the order of their paths, those that nobody has decided about
// among the others.
func (r *Review) both() []Decision {
	all := slices.Clone(r.Decided)
	for _, c := range r.Conflicts {
		all = append(all, Decision{Conflict: c, Open: true})
	}
	slices.SortStableFunc(all, func(a, b Decision) int { return slices.Compare(a.Path, b.Path) })
	return all
}

// conflictAt is which conflict is chosen: the one that was, else the first that is open;
// -1 where there is none.
func (v *View) conflictAt(all []Decision) int {
	at := slices.IndexFunc(all, func(d Decision) bool { return d.Path.String() == v.conflict })
	if at < 0 {
		at = slices.IndexFunc(all, func(d Decision) bool { return d.Open })
	}
	if at < 0 && len(all) > 0 {
		at = 0
	}
	return at
}

// stepConflict chooses another conflict, and shows it.
func (v *View) stepConflict(by int) tea.Cmd {
	all := v.review.both()
	if len(all) == 0 {
		return views.Notice(themes.Dim, "there is no conflict")
	}
	at := (v.conflictAt(all) + by + len(all)) % len(all)
	v.allConflicts, v.conflict = false, all[at].Path.String()
	v.relay()
	v.showConflict()
	return nil
}

// showConflict scrolls so that the chosen conflict is seen.
func (v *View) showConflict() {
	l := &v.layout
	l.lines = v.pageLines(l.width - 2 - 2*margin)
	if from, to := l.chosenFrom, l.chosenTo; from < l.top || to > l.top+v.page()-1 {
		l.top = max(from-2, 0)
	}
}

// decide says what becomes of the chosen conflict, or of all; the next one that is open
// is chosen then.
func (v *View) decide(mine bool) tea.Cmd {
	all := v.review.both()
	if len(all) == 0 {
		return views.Notice(themes.Dim, "there is no conflict")
	}
	at := v.conflictAt(all)
	for i, d := range all {
		if i == at || v.allConflicts {
			v.decided[key(d.Conflict)] = mine
		}
	}
	v.conflict = all[at].Path.String()
	for i := 1; i < len(all) && !v.allConflicts; i++ {
		if next := all[(at+i)%len(all)]; next.Open {
			v.conflict = next.Path.String()
			break
		}
	}
	v.allConflicts = false
	return v.askReview()
}

// conflictHints are the keys that decide conflicts.
func (v *View) conflictHints() []views.Hint {
	k, all := v.env.Keys, v.review.both()
	if len(all) == 0 {
		return nil
	}
	hints := []views.Hint{
		{Binding: k.Draft.Mine, Label: "keep mine"}, {Binding: k.Draft.Theirs, Label: "take theirs"},
	}
	if len(all) > 1 {
		hints = append(
			hints, views.Hint{Binding: k.Text.Next, Label: "next conflict"},
			views.Hint{Binding: k.Table.MarkAll, Label: "all conflicts"},
		)
	}
	return hints
}

// conflictLines show what both sides changed. before is how many lines stand above.
func (v *View) conflictLines(width, before int) []string {
	t, all := v.env.Theme, v.review.both()
	if len(all) == 0 {
		return nil
	}
	at := v.conflictAt(all)
	lines := []string{t.Tone(themes.Bad).Render("CHANGED BY BOTH")}
	for i, d := range all {
		from := len(lines)
		lines = append(lines, v.oneConflict(d, width)...)
		if i == at {
			v.layout.chosenFrom, v.layout.chosenTo = before+from, before+len(lines)
		}
		if len(all) > 1 && (i == at || v.allConflicts) {
			for j := from; j < len(lines); j++ {
				lines[j] = t.Accent.Render(t.Glyphs.Bar) + clean.Skip(lines[j], 1)
			}
		}
	}
	return append(lines, "")
}

// oneConflict is a value as it was, and as each side has it now.
func (v *View) oneConflict(d Decision, width int) []string {
	t, keys, c := v.env.Theme, v.env.Keys.Draft, d.Conflict
	word, mine, theirs := "yours stays", t.Tone(themes.Good), t.Dim
	switch {
	case d.Open:
		word = "decide: " + keys.Mine.Help().Key + " keeps yours, " + keys.Theirs.Help().Key + " takes the live one"
		mine, theirs = t.Tone(themes.Warn), t.Tone(themes.Warn)
	case !d.Mine:
		word, mine, theirs = "the live one stays", t.Dim, t.Tone(themes.Good)
	}
	c = c.Hide(v.secret)
	lines := []string{" " + t.Text.Render(clean.Text(c.Path.String())) + "  " + t.Dim.Render(word)}
	for _, side := range []struct {
		name, value string
		style       themes.Style
	}{{"base", c.Base, t.Dim}, {"yours", c.Mine, mine}, {"live", c.Live, theirs}} {
		value := side.value
		if value == "" {
			value = t.Glyphs.Dash
		}
		for i, part := range clean.Wrap(clean.Text(firstLine(value)), max(width-12, 8)) {
			name := side.name
			if i > 0 {
				name = ""
			}
			lines = append(lines, "   "+t.Dim.Render(clean.Fit(name, 7, ""))+side.style.Render(part))
		}
	}
	return lines
}
