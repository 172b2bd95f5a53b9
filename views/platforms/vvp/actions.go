package vvp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/fault"
	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/resource"
)

// The verbs of deployments, beside delete.
var (
	// verbRestart starts a deployment that has FAILED: it has to be CANCELLED first.
	verbRestart = views.Verb{Do: "restart", Doing: "restarting", Done: "restarted"}
)

// What a way to do it says, as the query of a URL.
const (
	howSavepoint = "savepoint" // id of the one to start from
	howCancel    = "cancel"    // without a savepoint
)

type stage = resource.Stage[Deployment]

func deploymentActions(api *vvpapi.Client) []resource.Action[Deployment] {
	stages := func(verb views.Verb, i deployment, how string) []stage { return stagesOf(api, verb, i, how) }
	toggle := resource.InStages(resource.Action[Deployment]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb: toggleVerb, Verbs: []views.Verb{resource.VerbSuspend, resource.VerbStart, verbRestart}, Refuse: refuseToggle,
		Will: toggleFact,
		Ways: func(ctx context.Context, i deployment, now time.Time) ([]views.Choice, error) {
			return startWays(ctx, api, i, now)
		},
		WhichOf: func(views.Verb) string { return "Where should it start from?" },
		Stages:  stages, Undo: undo,
		Loses: func(d Deployment) bool {
			return toggleVerb(d) == verbRestart && restoresNothing(d)
		},
	})
	return []resource.Action[Deployment]{
		toggle, stopDeployment(stages), savepointDeployment(stages), deleteDeployment(stages), rollBack(api, stages),
	}
}

type stagesFor = func(views.Verb, deployment, string) []stage

// stopDeployment ends the run, with a savepoint or without.
func stopDeployment(stages stagesFor) resource.Action[Deployment] {
	return resource.InStages(resource.Action[Deployment]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Stop },
		Verb:  func(Deployment) views.Verb { return resource.VerbStop },
		Verbs: []views.Verb{resource.VerbStop},
		Refuse: func(d Deployment) error {
			if ended(d.Deployment) {
				return errors.New("it is " + d.State() + " already: " + startsBy(d))
			}
			return nil
		},
		Will: toggleFact,
		Ways: func(context.Context, deployment, time.Time) ([]views.Choice, error) {
			return []views.Choice{
				{Label: "Suspend", Detail: "a savepoint is taken, then its job stops; it can be started from there"},
				{How: howCancel + "=true", Label: "Cancel", Detail: "its job stops at once; its state is lost", Tone: themes.Warn, Loses: true},
			}, nil
		},
		Which: "What becomes of its state?", Stages: stages, Undo: undo,
	})
}

func savepointDeployment(stages stagesFor) resource.Action[Deployment] {
	return resource.InStages(resource.Action[Deployment]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Savepoint },
		Verb:  func(Deployment) views.Verb { return resource.VerbSavepoint },
		Verbs: []views.Verb{resource.VerbSavepoint},
		Refuse: func(d Deployment) error {
			switch {
			case d.State() == vvp.Running:
				return nil
			case ended(d.Deployment):
				return errors.New("it is not RUNNING but " + d.State() + ": " + startsBy(d))
			}
			return errors.New("it is not RUNNING but " + d.State() + ": S takes one once it runs")
		},
		Will: func(deployment, time.Time) views.Fact {
			return views.Fact{Label: "what happens", Text: "a savepoint is written; the job goes on"}
		},
		Stages: stages,
	})
}

func deleteDeployment(stages stagesFor) resource.Action[Deployment] {
	return resource.InStages(resource.Action[Deployment]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb:  func(Deployment) views.Verb { return resource.VerbDelete },
		Verbs: []views.Verb{resource.VerbDelete},
		Loses: func(Deployment) bool { return true },
		Will: func(i deployment, _ time.Time) views.Fact {
			text := "the deployment and its history are lost"
			if i.Value.State() != vvp.Cancelled {
				text = "it is cancelled first, without a savepoint; then it and its history are lost"
			}
			return views.Fact{Label: "what happens", Text: text, Tone: themes.Warn}
		},
		Stages: stages, Removes: true,
	})
}

// undo is the verb that takes another one back. What a start from another savepoint
// did to what it was before is not taken back, but its job is suspended.
func undo(v views.Verb) string {
	switch v {
	case resource.VerbSuspend, resource.VerbStop:
		return resource.VerbStart.Do
	case resource.VerbStart:
		return resource.VerbSuspend.Do
	}
	return ""
}

func toggleVerb(d Deployment) views.Verb {
	switch {
	case d.State() == vvp.Failed:
		return verbRestart
	case d.Desired() == vvp.Running && d.State() != vvp.Finished:
		return resource.VerbSuspend
	}
	return resource.VerbStart
}

func refuseToggle(d Deployment) error {
	if transitional(d.Deployment) && toggleVerb(d) == resource.VerbStart {
		return errors.New("it is on its way to " + d.Desired() + ": s starts it once it is there")
	}
	return nil
}

// startsBy says by which key a deployment that does not run starts.
func startsBy(d Deployment) string {
	if d.State() == vvp.Failed {
		return "w says why, s restarts it"
	}
	return "s starts it"
}

func restoresNothing(d Deployment) bool {
	return strings.EqualFold(d.Spec.RestoreStrategy.Kind, vvp.RestoreNone)
}

func toggleFact(i deployment, _ time.Time) views.Fact {
	f := views.Fact{Label: "what happens"}
	switch {
	case toggleVerb(i.Value) == resource.VerbSuspend:
		f.Text = "a savepoint is taken, then its job stops"
	case restoresNothing(i.Value):
		f.Text, f.Tone = "it starts empty: its restore strategy is NONE", themes.Warn
	default:
		f.Text = "it starts from its " + restoreWords(i.Value)
	}
	return f
}

func restoreWords(d Deployment) string {
	if strings.EqualFold(d.Spec.RestoreStrategy.Kind, vvp.LatestSavepoint) {
		return "latest savepoint"
	}
	return "latest state, a savepoint or a retained checkpoint"
}

// startWays are what a deployment may start from: what its restore strategy says,
// or a savepoint, which is copied so that it is the latest.
func startWays(ctx context.Context, api *vvpapi.Client, i deployment, now time.Time) ([]views.Choice, error) {
	d := i.Value
	if toggleVerb(d) == resource.VerbSuspend {
		return nil, nil
	}
	plain := toggleFact(i, now)
	ways := []views.Choice{{Label: "As it is set", Detail: plain.Text, Tone: plain.Tone}}
	l, _, err := vvpapi.List[vvp.Savepoint](api, vvp.Savepoints, i.Scope, url.Values{
		"deploymentId": {d.Metadata.ID},
	})(ctx)
	if err != nil {
		return nil, err
	}
	saved := slices.DeleteFunc(slices.Clone(l.Items), func(s vvp.Savepoint) bool {
		return !strings.EqualFold(s.Status.State, "COMPLETED") || s.Spec.Location == ""
	})
	slices.SortStableFunc(saved, func(a, b vvp.Savepoint) int { return b.Metadata.Made().Compare(a.Metadata.Made()) })
	for _, s := range saved[:min(len(saved), 6)] {
		ways = append(ways, views.Choice{
			How:    url.Values{howSavepoint: {s.Metadata.ID}}.Encode(),
			Label:  "Savepoint of " + cells.Ago(s.Metadata.Made(), now),
			Detail: cells.Join(s.Metadata.Origin, s.Metadata.Type, s.Spec.Location),
		})
	}
	return ways, nil
}

// stagesOf are the requests of everything that is done to a deployment.
func stagesOf(api *vvpapi.Client, verb views.Verb, i deployment, how string) []stage {
	said, _ := url.ParseQuery(how) // it is what a way says
	s := stages{api}
	switch verb {
	case resource.VerbSuspend:
		return []stage{s.want(i, vvp.Suspended)}
	case resource.VerbStop:
		if said.Get(howCancel) != "" {
			return []stage{s.want(i, vvp.Cancelled)}
		}
		return []stage{s.want(i, vvp.Suspended)}
	case resource.VerbStart, verbRestart:
		var all []stage
		if verb == verbRestart {
			all = append(all, s.want(i, vvp.Cancelled))
		}
		if id := said.Get(howSavepoint); id != "" {
			all = append(all, s.copySavepoint(i, id))
		}
		return append(all, s.want(i, vvp.Running))
	case resource.VerbSavepoint:
		return []stage{s.savepoint(i)}
	case resource.VerbRollBack:
		return []stage{s.putBack(i, said.Get(howNow), said.Get(howThen))}
	case resource.VerbDelete:
		return []stage{s.want(i, vvp.Cancelled), s.remove(i)}
	}
	return nil
}

type stages struct{ api *vvpapi.Client }

func deploymentPath(i deployment) string {
	return vvp.Deployments.ItemPath(i.Scope, deploymentHandle(i))
}

// want asks for a state, by a merge patch of that member alone.
func (s stages) want(i deployment, state string) stage {
	return stage{
		Step:  views.Step{Method: "PATCH", Path: deploymentPath(i), Remark: "spec.state " + state},
		Label: "want " + state,
		Send: func(ctx context.Context, i deployment) (string, error) {
			return "", vvpapi.Patch(
				ctx, s.api, vvp.Deployments, i.Scope, deploymentHandle(i), vvpapi.StateChange(state),
			)
		},
		Took: func(_ context.Context, now deployment) (bool, error) { return now.Value.Desired() == state, nil },
		Reached: func(ctx context.Context, now deployment) (resource.Progress, error) {
			return s.reached(ctx, now, state)
		},
	}
}

// reached tells how far a deployment is on its way to a state. Ones between may be
// skipped; the newest event says what it waits for.
func (s stages) reached(ctx context.Context, now deployment, state string) (resource.Progress, error) {
	p := resource.Progress{State: now.Value.State()}
	switch {
	case now.Value.Desired() != state:
		return p, fmt.Errorf("it is to be %s again: somebody asked for that meanwhile", now.Value.Desired())
	case now.Value.State() == state, state == vvp.Running && now.Value.State() == vvp.Finished:
		p.Done = true
	case now.Value.State() == vvp.Failed && state != vvp.Cancelled:
		cause := "the platform does not say why"
		if f, _ := lastFailure(ctx, s.api, now); f != nil {
			cause = cells.OneLine(f.Message)
		}
		return p, errors.New("it is FAILED: " + cause)
	}
	return p, nil
}

// savepoint takes one and waits for what comes of it.
func (s stages) savepoint(i deployment) stage {
	return stage{
		Step: views.Step{Method: "POST", Path: vvp.Savepoints.Path(i.Scope)}, Label: "take a savepoint",
		Makes: views.Ref{Kind: vvp.Savepoints.Plural, Scope: i.Scope},
		Send: func(ctx context.Context, i deployment) (string, error) {
			made, err := vvpapi.Create[vvp.Savepoint](ctx, s.api, vvp.Savepoints, i.Scope, map[string]any{
				"kind": "Savepoint", "apiVersion": "v1",
				"metadata": map[string]any{"deploymentId": i.Value.Metadata.ID, "namespace": i.Scope},
			})
			if err != nil {
				return "", err
			}
			return s.awaitSavepoint(ctx, i.Scope, made)
		},
		// A savepoint that nobody waited for is in the list: it is not taken twice.
		Took: func(ctx context.Context, now deployment) (bool, error) { return s.taken(ctx, now) },
	}
}

// taken tells whether a savepoint of the deployment was begun within the last
// minutes.
func (s stages) taken(ctx context.Context, now deployment) (bool, error) {
	l, _, err := vvpapi.List[vvp.Savepoint](s.api, vvp.Savepoints, now.Scope, url.Values{
		"deploymentId": {now.Value.Metadata.ID},
	})(ctx)
	return err == nil && slices.ContainsFunc(l.Items, func(sp vvp.Savepoint) bool {
		return strings.EqualFold(sp.Metadata.Origin, "USER_REQUEST") && time.Since(sp.Metadata.Made()) < savepointWait
	}), err
}

const (
	savepointWait  = 2 * time.Minute
	savepointEvery = time.Second
)

func (s stages) awaitSavepoint(ctx context.Context, namespace string, sp vvp.Savepoint) (string, error) {
	id, began := sp.Metadata.ID, time.Now()
	for time.Since(began) < savepointWait {
		switch strings.ToUpper(sp.Status.State) {
		case "COMPLETED":
			return cells.Join("COMPLETED", sp.Spec.Location), nil
		case "FAILED":
			text := "the platform does not say why"
			if sp.Status.Failure != nil {
				text = sp.Status.Failure.Message
			}
			return "", errors.New("the savepoint FAILED: " + text)
		}
		timer := time.NewTimer(savepointEvery)
		select {
		case <-ctx.Done():
			timer.Stop()
			return "", ctx.Err()
		case <-timer.C:
		}
		next, err := vvpapi.Get[vvp.Savepoint](ctx, s.api, vvp.Savepoints, namespace, id)
		if err != nil {
			return "", err
		}
		sp = next
	}
	return "the savepoint is still " + sp.Status.State, nil
}

// copySavepoint makes a chosen savepoint the latest one of a deployment: there is no
// other way to start from it (platforms.md B2).
func (s stages) copySavepoint(i deployment, id string) stage {
	return stage{
		Step:  views.Step{Method: "POST", Path: vvp.Savepoints.Path(i.Scope), Remark: "a copy of savepoint " + id},
		Label: "copy the savepoint",
		Send: func(ctx context.Context, i deployment) (string, error) {
			from, err := vvpapi.Get[vvp.Savepoint](ctx, s.api, vvp.Savepoints, i.Scope, id)
			if err != nil {
				return "", err
			}
			metadata := map[string]any{"deploymentId": i.Value.Metadata.ID, "namespace": i.Scope, "type": "FULL"}
			if version := i.Value.Metadata.Annotations[vvp.AnnotationVersion]; version != "" {
				metadata["annotations"] = map[string]any{vvp.AnnotationVersion: version}
			}
			_, err = vvpapi.Create[vvp.Savepoint](ctx, s.api, vvp.Savepoints, i.Scope, map[string]any{
				"kind": "Savepoint", "apiVersion": "v1", "metadata": metadata,
				"spec": map[string]any{"savepointLocation": from.Spec.Location},
			})
			return "from " + from.Spec.Location, err
		},
		Took: func(ctx context.Context, now deployment) (bool, error) {
			from, err := vvpapi.Get[vvp.Savepoint](ctx, s.api, vvp.Savepoints, now.Scope, id)
			if err != nil {
				return false, err
			}
			l, _, err := vvpapi.List[vvp.Savepoint](s.api, vvp.Savepoints, now.Scope, url.Values{
				"deploymentId": {now.Value.Metadata.ID},
			})(ctx)
			return slices.ContainsFunc(l.Items, func(sp vvp.Savepoint) bool {
				return strings.EqualFold(sp.Metadata.Origin, "COPIED") && sp.Spec.Location == from.Spec.Location &&
					sp.Metadata.Made().After(from.Metadata.Made())
			}), err
		},
	}
}

// remove deletes a deployment that is CANCELLED.
func (s stages) remove(i deployment) stage {
	return stage{
		Step: views.Step{Method: "DELETE", Path: deploymentPath(i)}, Label: "delete", Removes: true,
		Send: func(ctx context.Context, i deployment) (string, error) {
			return "", vvpapi.Delete(ctx, s.api, vvp.Deployments, i.Scope, deploymentHandle(i))
		},
		Took: func(ctx context.Context, now deployment) (bool, error) {
			_, err := deploymentNow(ctx, s.api, now)
			return fault.Is(err, fault.NotFound), nil
		},
		Reached: func(context.Context, deployment) (resource.Progress, error) { return resource.Progress{}, nil },
	}
}
