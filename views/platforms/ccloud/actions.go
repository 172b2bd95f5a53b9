package ccloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/flinksql"
	phases "drey/client/statement"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
	"drey/views/why"
)

// What a way to do it says, as the query of a URL.
const (
	howPool      = "pool"      // id of the pool to go on in
	howPrincipal = "principal" // id of who it goes on as
)

func statementActions(api *ccloudapi.Client) []resource.Action[ccloudapi.Statement] {
	s := stages{api}
	toggle := resource.InStages(resource.Action[ccloudapi.Statement]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Toggle },
		Verb:  toggleVerb,
		Verbs: []views.Verb{resource.VerbStop, resource.VerbResume}, Refuse: refuseToggle, Will: inRegion(api, toggleFact),
		Ways: func(ctx context.Context, i objects.Statement, _ time.Time) ([]views.Choice, error) {
			return resumeWays(ctx, api, i)
		},
		Which:  "In which pool should it go on?",
		Inputs: func(items []objects.Statement) []views.Input { return resumeInputs(api, items) },
		Stages: s.of, Undo: undoOf, Reads: onlyReads,
	})
	stop := resource.InStages(resource.Action[ccloudapi.Statement]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Stop },
		Verb:  func(ccloudapi.Statement) views.Verb { return resource.VerbStop },
		Verbs: []views.Verb{resource.VerbStop}, Will: inRegion(api, toggleFact), Stages: s.of, Undo: undoOf, Reads: onlyReads,
		Refuse: func(s ccloudapi.Statement) error {
			if s.Spec.Stopped {
				return errors.New("it is stopped already: " + goesOnBy(s))
			}
			if ccloudapi.PhaseOf(s.Phase()) == phases.Failed {
				return errors.New("it has failed: " + goesOnBy(s))
			}
			return refuseToggle(s)
		},
	})
	remove := resource.InStages(resource.Action[ccloudapi.Statement]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb:  func(ccloudapi.Statement) views.Verb { return resource.VerbDelete },
		Verbs: []views.Verb{resource.VerbDelete}, Will: inRegion(api, deleteFact),
		Refuse: objects.RefuseDeleting, Stages: s.of, Removes: true,
		Reads: onlyReads,
		Loses: func(s ccloudapi.Statement) bool { return !ccloudapi.PhaseOf(s.Phase()).Ended() },
	})
	return []resource.Action[ccloudapi.Statement]{stop, toggle, remove, switchAction(api)}
}

func onlyReads(s ccloudapi.Statement) bool { return flinksql.OnlyReads(s.Spec.Statement) }

func undoOf(v views.Verb) string {
	switch v {
	case resource.VerbStop:
		return resource.VerbResume.Do
	case resource.VerbResume:
		return resource.VerbStop.Do
	}
	return ""
}

func toggleVerb(s ccloudapi.Statement) views.Verb {
	if objects.Resumes(s) {
		return resource.VerbResume
	}
	return resource.VerbStop
}

func refuseToggle(s ccloudapi.Statement) error {
	if err := objects.RefuseDeleting(s); err != nil {
		return err
	}
	switch phase := ccloudapi.PhaseOf(s.Phase()); {
	case phase == phases.Completed:
		return errors.New("it has come to its end: a runs a copy of it")
	case phase == phases.Stopping:
		return errors.New("it is still being stopped: wait until it has, then " + goesOnBy(s))
	case phase == phases.Failed && s.SQLKind() != "" && !slices.Contains(objects.Resumable, s.SQLKind()):
		return errors.New("it has failed, and only an INSERT goes on after that: a runs a copy of it")
	case phase == phases.Stopped && s.SQLKind() != "" && !slices.Contains(objects.Resumable, s.SQLKind()):
		return fmt.Errorf("a %s cannot be resumed: a runs a copy of it", s.SQLKind())
	}
	return nil
}

// goesOnBy says by which key a statement that does not run goes on.
func goesOnBy(s ccloudapi.Statement) string {
	if s.SQLKind() != "" && !slices.Contains(objects.Resumable, s.SQLKind()) {
		return "a runs a copy of it"
	}
	return "s resumes it"
}

func toggleFact(i objects.Statement, _ time.Time) views.Fact {
	text := "it stops and gives its CFUs back"
	switch {
	case objects.Resumes(i.Value):
		text = "it goes on from where it was" + prefixed(", ", asWhom(i.Value))
	case slices.Contains(objects.Resumable, i.Value.SQLKind()):
		text += "; it can be resumed"
	default:
		text += "; it cannot be resumed"
	}
	return views.Fact{Label: "what happens", Text: text}
}

// inRegion begins what a dialog says with where the statement is, in a context of
// several regions: each may have one of the name.
func inRegion(
	api *ccloudapi.Client, will func(objects.Statement, time.Time) views.Fact,
) func(objects.Statement, time.Time) views.Fact {
	if len(api.Regions()) < 2 {
		return will
	}
	return func(i objects.Statement, now time.Time) views.Fact {
		fact := will(i, now)
		fact.Text = "in " + i.Value.Region + " " + fact.Text
		return fact
	}
}

// asWhom says who a statement runs as.
func asWhom(s ccloudapi.Statement) string {
	if s.Spec.Principal == "" {
		return ""
	}
	return "as " + s.Spec.Principal
}

func prefixed(by, text string) string {
	if text == "" {
		return ""
	}
	return by + text
}

func deleteFact(i objects.Statement, _ time.Time) views.Fact {
	text := "the statement and its results are lost"
	if !ccloudapi.PhaseOf(i.Value.Phase()).Ended() {
		text = "it is stopped, and it and its state are lost"
	}
	return views.Fact{Label: "what happens", Text: text + "; it may show as DELETING for 15 seconds", Tone: themes.Warn}
}

// resumeWays are the pools of the statement's region that it could go on in, its
// own first.
func resumeWays(ctx context.Context, api *ccloudapi.Client, i objects.Statement) ([]views.Choice, error) {
	if !objects.Resumes(i.Value) || !api.HasControl() {
		return nil, nil
	}
	l, _, err := api.Pools(i.Scope)(ctx)
	if err != nil {
		return nil, err
	}
	where := i.Value.Region
	if len(api.Regions()) < 2 {
		where = ""
	}
	own := func(pool string) string { return cells.Join(pool, where, asWhom(i.Value)) }
	ways := []views.Choice{{Label: "Its own", Detail: own(i.Value.Spec.ComputePoolID)}}
	for _, p := range l.Items {
		switch {
		case p.ID == i.Value.Spec.ComputePoolID:
			ways[0].Detail = own(poolText(p))
		case p.Status.Phase == ccloud.PoolProvisioned && (i.Value.Region == "" || p.Spec.Region == i.Value.Region):
			ways = append(ways, views.Choice{
				How: url.Values{howPool: {p.ID}}.Encode(), Label: p.Spec.DisplayName, Detail: poolText(p),
			})
		}
	}
	return ways, nil
}

func poolText(p ccloud.ComputePool) string {
	return cells.Join(p.ID, fmt.Sprintf("%d of %d CFU in use", p.Status.CurrentCFU, p.Spec.MaxCFU))
}

// resumeInputs ask who the statements that are resumed go on as: another principal is taken
// with a resume (platforms.md A4). Those that are known from the lists are offered.
func resumeInputs(api *ccloudapi.Client, items []objects.Statement) []views.Input {
	var known []string
	own, resumed := map[string]bool{}, 0
	for _, i := range items {
		if !objects.Resumes(i.Value) {
			continue
		}
		resumed++
		own[i.Value.Spec.Principal] = true
		for _, p := range api.Principals(i.Scope) {
			if !slices.Contains(known, p) {
				known = append(known, p)
			}
		}
	}
	if resumed == 0 {
		return nil
	}
	hint := "each as its own"
	for p := range own {
		if len(own) == 1 {
			hint = "as now" + prefixed(": ", p)
			known = slices.DeleteFunc(known, func(k string) bool { return k == p })
		}
	}
	return []views.Input{{Name: howPrincipal, Label: "principal", Hint: hint + "; or another one", Known: known}}
}

type stage = resource.Stage[ccloudapi.Statement]

// stages makes the requests of everything that is done to statements.
type stages struct{ api *ccloudapi.Client }

func (s stages) of(verb views.Verb, i objects.Statement, how string) []stage {
	said, _ := url.ParseQuery(how) // it is what a way says
	switch verb {
	case resource.VerbStop:
		return []stage{s.stop(i, "")}
	case resource.VerbResume:
		return []stage{s.resume(i, "", said)}
	case resource.VerbDelete:
		return []stage{s.remove(i)}
	case verbSwitch:
		return s.switching(i, said)
	}
	return nil
}

func (s stages) path(i objects.Statement, name string) string {
	if name == "" {
		name = i.Value.Name
	}
	return ccloud.Statements.ItemPath(s.api.Known(i.Scope), name)
}

// meant is the statement that a stage is about: the item as it was just read, or
// another one beside it, by its name.
func (s stages) meant(ctx context.Context, i objects.Statement, name string) (ccloudapi.Statement, error) {
	if name == "" {
		return i.Value, nil
	}
	return s.api.Statement(ctx, i.Scope, name, i.Value.Region, "")
}

// stop asks the item, or the statement of a name, to stop.
func (s stages) stop(i objects.Statement, name string) stage {
	st := s.change(i, name, true, nil)
	back := s.change(i, name, false, nil)
	st.Back = &back
	return st
}

// resume asks it to go on, in another pool and as another principal where they are said.
// Taking that back stops it; in its former pool, and as who it was, it goes on only if it is
// resumed so.
func (s stages) resume(i objects.Statement, name string, said url.Values) stage {
	st := s.change(i, name, false, said)
	back := s.change(i, name, true, nil)
	st.Back = &back
	return st
}

func (s stages) change(i objects.Statement, name string, stopped bool, said url.Values) stage {
	label, pool, principal := resource.VerbResume.Do, said.Get(howPool), said.Get(howPrincipal)
	if stopped {
		label = resource.VerbStop.Do
	}
	if name != "" {
		label += " " + name
	}
	remark := fmt.Sprintf("spec.stopped %t", stopped)
	if pool != "" {
		remark += ", spec.compute_pool_id " + pool
	}
	if principal != "" {
		remark += ", spec.principal " + principal
	}
	return stage{
		Step: views.Step{Method: "PUT", Path: s.path(i, name), Remark: remark}, Label: label,
		Send: func(ctx context.Context, i objects.Statement) (string, error) {
			of, err := s.meant(ctx, i, name)
			if err != nil {
				return "", err
			}
			if stopped && ccloudapi.PhaseOf(of.Phase()).Ended() {
				return of.Name + " has stopped already", nil
			}
			change := ccloudapi.Change{Stopped: &stopped}
			if pool != "" {
				change.Pool = &pool
			}
			if principal != "" {
				if err := objects.CheckPrincipal(principal); err != nil {
					return "", err
				}
				change.Principal = &principal
			}
			return "", objects.WithDiff(s.api.Update(ctx, i.Scope, of, change, func(string) {}))
		},
		Took: func(ctx context.Context, now objects.Statement) (bool, error) {
			is, err := s.meant(ctx, now, name)
			ended := ccloudapi.PhaseOf(is.Phase()).Ended()
			if stopped {
				return is.Spec.Stopped || ended, err
			}
			return err == nil && !is.Spec.Stopped && !ended && (pool == "" || is.Spec.ComputePoolID == pool) &&
				(principal == "" || is.Spec.Principal == principal), err
		},
		Reached: func(ctx context.Context, now objects.Statement) (resource.Progress, error) {
			is, err := s.meant(ctx, now, name)
			if err != nil {
				return resource.Progress{}, err
			}
			return reached(is, stopped)
		},
	}
}

// reached tells how far a statement is on its way to being stopped, or to running.
func reached(now ccloudapi.Statement, stopped bool) (resource.Progress, error) {
	p, phase := resource.Progress{State: now.Phase()}, ccloudapi.PhaseOf(now.Phase())
	switch {
	case phase == phases.Deleting:
		p.Overtaken = "it is being deleted: somebody asked for that meanwhile"
	case stopped:
		p.Done = phase.Ended()
		if !now.Spec.Stopped && !p.Done {
			p.Overtaken = "somebody resumed it meanwhile"
		}
	case now.Spec.Stopped:
		p.Overtaken = "somebody stopped it again meanwhile"
	case phase == phases.Failed:
		return p, fmt.Errorf("it is %s: %s", now.Phase(), why.Cause(ccloudapi.Reason(now.Statement)))
	default:
		p.Done = phase == phases.Running || phase == phases.Degraded || phase == phases.Completed
	}
	return p, nil
}

// remove deletes the item.
func (s stages) remove(i objects.Statement) stage {
	return stage{
		Step: views.Step{Method: "DELETE", Path: s.path(i, "")}, Label: resource.VerbDelete.Do, Removes: true,
		Send: func(ctx context.Context, i objects.Statement) (string, error) {
			return "", s.api.Delete(ctx, i.Scope, i.Value)
		},
		Took: func(_ context.Context, now objects.Statement) (bool, error) {
			return now.Value.Phase() == ccloud.PhaseDeleting, nil
		},
		Reached: func(_ context.Context, now objects.Statement) (resource.Progress, error) {
			return resource.Progress{State: now.Value.Phase()}, nil
		},
	}
}

// recreateStatement makes a deleted statement again.
func recreateStatement(api *ccloudapi.Client) *resource.Recreate {
	return &resource.Recreate{
		Step: func(ref views.Ref) views.Step {
			return views.Step{Method: "POST", Path: ccloud.Statements.Path(api.Known(ref.Scope))}
		},
		Send: func(ctx context.Context, ref views.Ref, document json.RawMessage) error {
			_, err := objects.CreateFrom(ctx, api, ref.Scope, document)
			return err
		},
		Lost: "its state and its offsets: it begins as a new statement does",
	}
}
