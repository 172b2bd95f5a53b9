package cmf

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/browse"
	"drey/views/why"
)

// The verbs of applications.
var (
	verbSuspend   = views.Verb{Do: "suspend", Doing: "suspending", Done: "suspended"}
	verbStart     = views.Verb{Do: "start", Doing: "starting", Done: "started"}
	verbSavepoint = views.Verb{Do: "savepoint", Doing: "taking a savepoint of", Done: "took a savepoint of"}
	verbDelete    = views.Verb{Do: "delete", Doing: "deleting", Done: "deleted"}
)

func applicationActions(api *cmfapi.Client) []browse.Action[cmf.FlinkApplication] {
	toggle := browse.Action[cmf.FlinkApplication]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb: toggleVerb, Verbs: []views.Verb{verbSuspend, verbStart}, Refuse: refuseToggle, Will: toggleFact,
		Ways: func(ctx context.Context, i app, now time.Time) ([]views.Choice, error) {
			return savepointWays(ctx, api, i, now)
		},
		Which: "Where should it start from?", Plan: planToggle, Run: runToggle(api),
		Loses: func(a cmf.FlinkApplication) bool {
			return toggleVerb(a) == verbSuspend && a.UpgradeMode() == cmf.UpgradeModeStateless
		},
		Begun:   func(before, now cmf.FlinkApplication) bool { return before.DesiredState() != now.DesiredState() },
		Reached: reachedToggle,
	}
	savepoint := browse.Action[cmf.FlinkApplication]{
		Key:    func(m *keymap.Map) key.Binding { return m.Table.Savepoint },
		Verb:   func(cmf.FlinkApplication) views.Verb { return verbSavepoint },
		Verbs:  []views.Verb{verbSavepoint},
		Refuse: refuseSavepoint, Will: savepointFact, Plan: planSavepoint, Run: runSavepoint(api),
	}
	remove := deletion(api, in(cmf.Applications), cmf.FlinkApplication.Name, "the application, its history and its attached savepoints are lost")
	remove.Refuse = func(a cmf.FlinkApplication) error {
		if a.LifecycleState() == cmf.LifecycleDeleting {
			return errDeleting
		}
		return nil
	}
	remove.Begun = func(_, now cmf.FlinkApplication) bool { return now.LifecycleState() == cmf.LifecycleDeleting }
	return []browse.Action[cmf.FlinkApplication]{toggle, savepoint, remove}
}

func toggleVerb(a cmf.FlinkApplication) views.Verb {
	if a.DesiredState() == cmf.DesiredSuspended {
		return verbStart
	}
	return verbSuspend
}

// reachedToggle tells whether the application is as was last asked for.
func reachedToggle(now cmf.FlinkApplication) (bool, error) {
	switch now.LifecycleState() {
	case cmf.LifecycleFailed, cmf.LifecycleRolledBack:
		return true, fmt.Errorf("it is %s: %s", now.LifecycleState(), cmp.Or(why.Cause(now.Status.String("error")), "the server does not say why"))
	}
	if now.DesiredState() == cmf.DesiredSuspended {
		return now.LifecycleState() == cmf.LifecycleSuspended, nil
	}
	switch now.JobState() {
	case cmf.JobFailed:
		return true, fmt.Errorf("its job is FAILED: %s", cmp.Or(why.Cause(now.Status.String("error")), "the server does not say why"))
	case cmf.JobRunning, cmf.JobFinished:
		return true, nil
	}
	return false, nil
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

// toggleFact says what happens to the application and its state.
func toggleFact(i app, now time.Time) views.Fact {
	if toggleVerb(i.Value) == verbStart {
		return startFact(i, now)
	}
	return suspendFact(i, now)
}

func planToggle(i app, how string) []views.Step {
	path := cmf.Applications.ItemPath(scopeOf(i.Location), i.Value.Name()) + "/" + toggleVerb(i.Value).Do
	if how != "" {
		path += "?startFromSavepointUid=" + url.QueryEscape(how)
	}
	return []views.Step{{Method: "POST", Path: path}}
}

// suspendFact says what becomes of the state, by the upgrade mode
// (cmf-behaviour.md §2.2).
func suspendFact(i app, now time.Time) views.Fact {
	f := views.Fact{Label: "what happens"}
	sp, has := lastSavepoint(i.Value)
	last := "the first one"
	if has {
		last = "the last one: " + cellJoin(ago(sp.at, now), cellSize(sp.size), sp.name)
	}
	switch mode := i.Value.UpgradeMode(); {
	case mode == cmf.UpgradeModeSavepoint && i.Value.JobState() != cmf.JobRunning:
		f.Text, f.Tone = "the job is "+cmp.Or(i.Value.JobState(), "not there")+": no savepoint can be taken", themes.Warn
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

func startFact(i app, now time.Time) views.Fact {
	f := views.Fact{Label: "starts from"}
	sp, has := lastSavepoint(i.Value)
	switch {
	case i.Value.UpgradeMode() == cmf.UpgradeModeStateless:
		f.Text, f.Tone = "nothing: upgrade mode is stateless", themes.Warn
	case i.Value.UpgradeMode() == cmf.UpgradeModeLastState:
		f.Text = "its last checkpoint"
	case has:
		f.Text = "its last savepoint · " + cellJoin(sp.name, ago(sp.at, now), cellSize(sp.size), sp.kind)
	default:
		f.Text, f.Tone = "nothing: there is no savepoint", themes.Warn
	}
	return f
}

// savepointWays are the savepoints that the application could start from, beside
// its last state.
func savepointWays(ctx context.Context, api *cmfapi.Client, i app, now time.Time) ([]views.Choice, error) {
	if toggleVerb(i.Value) != verbStart {
		return nil, nil
	}
	scope := childScope(i)
	listed, err := cmfapi.List[cmf.Savepoint](ctx, api, cmf.ApplicationSavepoints, scope, cmfapi.Query{})
	if err != nil {
		return nil, err
	}
	listed.Items = slices.DeleteFunc(listed.Items, func(s cmf.Savepoint) bool { return s.State() != cmf.SavepointCompleted })
	slices.SortFunc(listed.Items, func(x, y cmf.Savepoint) int {
		return strings.Compare(y.Metadata.CreationTimestamp, x.Metadata.CreationTimestamp)
	})
	plain := startFact(i, now)
	ways := []views.Choice{{Label: "Last state", Detail: strings.TrimPrefix(plain.Text, "its "), Tone: plain.Tone}}
	for n, s := range listed.Items {
		if n == maxChoices {
			break
		}
		ways = append(ways, views.Choice{
			How: s.Metadata.UID, Label: "Savepoint " + s.Metadata.Name,
			Detail: cellJoin(ago(cmf.ParseTime(s.Metadata.CreationTimestamp), now), cellSize(savepointSize(s)), s.Spec.FormatType),
		})
	}
	return ways, nil
}

const maxChoices = 4

func runToggle(api *cmfapi.Client) func(context.Context, app, string, func(views.Step)) (string, error) {
	return func(ctx context.Context, i app, how string, step func(views.Step)) (string, error) {
		name := i.Value.Name()
		step(planToggle(i, how)[0])
		if toggleVerb(i.Value) == verbSuspend {
			_, err := api.SuspendApplication(ctx, scopeOf(i.Location), name)
			return "", err
		}
		text := ""
		if how != "" {
			text = "from savepoint " + cellShort(how)
		}
		_, err := api.StartApplication(ctx, scopeOf(i.Location), name, how)
		return text, err
	}
}

func refuseSavepoint(a cmf.FlinkApplication) error {
	if s := a.JobState(); s != cmf.JobRunning {
		return fmt.Errorf("its job is not running but %s", cmp.Or(s, "unknown"))
	}
	return nil
}

func savepointFact(i app, now time.Time) views.Fact {
	text := "a savepoint is written; the job goes on"
	if sp, has := lastSavepoint(i.Value); has {
		text += " (the last one: " + cellJoin(ago(sp.at, now), cellSize(sp.size), sp.name) + ")"
	}
	return views.Fact{Label: "what happens", Text: text}
}

// takeSavepoint takes a savepoint, in the format that the server takes by itself,
// and waits for what comes of it. The name is made here, so that a savepoint
// whose answer was lost is found again instead of taken twice.
func runSavepoint(api *cmfapi.Client) func(context.Context, app, string, func(views.Step)) (string, error) {
	return func(ctx context.Context, i app, _ string, step func(views.Step)) (string, error) {
		step(planSavepoint(i, "")[0])
		return takeSavepoint(ctx, api, i)
	}
}

func planSavepoint(i app, _ string) []views.Step {
	return []views.Step{{Method: "POST", Path: cmf.ApplicationSavepoints.Path(childScope(i))}}
}

// childScope is where what belongs to an application is.
func childScope(i app) cmf.Scope { return cmf.Scope{Environment: i.Scope, Parent: i.Value.Name()} }

func takeSavepoint(ctx context.Context, api *cmfapi.Client, i app) (string, error) {
	scope := childScope(i)
	body := cmf.Savepoint{APIVersion: cmf.APIVersion, Kind: "Savepoint", Metadata: cmf.Metadata{Name: savepointNameFor(i.Value.Name())}}
	sp, err := cmfapi.Create(ctx, api, cmf.ApplicationSavepoints, scope, body)
	if fault.Of(err).Lost {
		sp, err = cmfapi.FindMade[cmf.Savepoint](ctx, api, cmf.ApplicationSavepoints, scope, body.Metadata.Name, err)
	}
	if err != nil {
		return "", err
	}
	return awaitSavepoint(ctx, api, cmf.ApplicationSavepoints, scope, sp)
}

// savepointNameFor makes a name that no other savepoint has.
func savepointNameFor(application string) string {
	var b [4]byte
	_, _ = rand.Read(b[:])
	return application[:min(len(application), 30)] + "-" + hex.EncodeToString(b[:])
}

const savepointWait = 2 * time.Minute

func awaitSavepoint(ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, sp cmf.Savepoint) (string, error) {
	name, began := sp.Metadata.Name, time.Now()
	for time.Since(began) < savepointWait {
		switch sp.State() {
		case cmf.SavepointCompleted:
			return cellJoin(name, "COMPLETED", cellSize(savepointSize(sp)), fmt.Sprintf("%.1f s", time.Since(began).Seconds())), nil
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
		next, err := cmfapi.Get[cmf.Savepoint](ctx, api, kind, scope, name)
		if err != nil {
			return "", err
		}
		sp = next
	}
	return name + " is still " + sp.State(), nil
}
