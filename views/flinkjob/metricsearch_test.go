package flinkjob_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drey/ui/uitest/flinktest"
	"drey/views/flinkjob"
	"drey/views/flinkjob/jobdata"
)

// TestAnyMetricIsFoundByItsLetters has 170 names: one is found by letters of it, others by
// words, and what is found is watched.
func TestAnyMetricIsFoundByItsLetters(t *testing.T) {
	const lag = "Source__orders.KafkaSourceReader.KafkaConsumer.records-lag-max"
	names := []map[string]string{{"id": lag}, {"id": "Source__orders.KafkaSourceReader.commitsSucceeded"}}
	for i := range 168 {
		names = append(names, map[string]string{"id": fmt.Sprintf("Shuffle.Netty.Input.Buffers.%d.inPoolUsage", i)})
	}
	list, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	server.Answer = func(path string) (int, string, bool) {
		return 200, string(list), path == "/jobs/"+server.Jobs[0].ID+"/metrics"
	}
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		job.Memory = jobdata.NewMemory()
		s := open(t, flinkjob.New(newEnv(t), job), 140, 40)
		s.pass(3 * time.Second)
		s.press("5")
		s.pass(time.Second)
		if text := s.text(); !strings.Contains(text, "170 metrics") {
			t.Fatalf("the names are not there:\n%s", text)
		}
		filter := func(text string) {
			s.press("/", "ctrl+u")
			for _, r := range text {
				s.press(string(r))
			}
			s.press("enter")
		}
		for typed, want := range map[string]string{"~kcrlm": lag, "lag consumer": lag, "~cmtsucc": "commitsSucceeded"} {
			filter(typed)
			text := s.text()
			if !strings.Contains(text, want) || strings.Contains(text, "inPoolUsage") {
				t.Errorf("%s finds\n%s", typed, text)
			}
		}
		filter("~zzz")
		if text := s.text(); strings.Contains(text, lag) || strings.Contains(text, "inPoolUsage") {
			t.Errorf("what nothing is like finds\n%s", text)
		}
		filter("~kcrlm")
		s.press("enter")
		s.pass(time.Second)
		s.close()
		if watched := job.Memory.WatchedOf(job.ID, ""); len(watched) != 1 || watched[0] != lag {
			t.Errorf("%q are watched", watched)
		}
	})
}
