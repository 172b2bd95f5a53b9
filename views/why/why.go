// Package why says what happened to an object: a verdict first, then everything
// that is known on one time axis, the newest first.
package why

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/detail"
)

// Entry is one thing that happened.
type Entry struct {
	At   time.Time
	Tone themes.Tone
	Word string // what it is: event, exception, savepoint, spec
	Text string
	// Trace is a text of Java behind it, its root cause is shown first.
	Trace string
	// Same are entries with the same text that are folded into this one.
	Same int
}

// Report is all that is known of an object.
type Report struct {
	State   string
	Tone    themes.Tone
	Since   time.Time // of the state; zero where nobody knows
	Cause   string    // the likely cause, "" where nothing is wrong or nobody knows
	Changed string    // what changed before it, "" where nothing did
	// Compare opens what changed last in full; nil where nothing did.
	Compare tea.Msg
	Missing []string // what could not be looked at, and why
	Entries []Entry
}

// Open opens a page that says why an object is as it is, by a report that is read then.
func Open(title string, report func(context.Context) (Report, error)) tea.Cmd {
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return detail.NewWrapped(env, title, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
			r, err := report(ctx)
			return Document(t, r, env.ServerNow()), err
		})
	}})
}

// frames is how many frames of a trace are shown below its cause.
const frames = 6

// Document lays a report out, with the traces in it folded.
func Document(t *themes.Theme, r Report, now time.Time) detail.Document {
	d := document(t, r, now, frames)
	if whole := document(t, r, now, math.MaxInt); !slices.Equal(whole.Plain, d.Plain) {
		d.Whole = &whole
	}
	if r.Compare != nil {
		d.Keys = []detail.Key{{
			Of: func(m *keymap.Map) key.Binding { return m.Table.Diff }, Label: "what changed", Msg: r.Compare,
		}}
	}
	return d
}

// document lays a report out with so many frames of a trace.
func document(t *themes.Theme, r Report, now time.Time, frames int) detail.Document {
	var d detail.Document
	word, tone := r.verdict(now)
	verdict := t.Glyphs.Tone(tone) + " "
	if word != "" && !strings.EqualFold(word, r.State) {
		verdict += word + " " + t.Glyphs.Dot + " "
	}
	verdict += cmp.Or(r.State, "unknown: the server tells no state")
	if !r.Since.IsZero() {
		verdict += " since " + stamp(r.Since, now) + " (" + span(now.Sub(r.Since)) + ")"
	}
	d.Add(t.Tone(tone), clean.Text(verdict))
	d.CopyHead = "as of " + now.UTC().Format("2006-01-02 15:04:05") + " UTC, times in UTC"
	if tone == themes.Bad || tone == themes.Warn {
		cause := cmp.Or(r.Cause, r.lately(now), "not known: nothing that was looked at says why")
		d.Fact(t, views.Fact{Label: "cause", Text: cause, Tone: tone})
	}
	d.Fact(t, views.Fact{Label: "changed", Text: r.Changed})
	for _, m := range r.Missing {
		d.Fact(t, views.Fact{Label: "not seen", Text: m, Tone: themes.Warn})
	}
	d.Add(t.Text, "")
	d.NewestFirst = true
	for _, e := range folded(r.Entries) {
		add(&d, t, e, now, frames)
	}
	if len(r.Entries) == 0 {
		d.Add(t.Dim, "nothing is known to have happened")
	}
	return d
}

// verdict is in a word how an object is, and how bad that is: what runs and failed lately
// is degraded.
func (r *Report) verdict(now time.Time) (word string, tone themes.Tone) {
	switch r.Tone {
	case themes.Bad:
		return "failing", r.Tone
	case themes.Warn:
		return "degraded", r.Tone
	case themes.Good:
		if r.lately(now) != "" {
			return "degraded", themes.Warn
		}
		return "healthy", r.Tone
	case themes.Busy:
		return "changing", r.Tone
	case themes.Idle:
		return "stopped", r.Tone
	case themes.Done:
		return "finished", r.Tone
	}
	return "", r.Tone
}

// latelyFor is how long a failure that is over makes an object degraded.
const latelyFor = 10 * time.Minute

// lately is the newest exception of the last minutes, else what else went wrong then, with
// how often; "" for nothing.
func (r *Report) lately(now time.Time) string {
	var newest Entry
	times := 0
	for _, e := range r.Entries {
		if e.Tone != themes.Bad && e.Tone != themes.Warn || now.Sub(e.At) > latelyFor {
			continue
		}
		switch better := e.Trace != "" && newest.Trace == ""; {
		case better, newest.At.IsZero():
			newest, times = e, 1
		case e.Trace == "" && newest.Trace != "":
		default:
			if times++; e.At.After(newest.At) {
				newest = e
			}
		}
	}
	if times == 0 {
		return ""
	}
	return fmt.Sprintf("%s  (%d in the last %d minutes)", newest.Text, times, latelyFor/time.Minute)
}

// folded are the entries, the newest first; of those that say the same one after
// another the newest stands for all.
func folded(entries []Entry) []Entry {
	all := slices.Clone(entries)
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Or(b.At.Compare(a.At), 0) })
	var out []Entry
	for _, e := range all {
		if n := len(out); n > 0 && out[n-1].Word == e.Word && out[n-1].Text == e.Text {
			out[n-1].Same++
			continue
		}
		out = append(out, e)
	}
	return out
}

func add(d *detail.Document, t *themes.Theme, e Entry, now time.Time, frames int) {
	text := fmt.Sprintf(
		"%s  %s  %s  %s", clean.Right(stamp(e.At, now), 11, ""), t.Glyphs.Tone(e.Tone), clean.Fit(e.Word, 10, ""),
		clean.Text(e.Text),
	)
	if e.Same > 0 {
		text += fmt.Sprintf("  ×%d", e.Same+1)
	}
	style := t.Text
	if e.Tone == themes.Bad || e.Tone == themes.Warn {
		style = t.Tone(e.Tone)
	}
	d.Entries = append(d.Entries, len(d.Plain))
	d.Add(style, text)
	for _, line := range traceLines(e.Trace, frames) {
		d.Text(t.Dim, strings.Repeat(" ", 28)+line)
	}
}

const causedBy = "Caused by: "

// Cause is the root cause of a stack trace in one line, without the package of
// its class, else the first line of a text.
func Cause(text string) string {
	if i := strings.LastIndex(text, causedBy); i >= 0 {
		text = text[i+len(causedBy):]
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return withoutPackage(strings.TrimSpace(line))
}

// class is the name of a Java class with its package, at the beginning of a line.
var class = regexp.MustCompile(`^(?:[a-z][a-zA-Z0-9_]*\.)+([A-Z][A-Za-z0-9_$]*(?:: |$))`)

func withoutPackage(line string) string { return class.ReplaceAllString(line, "$1") }

// RootFirst is a stack trace with its root cause before it; other text stays.
func RootFirst(text string) string {
	if !strings.Contains(text, causedBy) {
		return text
	}
	return "root cause: " + Cause(text) + "\n" + text
}

// traceLines are the frames of the root cause, and what it was the cause of, from
// the inside out: at most so many frames of the cause, and of the others none unless
// there is no limit.
func traceLines(trace string, frames int) []string {
	if !strings.Contains(trace, "\n") {
		return nil
	}
	parts := strings.Split(trace, causedBy)
	slices.Reverse(parts)
	var lines []string
	for i, part := range parts {
		all := strings.Split(strings.TrimSpace(part), "\n")
		if i > 0 {
			lines = append(lines, "which caused "+withoutPackage(strings.TrimSpace(all[0])))
		}
		rest := all[1:]
		shown := rest[:min(len(rest), frames)]
		if i > 0 && frames < math.MaxInt {
			shown = nil
		}
		for _, frame := range shown {
			lines = append(lines, strings.TrimSpace(frame))
		}
		if left := len(rest) - len(shown); left > 0 {
			lines = append(lines, fmt.Sprintf("… %d more frames", left))
		}
	}
	return lines
}

// stamp is a time as it stands on the axis: the time of today, else the day too.
func stamp(at, now time.Time) string {
	switch {
	case at.IsZero():
		return "—"
	case now.Sub(at) < 20*time.Hour:
		return at.UTC().Format("15:04:05")
	}
	return at.UTC().Format("01-02 15:04")
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(max(d, 0)/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d m", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d d", int(d/(24*time.Hour)))
}
