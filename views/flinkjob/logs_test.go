package flinkjob_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drey/client/flinkrest"
	"drey/ui/uitest/flinktest"
	"drey/views/flinkjob/logview"
)

// TestALogIsFollowed shows the end, reads the file again only when it grew, and
// stays where it is read.
func TestALogIsFollowed(t *testing.T) {
	server := flinktest.New(t)
	var lines []string
	for i := range 100 {
		lines = append(lines, fmt.Sprintf("2026-11-29 18:19:%02d,000 INFO  line %d", i%60, i))
	}
	server.Log = strings.Join(lines, "\n") + "\n"
	synctest.Test(t, func(t *testing.T) {
		s := open(t, logview.New(newEnv(t), flinkrest.JobManager{Transport: &direct{Handler: server}}, "tm-1"), 100, 20)
		s.pass(time.Second)
		if text := s.text(); !strings.Contains(text, "line 99") {
			t.Fatalf("the end is not seen:\n%s", text)
		}
		s.pass(30 * time.Second)
		if n := server.Count("GET /taskmanagers/tm-1/logs/taskmanager.log"); n != 1 {
			t.Errorf("the file was read %d times, and never grew", n)
		}
		server.Change(func(f *flinktest.Server) { f.Log += "2026-11-29 18:21:00,000 ERROR line 100\x1b[31m\n" })
		s.pass(10 * time.Second)
		if text := s.text(); !strings.Contains(text, "line 100") {
			t.Errorf("what was added is not seen:\n%s", text)
		}
		s.press("k", "k")
		server.Change(func(f *flinktest.Server) { f.Log += strings.Repeat("more\n", 50) })
		before := s.text()
		s.pass(10 * time.Second)
		if after := s.text(); !strings.Contains(after, "line 98") || strings.Contains(after, "more") {
			t.Errorf("what was read moved, from\n%s\nto\n%s", before, after)
		}
		s.press("f")
		if text := s.text(); !strings.Contains(text, "more") || !strings.Contains(text, "follows") {
			t.Errorf("f does not follow the end again:\n%s", text)
		}
		s.press("/", "l", "i", "n", "e", " ", "4", "2", "enter")
		if text := s.text(); !strings.Contains(text, "line 42") {
			t.Errorf("the search found nothing:\n%s", text)
		}
		s.close()
	})
}
