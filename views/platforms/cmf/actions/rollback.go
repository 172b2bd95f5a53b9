package actions

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/diff"
	"drey/views/grid"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// resource.VerbRollBack brings back the specification of a former instance.

// rollBack puts an application's specification back to what a former instance had.
func rollBack(
	api *cmfapi.Client, stages func(views.Verb, objects.App, string) []appStage,
) resource.Action[cmf.FlinkApplication] {
	return resource.InStages(resource.Action[cmf.FlinkApplication]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Undo },
		Verb:  func(cmf.FlinkApplication) views.Verb { return resource.VerbRollBack },
		Verbs: []views.Verb{resource.VerbRollBack},
		Refuse: func(a cmf.FlinkApplication) error {
			if a.LifecycleState() == cmf.LifecycleDeleting {
				return objects.ErrDeleting
			}
			return nil
		},
		Will:  func(i objects.App, _ time.Time) views.Fact { return rollBackFact(i.Value) },
		Loses: func(a cmf.FlinkApplication) bool { return rollBackFact(a).Tone == themes.Warn },
		Ways: func(ctx context.Context, i objects.App, now time.Time) ([]views.Choice, error) {
			return formerWays(ctx, api, i, now)
		},
		Which: "Back to which instance?", Chosen: true,
		NoWay:  "no former instance differs in what the application itself sets; what its environment sets is changed there",
		Stages: stages,
	})
}

// rollBackFact says what becomes of the job where its specification is put back: its
// upgrade mode stays (cmf-behaviour.md §2.2).
func rollBackFact(a cmf.FlinkApplication) views.Fact {
	f := views.Fact{Label: "what happens"}
	switch mode := a.UpgradeMode(); {
	case a.DesiredState() == cmf.DesiredSuspended:
		f.Text = "it stays suspended; it starts with the former specification"
	case objects.NoSavepointOf(mode, a.JobState()) != "":
		f.Text = objects.NoSavepointOf(mode, a.JobState()) +
			"; it is deployed anew with the former specification, from " + objects.StateWithoutSavepoint
	case a.JobState() != cmf.JobRunning:
		f.Text = "its job does not run: it is deployed anew with the former specification"
	case mode == cmf.UpgradeModeSavepoint:
		f.Text = "a savepoint is taken, and the job starts again from it"
	case mode == cmf.UpgradeModeLastState:
		f.Text = "the job stops and starts again from its last checkpoint; no savepoint is taken"
	default:
		f.Text = "the job is cancelled and starts again without its state (upgrade mode stateless)"
		f.Tone = themes.Warn
	}
	return f
}

// restore is one member of a specification as a former instance had it.
type restore struct {
	path      diff.Path
	now, then json.RawMessage // nil: it is not there
}

// unrestored are members of spec that are no part of what is rolled back: they say
// what is to be done, from where, and with which mode to stop, not what runs.
var unrestored = []string{
	"job.state", "job.upgradeMode", "job.startFromSavepoint", "job.initialSavepointPath", "job.savepointRedeployNonce",
	"job.allowNonRestoredState", "restartNonce",
}

// Restores are the members to be put back to go from one instance to a former one,
// and the paths of those that differ but that the environment sets: an instance's
// specification has the environment's defaults merged in, which win over the
// application's own (cmf-behaviour.md §5). Putting the whole of it back would make
// them the application's.
func Restores(current, former, defaults cmf.Object) (list []restore, byEnvironment []string) {
	now, then, set := Members(current), Members(former), Members(defaults)
	paths := map[string]bool{}
	for p := range now {
		paths[p] = true
	}
	for p := range then {
		paths[p] = true
	}
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		path := strings.Split(p, pathSign)
		if SameJSON(now[p], then[p]) || left(path) || then[p] == nil && (below(then, p) || within(then, p)) {
			continue // it is the same, or goes with what is put in its place
		}
		if setBy(set, p) {
			byEnvironment = append(byEnvironment, diff.Path(path).String())
			continue
		}
		list = append(list, restore{path: path, now: now[p], then: then[p]})
	}
	return list, byEnvironment
}

func left(path []string) bool {
	joined := strings.Join(path, ".")
	return slices.ContainsFunc(unrestored, func(name string) bool {
		return joined == name || strings.HasPrefix(joined, name+".")
	})
}

// pathSign parts the names of a path, which may have dots.
const pathSign = "\x00"

// Members are the values of a document by their path: of objects only their
// members, but for empty ones; a list is one value.
func Members(doc cmf.Object) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	flatten(out, nil, json.RawMessage(doc))
	return out
}

func flatten(out map[string]json.RawMessage, at []string, value json.RawMessage) {
	var object map[string]json.RawMessage
	if len(value) > 0 && value[0] == '{' && json.Unmarshal(value, &object) == nil && (len(object) > 0 || len(at) == 0) {
		for name, v := range object {
			flatten(out, append(at[:len(at):len(at)], name), v)
		}
		return
	}
	if len(at) > 0 {
		out[strings.Join(at, pathSign)] = value
	}
}

// below tells that there is a value deeper than a path.
func below(values map[string]json.RawMessage, path string) bool {
	for p := range values {
		if strings.HasPrefix(p, path+pathSign) {
			return true
		}
	}
	return false
}

// within tells that what a path is in is one value.
func within(values map[string]json.RawMessage, path string) bool {
	for p := range values {
		if strings.HasPrefix(path, p+pathSign) {
			return true
		}
	}
	return false
}

// setBy tells that defaults set a path, what it is in, or something in it.
func setBy(defaults map[string]json.RawMessage, path string) bool {
	for p := range defaults {
		if p == path || strings.HasPrefix(path, p+pathSign) || strings.HasPrefix(p, path+pathSign) {
			return true
		}
	}
	return false
}

// SameJSON tells whether two values are equal, whatever the order of their members.
func SameJSON(a, b json.RawMessage) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	x, errX := diff.Parse(a)
	y, errY := diff.Parse(b)
	return errX == nil && errY == nil && diff.Equal(x, y)
}

// Restored is a specification with members put back.
func Restored(spec cmf.Object, list []restore) cmf.Object {
	for _, r := range list {
		switch {
		case r.then != nil:
			spec = spec.With(r.then, r.path...)
		case spec.Get(r.path...) != nil:
			spec = without(spec, r.path)
		}
	}
	return spec
}

// without is a specification without a member, and without what holds nothing any
// more then.
func without(spec cmf.Object, path []string) cmf.Object {
	spec = spec.With(nil, path...)
	for n := len(path) - 1; n > 0 && string(spec.Get(path[:n]...)) == "{}"; n-- {
		spec = spec.With(nil, path[:n]...)
	}
	return spec
}

// history is what is needed to roll an application back.
type history struct {
	instances []cmf.Instance // the newest first
	defaults  cmf.Object     // what the environment sets of every specification
}

func readHistory(ctx context.Context, api *cmfapi.Client, i objects.App) (history, error) {
	listed, err := cmfapi.List[cmf.Instance](ctx, api, cmf.Instances, objects.ChildScope(i), cmfapi.Query{
		Sort: []string{"creationTimestamp,desc", "name"},
	})
	if err != nil {
		return history{}, err
	}
	environment, err := cmfapi.GetRaw(ctx, api, cmf.Environments, cmf.Scope{}, i.Scope)
	if err != nil {
		return history{}, err
	}
	h := history{
		instances: slices.Clone(listed.Items),
		defaults:  cmf.Object(environment).Object("flinkApplicationDefaults", "spec"),
	}
	slices.SortStableFunc(h.instances, func(a, b cmf.Instance) int {
		return cmp.Or(
			cmf.ParseTime(b.Metadata.CreationTimestamp).Compare(cmf.ParseTime(a.Metadata.CreationTimestamp)),
			strings.Compare(a.Metadata.Name, b.Metadata.Name),
		)
	})
	return h, nil
}

// to are the members to be put back to what a former instance had.
func (h history) to(name string) ([]restore, []string, error) {
	for _, former := range h.instances {
		if former.Metadata.Name == name {
			list, byEnvironment := Restores(h.instances[0].Status.Spec, former.Status.Spec, h.defaults)
			return list, byEnvironment, nil
		}
	}
	return nil, nil, errors.New("the server does not have that instance any more")
}

// formerWays are the instances that an application can be rolled back to.
func formerWays(ctx context.Context, api *cmfapi.Client, i objects.App, now time.Time) ([]views.Choice, error) {
	h, err := readHistory(ctx, api, i)
	if err != nil {
		return nil, err
	}
	fact := rollBackFact(i.Value)
	var ways []views.Choice
	for n, former := range h.instances {
		if n == 0 {
			continue
		}
		list, byEnvironment, err := h.to(former.Metadata.Name)
		if err != nil || len(list) == 0 {
			continue
		}
		way := views.Choice{
			How: OneHow(HowInstance, former.Metadata.Name),
			Label: "Instance of " + cells.Join(
				objects.StampText(former.Metadata.CreationTimestamp),
				cells.Ago(cmf.ParseTime(former.Metadata.CreationTimestamp), now),
			),
			Facts: []views.Fact{fact}, Loses: fact.Tone == themes.Warn, Tone: fact.Tone,
		}
		for m, r := range list {
			if m < MostNamed {
				way.Detail = cells.Join(way.Detail, r.path[len(r.path)-1]+" "+r.text())
			}
			way.Facts = append(way.Facts, views.Fact{Label: "change", Text: r.path.String() + ": " + r.text()})
		}
		if more := len(list) - MostNamed; more > 0 {
			way.Detail += fmt.Sprintf(" and %s more", grid.Thousands(more))
		}
		for _, p := range byEnvironment {
			way.Facts = append(way.Facts, views.Fact{Label: "not put back", Text: p + ": the environment sets it"})
		}
		ways = append(ways, way)
	}
	return ways, nil
}

// text says what is put back; the values of secrets are not shown.
func (r restore) text() string {
	if diff.SecretPath(r.path) {
		return "(secret, it changes)"
	}
	return shortJSON(r.now) + " → " + shortJSON(r.then)
}

// longestValue is how long a value may be where a change is named.
const longestValue = 60

func shortJSON(v json.RawMessage) string {
	if v == nil {
		return "–"
	}
	text := string(v)
	var s string
	if json.Unmarshal(v, &s) == nil {
		text = s
	}
	if runes := []rune(text); len(runes) > longestValue {
		text = string(runes[:longestValue]) + "…"
	}
	return text
}

// rollBack puts back what differs from a former instance, in the specification as
// it is just before.
func (s appStages) rollBack(i objects.App, instance string) appStage {
	stage := s.put(
		i, "roll back",
		func(ctx context.Context, i objects.App, doc cmf.FlinkApplication) (cmf.FlinkApplication, error) {
			list, err := s.restoresTo(ctx, i, instance)
			doc.Spec = Restored(doc.Spec, list)
			return doc, err
		},
	)
	stage.Took = func(ctx context.Context, now objects.App) (bool, error) {
		list, err := s.restoresTo(ctx, now, instance)
		return err == nil && SameJSON(
			json.RawMessage(now.Value.Spec), json.RawMessage(Restored(now.Value.Spec, list)),
		), err
	}
	stage.Reached = func(ctx context.Context, now objects.App) (resource.Progress, error) {
		word, _ := objects.ApplicationState(now.Value)
		if now.Value.DesiredState() == cmf.DesiredSuspended {
			return resource.Progress{State: word, Done: true, Text: "it is suspended: it runs so once it is started"}, nil
		}
		list, err := s.restoresTo(ctx, now, instance)
		if err != nil || len(list) > 0 {
			return resource.Progress{State: word}, err // it is not deployed yet
		}
		p, err := objects.ReachedState(now.Value, cmf.DesiredRunning)
		p.Done = p.Done && now.Value.LifecycleState() == cmf.LifecycleStable
		return p, err
	}
	return stage
}

func (s appStages) restoresTo(ctx context.Context, i objects.App, instance string) ([]restore, error) {
	h, err := readHistory(ctx, s.api, i)
	if err != nil {
		return nil, err
	}
	list, _, err := h.to(instance)
	return list, err
}

// MostNamed is how many changed members are named in one line.
const MostNamed = 4
