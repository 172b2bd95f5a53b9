package vvp

import (
	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/views"
)

// deploymentPages are the pages of a deployment for a web browser: the platform's own,
// and Flink's of the job that runs, where the context says where Flink is.
func deploymentPages(api *vvpapi.Client, i deployment) []views.Fact {
	d := i.Value
	var pages []views.Fact
	if d.Metadata.ID != "" {
		pages = append(pages, views.Fact{Label: "web page", Text: api.DeploymentPage(i.Scope, d.Metadata.ID)})
	}
	return append(pages, runningPages(api, i)...)
}

// runningPages is Flink's page of the job that a deployment runs now.
func runningPages(api *vvpapi.Client, i deployment) []views.Fact {
	of, runs := runningJob(i)
	if !runs {
		return nil
	}
	return flinkPage(api.FlinkPage(of, ""))
}

// jobPages are the pages of one run of a deployment.
func jobPages(api *vvpapi.Client, i job) []views.Fact {
	if i.Value.Metadata.ID == "" || flinkJob(i.Value) == "" {
		return nil
	}
	return flinkPage(api.FlinkPage(flinkJobOf(i.Scope, i.Value), flinkJob(i.Value)))
}

func flinkPage(address string) []views.Fact {
	if address == "" {
		return nil
	}
	return []views.Fact{{Label: "Flink page", Text: address}}
}

// runningJob is the job that a deployment runs now.
func runningJob(i deployment) (of vvpapi.FlinkJob, runs bool) {
	d := i.Value
	if d.Status.Running == nil || d.Status.Running.JobID == "" {
		return of, false
	}
	return vvpapi.FlinkJob{
		Namespace: i.Scope, Deployment: deploymentName(d), DeploymentID: d.Metadata.ID, Job: d.Status.Running.JobID,
	}, true
}

// flinkJobOf is a run of a deployment, as Flink is asked about it.
func flinkJobOf(namespace string, j vvp.Job) vvpapi.FlinkJob {
	m := j.Metadata
	return vvpapi.FlinkJob{Namespace: namespace, Deployment: m.DeploymentName, DeploymentID: m.DeploymentID, Job: m.ID}
}
