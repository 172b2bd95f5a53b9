package vvp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/diff"
	"drey/views/resource"
)

// resource.VerbRollBack puts a deployment's template back to what a former job ran.

// What a way to roll back says: IDs of jobs.
const (
	howNow  = "now"  // the newest one
	howThen = "then" // the one to go back to
)

// mostFormer is how many former jobs a dialog offers.
const mostFormer = 6

func rollBack(api *vvpapi.Client, stages stagesFor) resource.Action[Deployment] {
	return resource.InStages(resource.Action[Deployment]{
		Key:   func(m *keymap.Map) key.Binding { return m.Table.Undo },
		Verb:  func(Deployment) views.Verb { return resource.VerbRollBack },
		Verbs: []views.Verb{resource.VerbRollBack},
		Refuse: func(d Deployment) error {
			if transitional(d.Deployment) {
				return errors.New("it is on its way to " + d.Desired() + ": u rolls it back once it is there")
			}
			return nil
		},
		Will: func(i deployment, _ time.Time) views.Fact { return rollBackFact(i.Value) },
		Ways: func(ctx context.Context, i deployment, now time.Time) ([]views.Choice, error) {
			return formerWays(ctx, api, i, now)
		},
		Which: "Back to which job?", Chosen: true,
		NoWay:  "no former job ran with another template: e changes it",
		Stages: stages,
	})
}

// rollBackFact says what a change of the template brings about.
func rollBackFact(d Deployment) views.Fact {
	f := views.Fact{Label: "what happens"}
	switch upgrade := strings.ToUpper(d.Spec.UpgradeStrategy.Kind); {
	case d.State() != vvp.Running:
		f.Text = "its template is put back; nothing that runs changes"
	case upgrade == "STATELESS":
		f.Text, f.Tone = "the job is cancelled and starts again: its state is lost", themes.Warn
	case upgrade == vvp.Stateful && restoresNothing(d):
		f.Text, f.Tone = "a savepoint is taken and the job starts again, but empty: its restore strategy is NONE", themes.Warn
	case upgrade == vvp.Stateful:
		f.Text = "a savepoint is taken, and the job starts again from it"
	default:
		f.Text = "the job runs on as it is until it is started again: its upgrade strategy is NONE"
	}
	return f
}

// formerWays are the jobs that ran with another template than the newest, each with
// what differs. A job's specification is the template as it was then, with the defaults
// in it: what two jobs differ in is put back, and nothing else, so that no default
// becomes the deployment's own.
func formerWays(ctx context.Context, api *vvpapi.Client, i deployment, now time.Time) ([]views.Choice, error) {
	jobs, err := jobsOf(ctx, api, i.Scope, i.Value.Metadata.ID)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	current, fact := templateOf(jobs[0]), rollBackFact(i.Value)
	seen := []map[string]any{current}
	var ways []views.Choice
	for _, j := range jobs[1:] {
		former := templateOf(j)
		if len(ways) == mostFormer || containsTemplate(seen, former) {
			continue
		}
		seen = append(seen, former)
		state, _ := jobState(j)
		ways = append(ways, views.Choice{
			How:    url.Values{howNow: {jobs[0].Metadata.ID}, howThen: {j.Metadata.ID}}.Encode(),
			Label:  cells.Join("Job of "+cells.Ago(j.Metadata.Made(), now), state),
			Detail: strings.Join(templateDifferences(current, former), ", ") + "; " + fact.Text, Tone: fact.Tone,
			Loses: fact.Tone == themes.Warn,
		})
	}
	return ways, nil
}

func containsTemplate(all []map[string]any, one map[string]any) bool {
	for _, t := range all {
		if reflect.DeepEqual(t, one) {
			return true
		}
	}
	return false
}

// templateDifferences says what differs, without the values of secrets.
func templateDifferences(now, then map[string]any) []string {
	var lines []string
	for _, e := range diff.Compare(now, then, diff.SecretPath) {
		if e.Kind != diff.Same {
			lines = append(lines, fmt.Sprintf("%s %s → %s", e.Path, orNothing(e.Left), orNothing(e.Right)))
		}
	}
	return lines
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return cells.OneLine(text)
}

// templateMembers are those of a deployment's spec.template.spec; a job has others
// beside them, which say where it began.
var templateMembers = []string{
	"artifact", "parallelism", "numberOfTaskManagers", "resources", "flinkConfiguration", "logging", "kubernetes",
}

// templateOf is the template that a job runs.
func templateOf(j vvp.Job) map[string]any {
	var object struct {
		Spec map[string]any `json:"spec"`
	}
	_ = json.Unmarshal(j.Raw(), &object) // it was read before
	template := map[string]any{}
	for _, name := range templateMembers {
		if value, ok := object.Spec[name]; ok && value != nil {
			template[name] = value
		}
	}
	return template
}

// putBack patches what two jobs differ in.
func (s stages) putBack(i deployment, now, then string) stage {
	patch := func(ctx context.Context, scope string) (any, error) {
		current, err := vvpapi.Get[vvp.Job](ctx, s.api, vvp.Jobs, scope, now)
		if err != nil {
			return nil, err
		}
		former, err := vvpapi.Get[vvp.Job](ctx, s.api, vvp.Jobs, scope, then)
		return mergePatch(templateOf(current), templateOf(former)), err
	}
	return stage{
		Step:  views.Step{Method: "PATCH", Path: deploymentPath(i), Remark: "spec.template of job " + then},
		Label: "put its template back",
		Send: func(ctx context.Context, i deployment) (string, error) {
			change, err := patch(ctx, i.Scope)
			if err != nil {
				return "", err
			}
			return "", vvpapi.Patch(
				ctx, s.api, vvp.Deployments, i.Scope, deploymentHandle(i),
				map[string]any{"spec": map[string]any{"template": map[string]any{"spec": change}}},
			)
		},
		Took: func(ctx context.Context, now deployment) (bool, error) {
			change, err := patch(ctx, now.Scope)
			if err != nil {
				return false, err
			}
			var object struct {
				Spec struct {
					Template struct {
						Spec any `json:"spec"`
					} `json:"template"`
				} `json:"spec"`
			}
			err = json.Unmarshal(now.Value.Raw(), &object)
			return holds(object.Spec.Template.Spec, change), err
		},
		Reached: func(ctx context.Context, now deployment) (resource.Progress, error) {
			return s.reached(ctx, now, now.Value.Desired())
		},
	}
}

// holds tells that a document is as a merge patch would make it.
func holds(doc, patch any) bool {
	changes, isObject := patch.(map[string]any)
	if !isObject {
		return reflect.DeepEqual(doc, patch)
	}
	members, _ := doc.(map[string]any)
	for name, value := range changes {
		is, there := members[name]
		if value == nil && there && is != nil || value != nil && !holds(is, value) {
			return false
		}
	}
	return true
}
