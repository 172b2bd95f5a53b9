package demo

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server"
)

// TestAStillDemoShowsTheJobsOfItsApplications looks into each that runs: its records flow on
// undiminished, its checkpoint is the one that the application tells, and an hour later all
// of it is as it was, but for what is so far behind the clock.
func TestAStillDemoShowsTheJobsOfItsApplications(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s, err := server.Open(t.Context(), server.Config{
		Throwaway: true, Listen: "127.0.0.1:0", Data: t.TempDir(), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := Seed(t.Context(), s, Options{Still: true}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int64{}
	looks := 0
	for range 2 {
		for _, env := range []string{"prod", "staging", "development"} {
			for _, a := range get[cmf.Page[cmf.FlinkApplication]](t, s, "/environments/"+env+"/applications?size=100").Items {
				if a.JobState() != cmf.JobRunning {
					continue
				}
				looks++
				at := "/environments/" + env + "/applications/" + a.Name()
				ui := at + "/flink-web-ui"
				jobs := get[struct{ Jobs []struct{ ID, Status string } }](t, s, ui+"/jobs")
				job := get[flinkrest.Job](t, s, ui+"/jobs/"+jobs.Jobs[0].ID)
				if jobs.Jobs[0].Status != cmf.JobRunning || job.State != cmf.JobRunning || len(job.Vertices) < 2 {
					t.Fatalf("%s: %+v, %s", a.Name(), jobs, job.State)
				}
				for i := 1; i < len(job.Vertices); i++ {
					out, in := job.Vertices[i-1].IO.WriteRecords, job.Vertices[i].IO.ReadRecords
					if out != in || in == 0 {
						t.Errorf("%s: %d records go out of one vertex, %d into the next", a.Name(), out, in)
					}
				}
				records := job.Vertices[0].IO.WriteRecords
				if was, known := seen[at]; known && was != records {
					t.Errorf("%s: %d records, and an hour later %d", a.Name(), was, records)
				}
				seen[at] = records
				checkpointsAgree(t, s, at, jobs.Jobs[0].ID)
			}
		}
		now = now.Add(time.Hour)
	}
	if looks < 10 {
		t.Errorf("%d jobs were looked into", looks)
	}
}

// checkpointsAgree compares what an application tells of its last checkpoint with what its
// job does.
func checkpointsAgree(t *testing.T, s *server.Server, at, job string) {
	t.Helper()
	type entry struct {
		ExternalPath string `json:"external_path"`
		Location     string
	}
	stated := get[struct {
		Status struct {
			JobStatus struct {
				CheckpointInfo struct{ LastCheckpoint *entry }
			}
		}
	}](t, s, at).Status.JobStatus.CheckpointInfo.LastCheckpoint
	shown := get[struct {
		Latest struct{ Completed *entry }
	}](t, s, at+"/flink-web-ui/jobs/"+job+"/checkpoints").Latest.Completed
	if (stated == nil) != (shown == nil) ||
		stated != nil && !strings.HasSuffix(stated.Location, shown.ExternalPath) && stated.Location != shown.ExternalPath {
		t.Errorf("%s tells the checkpoint %+v, its job %+v", at, stated, shown)
	}
}
