package flinkjob_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"drey/ui/uitest/flinktest"
	"drey/views"
	"drey/views/clean"
	"drey/views/flinkjob"
)

// viewSizes are those of a terminal without the console's own lines.
var viewSizes = [][2]int{{80, 22}, {140, 36}, {220, 46}}

// situation is how a job and its cluster are while a view of it is drawn.
type situation struct {
	name   string // "" for a job that is well
	before func(*flinktest.Server)
	after  func(*flinktest.Server) // once the view has been seen for a while; nil for nothing
}

var situations = []situation{
	{name: "", before: func(*flinktest.Server) {}},
	{name: "empty", before: func(s *flinktest.Server) {
		s.Jobs[0].Vertices, s.Jobs[0].Exceptions, s.Log = nil, "", ""
		s.Answer = func(path string) (int, string, bool) {
			switch {
			case strings.Contains(path, "/checkpoints"):
				return 404, `{"errors":["org.apache.flink.runtime.rest.handler.RestHandlerException: ` +
					`Checkpointing has not been enabled.\n\tat x"]}`, true
			case strings.HasSuffix(path, "/metrics"):
				return 200, `[]`, true
			case path == "/taskmanagers":
				return 200, `{"taskmanagers":[]}`, true
			}
			return 0, "", false
		}
	}},
	{name: "failing", before: func(s *flinktest.Server) {
		job := "/jobs/" + s.Jobs[0].ID
		s.Answer = func(path string) (int, string, bool) {
			return 503, `{"errors":["Service temporarily unavailable due to an ongoing leader election. ` +
				`Please refresh."]}`, path != job
		}
	}},
	{name: "ended", before: func(*flinktest.Server) {}, after: func(s *flinktest.Server) {
		s.Jobs[0].State, s.Jobs[0].Ended = "CANCELED", true
	}},
}

// opened are the paths that what is opened from a section asks for.
var opened = map[string]string{
	"vertex": "/vertices/v3", "checkpoint": "/checkpoints/details", "threads": "/thread-dump",
	"task-manager": "/taskmanagers/tm-1", "log": "/logs",
}

// refusing is a cluster that refuses what is asked below a path.
func refusing(path string) situation {
	return situation{name: "failing", before: func(s *flinktest.Server) {
		s.Answer = func(asked string) (int, string, bool) {
			return 503, `{"errors":["Service temporarily unavailable due to an ongoing leader election. ` +
				`Please refresh."]}`, strings.Contains(asked, path)
		}
	}}
}

// drawn is a view of a job after keys, in a situation. Each key waits for what the one
// before asked; a key that opens another view goes on in that.
func drawn(t *testing.T, now situation, width, height int, keys ...string) string {
	t.Helper()
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	now.before(server)
	var text string
	synctest.Test(t, func(t *testing.T) {
		_, job := look(t, server)
		env := newEnv(t)
		s := open(t, flinkjob.New(env, job), width, height)
		open := []*screen{s}
		s.pass(3 * time.Second)
		for _, key := range keys {
			s.last = nil
			s.press(key)
			s.pass(3 * time.Second)
			if of, ok := s.last.(views.OpenMsg); ok {
				s = openView(t, of.Make(env), width, height)
				open = append(open, s)
				s.pass(3 * time.Second)
			}
		}
		s.pass(10 * time.Second)
		if now.after != nil {
			server.Change(now.after)
			s.pass(20 * time.Second)
		}
		text = s.text()
		for _, s := range open {
			s.close()
		}
	})
	return text
}

func openView(t *testing.T, view views.View, width, height int) *screen {
	return open(t, view, width, height)
}

// TestEveryViewOfAJob draws each section in each situation, and what is opened from
// them, at three sizes. The sections are those that the view has: none is left out.
func TestEveryViewOfAJob(t *testing.T) {
	server := flinktest.New(t)
	server.Jobs = []flinktest.Job{orders()}
	_, job := look(t, server)
	view := flinkjob.New(newEnv(t), job)
	var drawnNames []string
	for i, section := range view.Commands() {
		for _, now := range situations {
			name := strings.TrimRight(section.Text+"-"+now.name, "-")
			drawnNames = append(drawnNames, name)
			inEverySize(t, name, now, fmt.Sprint(i+1))
		}
	}
	for name, keys := range map[string][]string{
		"vertex":       {"right", "enter"},
		"vertex-ended": {"right", "enter"},
		"watched":      {"right", "enter", "5", "enter", "1"},
		"series":       {"5", "right", "enter", "2", "5"},
		"checkpoint":   {"3", "enter"},
		"trace":        {"4", "shift+down"},
		"task-manager": {"6", "enter"},
		"threads":      {"6", "d"},
		"log":          {"7", "enter"},
	} {
		drawnNames = append(drawnNames, name)
		now := situations[0]
		if strings.HasSuffix(name, "-ended") {
			now = situations[len(situations)-1]
		}
		inEverySize(t, name, now, keys...)
		if path := opened[name]; path != "" {
			drawnNames = append(drawnNames, name+"-failing")
			inEverySize(t, name+"-failing", refusing(path), keys...)
		}
	}
	if len(view.Commands()) != 7 {
		t.Errorf("%d sections: say here which are new", len(view.Commands()))
	}
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".golden")
		if i := strings.LastIndexByte(name, '-'); i < 0 || !slices.Contains(drawnNames, name[:i]) {
			t.Errorf("%s is drawn by nothing", f)
		}
	}
}

func inEverySize(t *testing.T, name string, now situation, keys ...string) {
	for _, size := range viewSizes {
		t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
			text := drawn(t, now, size[0], size[1], keys...)
			golden(t, fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), text)
			if strings.ContainsRune(text, '\x1b') {
				t.Error("a name reached the terminal uncleaned")
			}
			lines := strings.Split(text, "\n")
			if len(lines) > size[1] {
				t.Errorf("%d lines, there is room for %d", len(lines), size[1])
			}
			for _, line := range lines {
				if clean.Width(line) > size[0] {
					t.Errorf("a line of %d cells: %q", clean.Width(line), line)
				}
			}
		})
	}
}
