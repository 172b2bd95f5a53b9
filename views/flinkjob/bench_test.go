package flinkjob_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/ui/uitest/flinktest"
	"drey/views"
	"drey/views/flinkjob"
)

// BenchmarkKeyInALargeGraph moves the cursor in a graph of 50 vertices with 200
// subtasks each, all of whose numbers are there, and draws.
func BenchmarkKeyInALargeGraph(b *testing.B) {
	server := flinktest.New(b)
	job := flinktest.Job{ID: "a1", Name: "large", State: "RUNNING"}
	for i := range 50 {
		v := flinktest.Vertex{
			ID: fmt.Sprint("v", i), Name: fmt.Sprint("Operator ", i), Parallelism: 200, Busy: 100, Back: 0, In: 1,
			Out: 1, Watermark: flinktest.Now,
		}
		if i > 0 {
			v.Inputs, v.Ship = []string{fmt.Sprint("v", i-1)}, "HASH"
		}
		job.Vertices = append(job.Vertices, v)
	}
	server.Jobs = []flinktest.Job{job}
	theme, _ := themes.New(themes.Options{Name: "dark"})
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	env := &views.Env{Context: ctx, Theme: theme, Keys: keymap.Default(), Now: time.Now}
	view := flinkjob.New(env, flinkjob.Job{ID: "a1", Name: "large", From: flinkrest.JobManager{
		Transport: &direct{Handler: server},
	}})
	view.SetSize(140, 36)
	var run func(tea.Cmd, int)
	run = func(cmd tea.Cmd, depth int) { // one round, without the pause behind it
		if cmd == nil || depth > 51 {
			return
		}
		switch msg := views.Run(cmd).(type) {
		case tea.BatchMsg:
			next := msg[0] // the job, then the graph
			if depth > 0 {
				next = msg[len(msg)-1]
			}
			run(next, depth+1)
		case views.Answer:
			if view.Accept(msg) {
				run(view.Update(msg.Msg), depth+1)
			}
		}
	}
	run(view.Init(), 0)
	keys := []tea.KeyMsg{keymap.Message("right"), keymap.Message("j")}
	b.ReportAllocs()
	for i := range b.N {
		_ = view.Update(keys[i%2])
		_ = view.View()
	}
	b.StopTimer()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-live")
	view.Close()
}
