package cmf

import (
	"context"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/flinkjob"
	"drey/views/flinkjob/jobdata"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// openJob looks into the Flink job of an object, through the server. The job is
// found anew with each look: an application that was upgraded runs another one.
// id gives it where the object says; "" where it does not. state is a word for an
// object that has no job now, "" for one that may have one.
func openJob[T any](
	api *cmfapi.Client, kind cmf.Kind, memory *jobdata.Memory, name, id, state func(T) string,
) func(*views.Env, resource.Item[T]) tea.Cmd {
	return func(_ *views.Env, i resource.Item[T]) tea.Cmd {
		scope, of := objects.ScopeOf(i.Location), name(i.Value)
		if word := state(i.Value); word != "" {
			return views.Notice(themes.Warn, of+" is "+word+" and has no job now")
		}
		from := cmfapi.FlinkWeb(api, kind, scope, of)
		find := func(ctx context.Context) (string, error) {
			now, err := cmfapi.Get[T](ctx, api, kind, scope, of)
			if err != nil {
				return "", err
			}
			if id := id(now); id != "" {
				return id, nil
			}
			return onlyJob(ctx, from, of)
		}
		return views.Send(views.OpenMsg{Title: of + " · job", Make: func(env *views.Env) views.View {
			return flinkjob.New(env, flinkjob.Job{ID: id(i.Value), Name: of, From: from, Find: find, Memory: memory})
		}})
	}
}

// onlyJob is the job of a statement, which its object does not name: the one that
// is called as it is, else the one that runs, else the newest. Statements on one
// pool may share a cluster.
func onlyJob(ctx context.Context, from flinkrest.JobManager, name string) (string, error) {
	jobs, err := from.Jobs(ctx)
	if err != nil {
		return "", err
	}
	best := -1
	better := func(a, b flinkrest.JobSummary) bool {
		if (a.Name == name) != (b.Name == name) {
			return a.Name == name
		}
		if (a.End <= 0) != (b.End <= 0) {
			return a.End <= 0
		}
		return a.Start > b.Start
	}
	for n, j := range jobs {
		if best < 0 || better(j, jobs[best]) {
			best = n
		}
	}
	if best < 0 {
		return "", fmt.Errorf("%s has no job: it never ran, or Flink has forgotten it", name)
	}
	return jobs[best].ID, nil
}

// jobless is the state of a statement that has ended: its cluster is gone.
func jobless(s cmf.Statement) string {
	word, phase := cmfapi.StatementPhase(s)
	if phase.Ended() {
		return word
	}
	return ""
}

// joblessApplication is the state of an application whose cluster was given up.
func joblessApplication(a cmf.FlinkApplication) string {
	if a.LifecycleState() == cmf.LifecycleSuspended {
		return a.LifecycleState()
	}
	return ""
}
