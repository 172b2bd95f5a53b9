package space

import (
	"context"
	"fmt"
	"time"

	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/detail"
)

// Describe makes the page about the server. What it does not tell is left out.
func (s *Space) Describe(ctx context.Context, t *themes.Theme) (detail.Document, error) {
	about, err := s.Session.Probe(ctx)
	if err != nil {
		return detail.Document{}, err
	}
	var d detail.Document
	d.Add(t.Strong, s.Name)
	d.Add(t.Text, "")
	for _, f := range []views.Fact{
		{Label: "product", Text: cells.Join(about.Product, about.Version, about.Engine)},
		{Label: "wrong", Text: about.Wrong, Tone: themes.Bad},
		{Label: "address", Text: s.Session.Address},
		{Label: "signed in", Text: about.Who},
		{Label: "read-only", Text: readOnlyText(s.Session.ReadOnly)},
	} {
		d.Fact(t, f)
	}
	if c := s.Session.Transport; c != nil {
		now := s.Env.Now()
		if con := c.Connection(); con.TLS != "" {
			d.Fact(t, views.Fact{Label: "connection", Text: con.TLS})
			d.Fact(t, untilFact("certificate", con.Until, now))
		}
		if off := c.ClockOffset(); off.Abs() >= time.Second {
			d.Fact(t, views.Fact{
				Label: "its clock",
				Text:  fmt.Sprintf("%s from this one's: ages are by the server's", off.Round(time.Second)),
				Tone:  themes.Warn,
			})
		}
	}
	if s.Session.Describe == nil {
		return d, nil
	}
	more, err := s.Session.Describe(s.Env.Now)(ctx, t)
	d.Append(more)
	return d, err
}

// untilFact says how long something still holds.
func untilFact(label string, until, now time.Time) views.Fact {
	f := views.Fact{Label: label, Text: "until " + until.Local().Format("2006-01-02 15:04")}
	switch left := until.Sub(now); {
	case left < 0:
		f.Text, f.Tone = "ended "+until.Local().Format("2006-01-02 15:04"), themes.Bad
	case left < 30*24*time.Hour:
		f.Tone = themes.Warn
	}
	return f
}

func readOnlyText(is views.ReadOnly) string {
	switch is {
	case views.NothingAtAll:
		return "nothing is changed from here"
	case views.QueriesOnly:
		return "only queries are run, stopped and deleted from here"
	}
	return ""
}
