package flinkup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func options(t *testing.T) Options {
	return Options{Cache: t.TempDir(), State: t.TempDir()}
}

func TestUpSaysWhatToInstall(t *testing.T) {
	t.Setenv("JAVA_HOME", "")
	t.Setenv("PATH", t.TempDir())
	if _, err := Up(t.Context(), options(t)); !errors.Is(err, ErrJava) {
		t.Errorf("without java: got %v, want ErrJava", err)
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	program(t, bin, "java", `echo 'openjdk version "11.0.2" 2019-01-15' >&2`)
	if _, err := Up(t.Context(), options(t)); err == nil || !strings.Contains(err.Error(), "is version 11") {
		t.Errorf("with Java 11: got %v, want a sentence on 17", err)
	}
	program(t, bin, "java", `echo 'openjdk version "17.0.15" 2025-04-15' >&2`)
	if _, err := Up(t.Context(), options(t)); !errors.Is(err, ErrMaven) {
		t.Errorf("without mvn: got %v, want ErrMaven", err)
	}
	program(t, bin, "mvn", `echo '[ERROR] Could not resolve flink-runtime:2.2.1'; exit 1`)
	if _, err := Up(t.Context(), options(t)); err == nil ||
		!strings.Contains(err.Error(), "Could not resolve flink-runtime") {
		t.Errorf("with a failing mvn: got %v, want Maven's own words", err)
	}
}

func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestDownEndsOnlyWhatUpStarted has a state file that names a process of
// somebody else: this test's own.
func TestDownEndsOnlyWhatUpStarted(t *testing.T) {
	o := options(t)
	s := State{Version: Version, Processes: []Process{{
		Name: "jobmanager", PID: os.Getpid(), Log: "/nowhere/jobmanager.log",
	}}}
	if err := o.write(s); err != nil {
		t.Fatal(err)
	}
	if s.alive() != 0 {
		t.Error("another process counts as ours")
	}
	if err := Down(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if _, err := Status(o); !errors.Is(err, ErrDown) {
		t.Errorf("after down: got %v, want ErrDown", err)
	}
	if err := Down(t.Context(), o); !errors.Is(err, ErrDown) {
		t.Errorf("down again: got %v, want ErrDown", err)
	}
}

// TestDownLeavesLogsAndSavepoints has files in each folder of a Flink.
func TestDownLeavesLogsAndSavepoints(t *testing.T) {
	o := options(t)
	if err := o.write(State{Version: Version}); err != nil {
		t.Fatal(err)
	}
	for _, dir := range workFolders {
		if err := os.MkdirAll(filepath.Join(o.State, dir, "a"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(o.State, dir, "a", "file"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Down(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, dir := range workFolders {
		_, err := os.Stat(filepath.Join(o.State, dir, "a", "file"))
		if stays := dir == "log" || dir == "savepoints"; stays != (err == nil) {
			t.Errorf("%s after down: %v", dir, err)
		}
	}
}

func TestFlinkFitsTheMachine(t *testing.T) {
	small, usual, large := sized(4000, 2), sized(16000, 4), sized(64000, 16)
	if small.TaskHeap >= usual.TaskHeap || usual.TaskHeap >= large.TaskHeap || usual != sized(0, 4) {
		t.Errorf("got %+v, %+v, %+v; want them to grow with the memory", small, usual, large)
	}
	config, err := render("files/config.yaml", struct {
		size
		Work              string
		RESTPort, RPCPort int
	}{usual, "/w", 1234, 5678})
	if err != nil || !strings.Contains(string(config), "rest.port: 1234\n") ||
		!strings.Contains(string(config), "task.heap.size: 640m\n") {
		t.Errorf("got %v\n%s", err, config)
	}
}

func TestThePomPinsEveryArtifact(t *testing.T) {
	pom, err := render("files/pom.xml", map[string]any{"Artifacts": artifacts(Version)})
	if err != nil || !strings.Contains(
		string(pom), "<artifactId>flink-sql-gateway</artifactId><version>2.2.1</version>",
	) ||
		strings.Count(string(pom), "<version>") != len(artifacts(Version))+1 {
		t.Errorf("got %v\n%s", err, pom)
	}
}

// TestSettingsAreThoseThatFlinkStartsWith: each has one line, whatever it holds.
func TestSettingsAreThoseThatFlinkStartsWith(t *testing.T) {
	got, err := withSettings([]byte("rest.port: 1\nparallelism.default: 1\n"), map[string]string{
		"parallelism.default": "2", "jobmanager.scheduler": "adaptive", "a.b": "it's: #1",
	})
	want := "rest.port: 1\nparallelism.default: '2'\na.b: 'it''s: #1'\njobmanager.scheduler: 'adaptive'\n"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for name, settings := range map[string]map[string]string{
		"no name": {"parallelism": "2"}, "two lines": {"a.b": "1\nrest.port: 2"},
	} {
		if got, err := withSettings(nil, settings); err == nil {
			t.Errorf("%s: became %q", name, got)
		}
	}
}
