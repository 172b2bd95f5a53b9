package flink

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/themes"
	"drey/views/cells"
	"drey/views/flinkjob/jobdata"
	"drey/views/platforms/flink/history"
	"drey/views/why"
)

// openWhy shows what happened to a job on one time axis.
func openWhy(f *fleet, j Job) tea.Cmd {
	return why.Open(j.Name+" · why", func(ctx context.Context) (why.Report, error) { return whyJob(ctx, f, j) })
}

// whyJob reads the job, its exceptions, its checkpoints and what was asked of it.
func whyJob(ctx context.Context, f *fleet, j Job) (why.Report, error) {
	var r why.Report
	c, err := f.Named(j.Cluster)
	if err != nil {
		return r, err
	}
	job, err := c.Job(ctx, j.ID)
	if err != nil {
		return r, err
	}
	r.State, r.Tone = jobdata.StateOf(job.State)
	r.Since = job.Changed()
	for state, ms := range job.Timestamps {
		if ms > 0 {
			_, tone := jobdata.StateOf(state)
			r.Entries = append(r.Entries, why.Entry{At: flinkrest.Millis(ms), Tone: tone, Word: "state", Text: state})
		}
	}
	exceptions, err := c.Exceptions(ctx, j.ID)
	if err != nil {
		r.Missing = append(r.Missing, "exceptions: "+err.Error())
	}
	for _, e := range exceptions {
		r.Entries = append(r.Entries, why.Entry{
			At: flinkrest.Millis(e.Timestamp), Tone: themes.Bad, Word: "exception", Text: why.Cause(jobdata.RootOf(e)),
			Trace: jobdata.RootOf(e),
		})
	}
	if len(exceptions) > 0 && (r.Tone == themes.Bad || r.Tone == themes.Warn) {
		r.Cause = why.Cause(jobdata.RootOf(exceptions[0]))
	}
	checkpoints, err := c.Checkpoints(ctx, j.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		r.Missing = append(r.Missing, "checkpoints: "+err.Error())
	}
	r.Entries = append(r.Entries, checkpointEntries(checkpoints)...)
	for _, t := range f.store.LookAgain(ctx, c.Name, c.JobManager, j.ID) {
		r.Entries = append(r.Entries, triggerEntry(t))
	}
	return r, nil
}

// checkpointEntries are the failures, the newest one that worked, and what the job
// began from.
func checkpointEntries(c flinkrest.Checkpoints) []why.Entry {
	var all []why.Entry
	for _, p := range c.History {
		if p.Status == "FAILED" {
			all = append(all, why.Entry{
				At: flinkrest.Millis(p.Triggered), Tone: themes.Bad, Word: "checkpoint",
				Text: fmt.Sprintf("%d failed: %s", p.ID, why.Cause(p.Message)),
			})
		}
	}
	if p := c.Latest.Completed; p != nil {
		all = append(all, why.Entry{
			At: flinkrest.Millis(p.Triggered), Tone: themes.Good, Word: "checkpoint",
			Text: fmt.Sprintf("%d completed, %s, the newest", p.ID, cells.Size(p.Size)),
		})
	}
	if p := c.Latest.Restored; p != nil {
		all = append(all, why.Entry{At: flinkrest.Millis(p.At), Tone: themes.Busy, Word: "restored", Text: p.Path})
	}
	return all
}

func triggerEntry(t history.Trigger) why.Entry {
	e := why.Entry{At: t.At, Tone: themes.Busy, Word: t.Kind, Text: "was asked for from here, and goes on"}
	switch {
	case t.Failure != "":
		e.Tone, e.Text = themes.Bad, "failed: "+t.Failure
	case t.Done:
		e.Tone, e.Text = themes.Good, t.Location
	}
	if e.At.IsZero() {
		e.At = time.Unix(0, 0)
	}
	return e
}
