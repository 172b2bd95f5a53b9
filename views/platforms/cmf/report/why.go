// Package report says why applications and statements of CMF fail.
package report

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sync/errgroup"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/detail"
	"drey/views/diff"
	"drey/views/platforms/cmf/actions"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/why"
)

// OpenWhy opens a page that says why something is as it is.
func OpenWhy[T any](why func(*views.Env, resource.Item[T]) (string, detail.Loader)) func(
	*views.Env, resource.Item[T],
) tea.Cmd {
	return func(env *views.Env, i resource.Item[T]) tea.Cmd {
		title, load := why(env, i)
		return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
			return detail.NewWrapped(env, title, load)
		}})
	}
}

// WhyApplication says what happened to an application: events, exceptions,
// savepoints and changes of its specification on one time axis.
func WhyApplication(api *cmfapi.Client) func(*views.Env, objects.App) (string, detail.Loader) {
	return func(env *views.Env, i objects.App) (string, detail.Loader) {
		return "why " + i.Value.Name(), func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
			r, err := applicationReport(ctx, api, i)
			return why.Document(t, r, env.ServerNow()), err
		}
	}
}

// applicationParts are what a report is made of, read side by side.
type applicationParts struct {
	events     []cmf.Event
	savepoints []cmf.Savepoint
	instances  []cmf.Instance
	missing    []string
}

func applicationReport(ctx context.Context, api *cmfapi.Client, i objects.App) (why.Report, error) {
	a, err := cmfapi.Get[cmf.FlinkApplication](ctx, api, cmf.Applications, objects.ScopeOf(i.Location), i.Value.Name())
	if err != nil {
		return why.Report{}, err
	}
	p := readParts(ctx, api, i)
	r := why.Report{Missing: p.missing}
	r.State, r.Tone = objects.ApplicationState(a)
	for _, e := range p.events {
		r.Entries = append(r.Entries, eventEntry(e))
	}
	for _, s := range p.savepoints {
		state, tone := objects.SavepointState(s)
		r.Entries = append(r.Entries, why.Entry{
			At: cmf.ParseTime(s.Metadata.CreationTimestamp), Tone: tone, Word: "savepoint",
			Text: cells.Join(
				s.Metadata.Name, state, cells.Size(objects.SavepointSize(s)),
				why.Cause(objects.SavepointError(s)),
			),
			Trace: objects.SavepointError(s),
		})
	}
	changes, compare := specChanges(api, i, p.instances, p.savepoints)
	r.Compare = compare
	r.Entries = append(r.Entries, changes...)
	r.Since = stateSince(r.State, p.events)
	r.Cause = likelyCause(a, r)
	if len(changes) > 0 && (r.Tone == themes.Bad || r.Tone == themes.Warn) {
		last := changes[len(changes)-1]
		r.Changed = last.Text + " · " + last.At.UTC().Format("2006-01-02 15:04:05")
	}
	if r.Tone == themes.Bad || r.Tone == themes.Warn {
		r.Entries = append(
			r.Entries, lines("error", a.Status.String("error"), a.Metadata.String("updateTimestamp"), r.Tone)...,
		)
	}
	if warning := a.Status.String("warning"); warning != "" {
		r.Entries = append(r.Entries, why.Entry{
			At: cmf.ParseTime(a.Metadata.String("updateTimestamp")), Tone: themes.Warn, Word: "warning", Text: warning,
		})
	}
	return r, nil
}

// readParts reads what else is known; what a server does not have, or refuses, is
// named.
func readParts(ctx context.Context, api *cmfapi.Client, i objects.App) applicationParts {
	var p applicationParts
	missing := make([]string, 3)
	record := func(at int, what string, err error) {
		if err != nil {
			missing[at] = what + ": " + err.Error()
			if fault.Is(err, fault.NotFound, fault.Unsupported) {
				missing[at] = what + ": this server has none"
			}
		}
	}
	var group errgroup.Group
	group.Go(func() error {
		l, err := cmfapi.List[cmf.Event](ctx, api, cmf.Events, objects.ChildScope(i), objects.NewestEvents())
		p.events = l.Items
		record(0, "events", err)
		return nil
	})
	group.Go(func() error {
		l, err := cmfapi.List[cmf.Savepoint](ctx, api, cmf.ApplicationSavepoints, objects.ChildScope(i), cmfapi.Query{})
		p.savepoints = l.Items
		record(1, "savepoints", err)
		return nil
	})
	group.Go(func() error {
		l, err := cmfapi.List[cmf.Instance](ctx, api, cmf.Instances, objects.ChildScope(i), cmfapi.Query{
			Sort: []string{"creationTimestamp,desc", "name"},
		})
		p.instances = l.Items
		record(2, "changes of the specification", err)
		return nil
	})
	_ = group.Wait() // each error is in its place
	for _, m := range missing {
		if m != "" {
			p.missing = append(p.missing, m)
		}
	}
	p.missing = append(p.missing, "logs of Flink: CMF serves none")
	return p
}

// lines are a text of several lines, of which the cause is one; none where there is no more
// to it than its first line.
func lines(word, text, at string, tone themes.Tone) []why.Entry {
	if text = strings.TrimSpace(text); !strings.Contains(text, "\n") {
		return nil
	}
	return []why.Entry{{At: cmf.ParseTime(at), Tone: tone, Word: word, Text: why.Cause(text), Trace: text}}
}

func eventEntry(e cmf.Event) why.Entry {
	h := objects.HistoryEvent(e)
	entry := why.Entry{At: h.At, Tone: h.Tone, Word: "event", Text: h.Text}
	if e.Status.Data != nil && e.Status.Data.ExceptionString != "" {
		entry.Word, entry.Trace = "exception", e.Status.Data.ExceptionString
		entry.Text = why.Cause(entry.Trace)
	}
	return entry
}

// stateSince is when the state that an application is in was first told, of the
// times in a row.
func stateSince(state string, events []cmf.Event) time.Time {
	all := slices.Clone(events)
	slices.SortStableFunc(all, func(a, b cmf.Event) int {
		return strings.Compare(b.Metadata.CreationTimestamp, a.Metadata.CreationTimestamp)
	})
	for _, e := range all {
		if e.Status.Data != nil && e.Status.Data.NewStatus == state {
			return cmf.ParseTime(e.Metadata.CreationTimestamp)
		}
	}
	return time.Time{}
}

// likelyCause is the newest exception, with how many of the last ones were the
// same, else what the status says.
func likelyCause(a cmf.FlinkApplication, r why.Report) string {
	if r.Tone != themes.Bad && r.Tone != themes.Warn {
		return ""
	}
	var causes []string
	newest := why.Entry{}
	for _, e := range r.Entries {
		if e.Word == "exception" {
			causes = append(causes, e.Text)
			if e.At.After(newest.At) {
				newest = e
			}
		}
	}
	if newest.Text == "" {
		return why.Cause(a.Status.String("error"))
	}
	same := 0
	for _, c := range causes {
		if c == newest.Text {
			same++
		}
	}
	return fmt.Sprintf("%s  (%d of %d exceptions)", newest.Text, same, len(causes))
}

// specChanges are what changed from one instance to the next, the oldest first, and what
// opens the newest of them in full: nil where nothing changed.
func specChanges(
	api *cmfapi.Client, i objects.App, instances []cmf.Instance, savepoints []cmf.Savepoint,
) (entries []why.Entry, open tea.Msg) {
	all := slices.Clone(instances)
	slices.SortStableFunc(all, func(a, b cmf.Instance) int {
		return strings.Compare(a.Metadata.CreationTimestamp, b.Metadata.CreationTimestamp)
	})
	for n := 1; n < len(all); n++ {
		before, errBefore := diff.Parse(json.RawMessage(all[n-1].Status.Spec))
		after, errAfter := diff.Parse(json.RawMessage(all[n].Status.Spec))
		if errBefore != nil || errAfter != nil {
			continue
		}
		text := changeText(diff.Compare(before, after, diff.SecretPath), savepoints)
		if text == "" {
			continue
		}
		entries = append(entries, why.Entry{
			At: cmf.ParseTime(all[n].Metadata.CreationTimestamp), Tone: themes.Accent, Word: "spec", Text: text,
		})
		open = openChange(api, i, all[n-1], all[n])
	}
	return entries, open
}

// openChange opens what differs between two instances of an application.
func openChange(api *cmfapi.Client, i objects.App, before, after cmf.Instance) tea.Msg {
	title := "what changed in " + i.Value.Name()
	side := func(ctx context.Context, instance cmf.Instance) (diff.Side, error) {
		name := "instance of " + objects.StampText(instance.Metadata.CreationTimestamp)
		raw, err := cmfapi.GetRaw(ctx, api, cmf.Instances, objects.ChildScope(i), instance.Metadata.Name)
		if err != nil {
			return diff.Side{}, fmt.Errorf("%s: %w", name, err)
		}
		doc, err := diff.Parse(raw)
		if err != nil {
			return diff.Side{}, fmt.Errorf("%s: %w", name, err)
		}
		return diff.Side{Name: name, Doc: objects.ComparedApplication(doc)}, nil
	}
	return views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return diff.New(env, title, func(ctx context.Context) (diff.Sides, error) {
			left, err := side(ctx, before)
			if err != nil {
				return diff.Sides{}, err
			}
			right, err := side(ctx, after)
			return diff.Sides{Left: left, Right: right, Secret: diff.SecretPath}, err
		})
	}}
}

// savepointName is a savepoint of the application with when it was made, or the beginning of
// a UID that is none of its own.
func savepointName(savepoints []cmf.Savepoint, uid string) string {
	at := slices.IndexFunc(savepoints, func(s cmf.Savepoint) bool { return s.Metadata.UID == uid })
	if at < 0 {
		return objects.CellShort(uid)
	}
	return savepoints[at].Metadata.Name + " of " + objects.StampText(savepoints[at].Metadata.CreationTimestamp)
}

// changeText names what differs in one line; what is short, with its values.
func changeText(entries []diff.Entry, savepoints []cmf.Savepoint) string {
	var parts []string
	for _, e := range entries {
		if e.Kind == diff.Same {
			continue
		}
		part := e.Path.String()
		if n := len(e.Path); n > 1 && e.Path[n-1] == "uid" && e.Path[n-2] == "startFromSavepoint" && e.Right != "" {
			parts = append(parts, "starts from savepoint "+savepointName(savepoints, strings.Trim(e.Right, `"`)))
			continue
		}
		if e.Kind == diff.Changed && len(e.Left)+len(e.Right) < 60 && !diff.SecretPath(e.Path) {
			part += " " + e.Left + " → " + e.Right
		}
		parts = append(parts, part)
	}
	if n := len(parts); n > actions.MostNamed {
		return strings.Join(parts[:actions.MostNamed], ", ") + fmt.Sprintf(" and %d more", n-actions.MostNamed)
	}
	return strings.Join(parts, ", ")
}

// WhyStatement says what happened to a statement.
func WhyStatement(api *cmfapi.Client) func(*views.Env, objects.Statement) (string, detail.Loader) {
	return func(env *views.Env, i objects.Statement) (string, detail.Loader) {
		return "why " + i.Value.Metadata.Name, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
			s, err := cmfapi.Get[cmf.Statement](ctx, api, cmf.Statements, objects.ScopeOf(i.Location), i.Value.Metadata.Name)
			if err != nil {
				return detail.Document{}, err
			}
			return why.Document(t, statementReport(ctx, api, objects.ScopeOf(i.Location), s), env.ServerNow()), nil
		}
	}
}

func statementReport(ctx context.Context, api *cmfapi.Client, scope cmf.Scope, s cmf.Statement) why.Report {
	r := why.Report{}
	r.State, r.Tone = objects.StatementState(s)
	exceptions, err := api.Exceptions(ctx, scope, s.Metadata.Name)
	if err != nil {
		r.Missing = append(r.Missing, "exceptions: "+err.Error())
	}
	for _, e := range exceptions {
		r.Entries = append(r.Entries, why.Entry{
			At: cmf.ParseTime(e.Timestamp), Tone: themes.Bad, Word: "exception", Text: why.Cause(e.Message),
			Trace: e.Message,
		})
	}
	if s.Status != nil && s.Status.Warning != "" {
		r.Entries = append(r.Entries, why.Entry{
			At: cmf.ParseTime(s.Metadata.UpdateTimestamp), Tone: themes.Warn, Word: "warning", Text: s.Status.Warning,
		})
	}
	r.Entries = append(r.Entries, lines("detail", objects.StatementDetail(s), s.Metadata.UpdateTimestamp, r.Tone)...)
	r.Entries = append(r.Entries, why.Entry{
		At: cmf.ParseTime(s.Metadata.CreationTimestamp), Tone: themes.Plain, Word: "made",
		Text: cells.OneLine(s.Spec.Statement),
	})
	if r.Tone == themes.Bad || r.Tone == themes.Warn {
		r.Cause = why.Cause(objects.StatementDetail(s))
		if len(exceptions) > 0 && r.Cause == "" {
			r.Cause = why.Cause(exceptions[0].Message)
		}
	}
	return r
}
