// Package steps draws how far a task has come: each of its steps with the state that
// the server tells, and for how long it has been going on.
package steps

import (
	"fmt"
	"strings"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

// Lines are those of a task: each step with its request, and why it failed.
func Lines(t *themes.Theme, task views.Task, now time.Time, width int) []string {
	var lines []string
	for i, s := range task.Steps {
		lines = append(lines, line(t, &task, i, now, width))
		lines = append(lines, clean.Cut("   "+t.Link.Render(clean.Text(s.Method+" "+s.Path)), width, t.Glyphs.Ellipsis))
	}
	if task.Error != "" {
		for _, part := range clean.Wrap(clean.Text(task.Error), max(width-2, 8)) {
			lines = append(lines, " "+t.Tone(themes.Bad).Render(part))
		}
	}
	return lines
}

// Brief is a line for what is done and one for each of its steps.
func Brief(t *themes.Theme, task views.Task, now time.Time, width int) []string {
	what := strings.TrimSuffix(task.Verb.Doing, " of") // the title says of what
	if task.Back {
		what = "taking back: " + what
	}
	lines := []string{t.Tone(themes.Busy).Render(clean.Cut(
		what+"  "+Took(task.Began, task.Ended, now), width, t.Glyphs.Ellipsis,
	))}
	if task.By != "" {
		for _, part := range clean.Wrap("by "+clean.Text(task.By), max(width, 8)) {
			lines = append(lines, t.Accent.Render(part))
		}
	}
	for i := range task.Steps {
		lines = append(lines, line(t, &task, i, now, width))
	}
	return lines
}

// line is one step: how it is, what it is, the server's word for how far it has come,
// how long that has taken.
func line(t *themes.Theme, task *views.Task, i int, now time.Time, width int) string {
	s, at := task.Steps[i], task.At()
	sign, style := t.Glyphs.Tone(themes.Idle), t.Dim
	switch {
	case !s.Ended.IsZero():
		sign, style = t.Glyphs.Check, t.Tone(themes.Good)
	case i == at && task.Failed():
		sign, style = t.Glyphs.Cross, t.Tone(themes.Bad)
	case i == at && !s.Began.IsZero():
		sign, style = t.Glyphs.Tone(themes.Busy), t.Tone(themes.Busy)
	}
	end := s.Ended
	if end.IsZero() {
		end = task.Ended
	}
	label := clean.Fit(clean.Text(s.Label), min(26, max(width/2, 8)), t.Glyphs.Ellipsis)
	said := strings.TrimSpace(clean.Text(s.State) + "  " + Took(s.Began, end, now) + "  " + clean.Text(s.Text))
	return clean.Cut(" "+style.Render(sign)+" "+t.Text.Render(label)+"  "+style.Render(said), width, t.Glyphs.Ellipsis)
}

// Took is how long something has been going on, or went on.
func Took(from, to, now time.Time) string {
	if from.IsZero() {
		return ""
	}
	if to.IsZero() {
		to = now
	}
	d := max(to.Sub(from), 0)
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d:%02d min", int(d.Minutes()), int(d.Seconds())%60)
}
