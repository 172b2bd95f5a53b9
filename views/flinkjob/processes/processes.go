// Package processes shows one process of Flink: a task manager's slots and memory, and the
// threads of either.
package processes

import (
	"context"
	"fmt"
	"strings"

	"drey/client/flinkrest"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
	"drey/views/flinkjob/jobdata"
)

// MemoryFacts are what a task manager's process needs, from an answer of its own.
func MemoryFacts(t flinkrest.TaskManager) []views.Fact {
	m := t.Metrics
	if m == nil {
		return nil
	}
	heap := views.Fact{Label: "heap", Text: jobdata.Size(m.HeapUsed) + " of " + jobdata.Size(m.HeapMax)}
	if m.HeapMax > 0 && float64(m.HeapUsed) > 0.9*float64(m.HeapMax) {
		heap.Tone = themes.Warn
	}
	facts := []views.Fact{heap, {
		Label: "off heap",
		Text: "direct " + jobdata.Size(m.DirectUsed) + ", mapped " + jobdata.Size(m.MappedUsed) + ", other " +
			jobdata.Size(m.NonHeapUsed),
	}}
	facts = append(facts, views.Fact{
		Label: "network", Text: jobdata.Size(m.NettyUsed) + " of " + jobdata.Size(m.NettyTotal),
	})
	var gc []string
	for _, c := range m.Collections {
		gc = append(gc, fmt.Sprintf("%s %d times, %s", jobdata.OneLine(c.Name), c.Count, jobdata.Took(c.Time)))
	}
	return append(facts, views.Fact{Label: "GC", Text: strings.Join(gc, " · ")})
}

// NewTaskManager shows one task manager: its slots and whose jobs are in them, its
// memory, its collections.
func NewTaskManager(env *views.Env, from flinkrest.JobManager, id string) views.View {
	return detail.New(env, id, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		var d detail.Document
		tm, err := from.TaskManager(ctx, id)
		if err != nil {
			return d, err
		}
		jobs, _ := from.Jobs(ctx) // without their names, ids do
		names := map[string]string{}
		for _, j := range jobs {
			names[j.ID] = j.Name
		}
		d.Fact(t, views.Fact{Label: "address", Text: tm.Path})
		d.Fact(t, views.Fact{Label: "slots", Text: fmt.Sprintf("%d of %d are free", tm.Free, tm.Slots)})
		for job, n := range slotsByJob(tm) {
			d.Fact(t, views.Fact{Label: "", Text: fmt.Sprintf("%d of %s", n, strings.TrimSpace(
				names[job]+" "+jobdata.Short(job),
			))})
		}
		for _, f := range MemoryFacts(tm) {
			d.Fact(t, f)
		}
		d.Fact(t, views.Fact{
			Label: "managed",
			Text: jobdata.Size((tm.Total.Managed-tm.Unused.Managed)<<20) + " given to slots, of " +
				jobdata.Size(tm.Total.Managed<<20),
		})
		d.Fact(t, views.Fact{Label: "machine", Text: fmt.Sprintf(
			"%d cores, %s of memory", tm.Hardware.CPU, jobdata.Size(tm.Hardware.Physical),
		)})
		return d, nil
	})
}

// slotsByJob counts slots in the order of the jobs.
func slotsByJob(tm flinkrest.TaskManager) func(func(string, int) bool) {
	return func(yield func(string, int) bool) {
		counts := map[string]int{}
		var order []string
		for _, s := range tm.Allocated {
			if counts[s.Job] == 0 {
				order = append(order, s.Job)
			}
			counts[s.Job]++
		}
		for _, job := range order {
			if !yield(job, counts[job]) {
				return
			}
		}
	}
}

// NewThreads shows the threads of a task manager, or of the JobManager for "".
func NewThreads(env *views.Env, from flinkrest.JobManager, taskManager string) views.View {
	title := "threads of " + taskManager
	if taskManager == "" {
		title = "threads of the JobManager"
	}
	return detail.NewFixed(env, title, func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
		var d detail.Document
		threads, err := from.Threads(ctx, taskManager)
		for _, thread := range threads {
			first, rest, _ := strings.Cut(strings.TrimRight(thread.Stack, "\n"), "\n")
			d.Text(t.Strong, first)
			if rest != "" {
				d.Text(t.Dim, strings.ReplaceAll(rest, "\t", "  "))
			}
		}
		return d, err
	})
}
