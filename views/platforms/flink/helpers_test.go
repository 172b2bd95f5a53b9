package flink

import (
	"testing"

	"drey/client/flinkrest"
	"drey/views/platform"
	"drey/views/platforms/flink/history"
	"drey/views/why"
)

type whyEntry = why.Entry

func summaryOf(t *testing.T, f *fleet) flinkrest.JobSummary {
	t.Helper()
	jobs, err := f.Clusters[0].Jobs(t.Context())
	if err != nil || len(jobs) == 0 {
		t.Fatal(jobs, err)
	}
	return jobs[0]
}

func newStore(texts platform.Texts) *history.Store { return &history.Store{Texts: texts} }
