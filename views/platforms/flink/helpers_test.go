package flink

import (
	"testing"

	"drey/client/flinkrest"
	"drey/ui/uitest/flinktest"
	"drey/views/flinkjob/jobdata"
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

// withoutPace has ticks that come faster than Flink fetches metrics ask for them.
func withoutPace(f *fleet) {
	for _, c := range f.Clusters {
		c.Transport.(*flinkrest.Paced).SetEvery(0)
	}
}

// TestTheListAndTheLookIntoAJobShareTheirMetrics asks for those of one job twice.
func TestTheListAndTheLookIntoAJobShareTheirMetrics(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{running()}
	f := fleetOf(t, nil, server.URL)
	if _, _, err := newJobsOf(f).Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	of := flinkrest.OfJob(server.Jobs[0].ID)
	line := "GET " + string(of) + "/metrics"
	before := server.Count(line)
	from, _ := jobdata.NewMemory().Paced(f.Clusters[0].JobManager)
	if values, err := from.Metrics(t.Context(), of, jobMetrics...); err != nil || values["numRestarts"] != 2 {
		t.Errorf("got %v, %v", values, err)
	}
	if n := server.Count(line); n != before || n == 0 {
		t.Errorf("they were asked for %d times, and then %d", before, n)
	}
}
