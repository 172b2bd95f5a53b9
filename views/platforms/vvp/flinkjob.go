package vvp

import (
	"context"
	"errors"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/themes"
	"drey/views"
	"drey/views/flinkjob"
	"drey/views/flinkjob/jobdata"
)

// openDeploymentJob looks into the job that a deployment runs now.
func openDeploymentJob(api *vvpapi.Client, memory *jobdata.Memory) func(*views.Env, deployment) tea.Cmd {
	return func(_ *views.Env, i deployment) tea.Cmd {
		name := deploymentName(i.Value)
		of, runs := runningJob(i)
		if !runs {
			return views.Notice(themes.Warn, name+" is "+i.Value.State()+" and has no job now")
		}
		return openFlinkJob(api, of, name, "", memory)
	}
}

// openRun looks into one run of a deployment.
func openRun(api *vvpapi.Client) func(*views.Env, job) tea.Cmd {
	return func(_ *views.Env, i job) tea.Cmd {
		m := i.Value.Metadata
		if flinkJob(i.Value) == "" {
			return views.Notice(themes.Warn, "job "+m.ID+" was never started by Flink")
		}
		return openFlinkJob(api, flinkJobOf(i.Scope, i.Value), m.ID, flinkJob(i.Value), nil)
	}
}

// openFlinkJob opens the look into a job through the platform. Flink's id of it is
// asked for where it is not known.
func openFlinkJob(api *vvpapi.Client, of vvpapi.FlinkJob, title, id string, memory *jobdata.Memory) tea.Cmd {
	from, err := api.FlinkUI(of)
	if err != nil {
		return views.Notice(themes.Warn, err.Error())
	}
	find := func(ctx context.Context) (string, error) {
		j, err := vvpapi.Get[vvp.Job](ctx, api, vvp.Jobs, of.Namespace, of.Job)
		if err == nil && flinkJob(j) == "" {
			err = errors.New("it was not started by Flink yet")
		}
		if err != nil {
			return "", fmt.Errorf("find the Flink job of %s: %w", title, err)
		}
		return flinkJob(j), nil
	}
	return views.Send(views.OpenMsg{Title: title + " · job", Make: func(env *views.Env) views.View {
		return flinkjob.New(env, flinkjob.Job{ID: id, Name: title, From: from, Find: find, Memory: memory})
	}})
}
