package kinds

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client"
	"drey/client/cmf"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
)

func applicationActions() []browse.Action[cmf.FlinkApplication] {
	return []browse.Action[cmf.FlinkApplication]{
		{
			Key:   func(m *keymap.Map) key.Binding { return m.Table.Toggle },
			Label: toggleLabel, Refuse: refuseToggle, Ask: askToggle, Run: runToggle,
		},
		{
			Key:    func(m *keymap.Map) key.Binding { return m.Table.Savepoint },
			Label:  func(cmf.FlinkApplication) string { return "savepoint" },
			Refuse: refuseSavepoint, Ask: askSavepoint, Run: runSavepoint,
		},
		{
			Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
			Label: func(cmf.FlinkApplication) string { return "delete" },
			Refuse: func(a cmf.FlinkApplication) error {
				if a.LifecycleState() == cmf.LifecycleDeleting {
					return errDeleting
				}
				return nil
			},
			Ask: askDeleteApplication,
			Run: func(ctx context.Context, c *client.Client, i app, _ string) (string, error) {
				return "deleted " + i.Value.Name(), client.Delete(ctx, c, cmf.Applications, i.Scope(), i.Value.Name(), false)
			},
		},
	}
}

func toggleLabel(a cmf.FlinkApplication) string {
	if a.DesiredState() == cmf.DesiredSuspended {
		return "start"
	}
	return "suspend"
}

func refuseToggle(a cmf.FlinkApplication) error {
	if a.LifecycleState() == cmf.LifecycleDeleting {
		return errDeleting
	}
	if a.DesiredState() == cmf.DesiredSuspended && a.LifecycleState() == cmf.LifecycleUpgrading {
		return errors.New("it is still being suspended")
	}
	if a.DesiredState() == cmf.DesiredRunning && a.JobState() == cmf.JobFinished {
		return errors.New("its job has finished")
	}
	return nil
}

func askToggle(a browse.Asking[cmf.FlinkApplication]) views.Confirmation {
	if toggleLabel(a.Items[0].Value) == "start" {
		return askStart(a)
	}
	c := views.Confirmation{Verb: "Suspend", Requests: requests(a.Items, "suspend")}
	for _, i := range a.Items {
		c.Facts = append(c.Facts, suspendFact(i, a.Now, len(a.Items) > 1))
		if i.Value.UpgradeMode() == cmf.UpgradeModeStateless {
			c.TypeName = typed("Suspend", names(a.Items))
		}
	}
	return c
}

// suspendFact says what becomes of the state, by the upgrade mode
// (cmf-behaviour.md §2.2).
func suspendFact(i app, now time.Time, named bool) views.Fact {
	f := views.Fact{Label: "what happens"}
	if named {
		f.Label = i.Value.Name()
	}
	sp, has := lastSavepoint(i.Value)
	last := "the first one"
	if has {
		last = "the last one: " + join(ago(sp.at, now), size(sp.size), sp.name)
	}
	switch mode := i.Value.UpgradeMode(); {
	case mode == cmf.UpgradeModeSavepoint && i.Value.JobState() != cmf.JobRunning:
		f.Text, f.Tone = "the job is "+cmpOr(i.Value.JobState(), "not there")+": no savepoint can be taken", themes.Warn
		if has {
			f.Text += "; it would start again from " + last
		}
	case mode == cmf.UpgradeModeSavepoint:
		f.Text = "a savepoint is taken, then the job stops (" + last + ")"
	case mode == cmf.UpgradeModeLastState:
		f.Text = "the job stops and keeps its last checkpoint; no savepoint is taken"
	default:
		f.Text, f.Tone = "the job is cancelled and its state is lost (upgrade mode stateless)", themes.Warn
	}
	return f
}

func askStart(a browse.Asking[cmf.FlinkApplication]) views.Confirmation {
	c := views.Confirmation{Verb: "Start", Requests: requests(a.Items, "start")}
	for _, i := range a.Items {
		c.Facts = append(c.Facts, startFact(i, a.Now, len(a.Items) > 1))
	}
	if len(a.Items) == 1 {
		c.Load = savepointChoices(a)
	}
	return c
}

func startFact(i app, now time.Time, named bool) views.Fact {
	f := views.Fact{Label: "starts from"}
	if named {
		f.Label = i.Value.Name()
	}
	sp, has := lastSavepoint(i.Value)
	switch {
	case i.Value.UpgradeMode() == cmf.UpgradeModeStateless:
		f.Text, f.Tone = "nothing: upgrade mode is stateless", themes.Warn
	case i.Value.UpgradeMode() == cmf.UpgradeModeLastState:
		f.Text = "its last checkpoint"
	case has:
		f.Text = "its last savepoint · " + join(sp.name, ago(sp.at, now), size(sp.size), sp.kind)
	default:
		f.Text, f.Tone = "nothing: there is no savepoint", themes.Warn
	}
	return f
}

// savepointChoices adds the savepoints that the application could start from.
func savepointChoices(a browse.Asking[cmf.FlinkApplication]) func(context.Context, views.Confirmation) views.Confirmation {
	i := a.Items[0]
	return func(ctx context.Context, c views.Confirmation) views.Confirmation {
		scope := cmf.Scope{Environment: i.Environment, Parent: i.Value.Name()}
		listed, err := client.List[cmf.Savepoint](ctx, a.Client, cmf.ApplicationSavepoints, scope, client.Query{})
		if err != nil {
			c.Facts = append(c.Facts, views.Fact{Label: "savepoints", Text: "could not be listed: " + err.Error(), Tone: themes.Warn})
			return c
		}
		listed.Items = slices.DeleteFunc(listed.Items, func(s cmf.Savepoint) bool { return s.State() != cmf.SavepointCompleted })
		if len(listed.Items) == 0 {
			return c
		}
		slices.SortFunc(listed.Items, func(x, y cmf.Savepoint) int {
			return strings.Compare(y.Metadata.CreationTimestamp, x.Metadata.CreationTimestamp)
		})
		first := c.Facts[0]
		c.Choices = []views.Choice{{Label: "Last state", Note: strings.TrimPrefix(first.Text, "its "), Tone: first.Tone, Requests: c.Requests, Run: a.Run("")}}
		c.Facts = append([]views.Fact{{Text: "Where should it start from?"}}, c.Facts[1:]...)
		for n, s := range listed.Items {
			if n == maxChoices {
				break
			}
			c.Choices = append(c.Choices, views.Choice{
				Label: "Savepoint " + s.Metadata.Name,
				Note:  join(ago(cmf.ParseTime(s.Metadata.CreationTimestamp), a.Now), size(savepointSize(s)), s.Spec.FormatType),
				Run:   a.Run(s.Metadata.UID), Requests: []string{c.Requests[0] + "?startFromSavepointUid=" + s.Metadata.UID},
			})
		}
		return c
	}
}

const maxChoices = 4

func runToggle(ctx context.Context, c *client.Client, i app, how string) (string, error) {
	name := i.Value.Name()
	if toggleLabel(i.Value) == "start" {
		text := "started " + name
		if how != "" {
			text += " from savepoint " + short(how)
		}
		_, err := c.StartApplication(ctx, i.Scope(), name, how)
		return text, err
	}
	_, err := c.SuspendApplication(ctx, i.Scope(), name)
	return "suspending " + name, err
}

func refuseSavepoint(a cmf.FlinkApplication) error {
	if s := a.JobState(); s != cmf.JobRunning {
		return fmt.Errorf("its job is not running but %s", cmpOr(s, "unknown"))
	}
	return nil
}

func cmpOr(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func askSavepoint(a browse.Asking[cmf.FlinkApplication]) views.Confirmation {
	c := views.Confirmation{Verb: "Savepoint of", Facts: []views.Fact{{Label: "what happens", Text: "a savepoint is written; the job goes on"}}}
	for _, i := range a.Items {
		if sp, has := lastSavepoint(i.Value); has {
			c.Facts = append(c.Facts, views.Fact{Label: "last one", Text: join(ago(sp.at, a.Now), size(sp.size), sp.name)})
		}
		c.Requests = append(c.Requests, "POST …/applications/"+i.Value.Name()+"/savepoints")
	}
	return c
}

// runSavepoint takes a savepoint, in the format that the server takes by itself,
// and waits for what comes of it.
func runSavepoint(ctx context.Context, c *client.Client, i app, _ string) (string, error) {
	scope := cmf.Scope{Environment: i.Environment, Parent: i.Value.Name()}
	sp, err := client.Create(ctx, c, cmf.ApplicationSavepoints, scope, cmf.Savepoint{APIVersion: cmf.APIVersion, Kind: "Savepoint"})
	if err != nil {
		return "", err
	}
	return awaitSavepoint(ctx, c, cmf.ApplicationSavepoints, scope, sp)
}

const savepointWait = 2 * time.Minute

func awaitSavepoint(ctx context.Context, c *client.Client, kind cmf.Kind, scope cmf.Scope, sp cmf.Savepoint) (string, error) {
	name, began := sp.Metadata.Name, time.Now()
	for time.Since(began) < savepointWait {
		switch sp.State() {
		case cmf.SavepointCompleted:
			return "savepoint " + join(name, "COMPLETED", size(savepointSize(sp)), fmt.Sprintf("%.1f s", time.Since(began).Seconds())), nil
		case cmf.SavepointFailed, cmf.SavepointAbandoned:
			return "", fmt.Errorf("savepoint %s %s: %s", name, sp.State(), sp.Status.Error)
		}
		timer := time.NewTimer(500 * time.Millisecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return "", ctx.Err()
		case <-timer.C:
		}
		next, err := client.Get[cmf.Savepoint](ctx, c, kind, scope, name)
		if err != nil {
			return "", err
		}
		sp = next
	}
	return "savepoint " + name + " is still " + sp.State(), nil
}

func askDeleteApplication(a browse.Asking[cmf.FlinkApplication]) views.Confirmation {
	c := views.Confirmation{Verb: "Delete", TypeName: typed("Delete", names(a.Items)), Facts: []views.Fact{
		{Label: "what is lost", Text: "the application, its history and its attached savepoints", Tone: themes.Warn},
	}}
	for _, i := range a.Items {
		c.Requests = append(c.Requests, "DELETE …/applications/"+i.Value.Name())
	}
	return c
}

func names(items []app) []string {
	out := make([]string, len(items))
	for n, i := range items {
		out[n] = i.Value.Name()
	}
	return out
}

func requests(items []app, verb string) []string {
	out := make([]string, len(items))
	for n, i := range items {
		out[n] = "POST …/applications/" + i.Value.Name() + "/" + verb
	}
	return out
}
