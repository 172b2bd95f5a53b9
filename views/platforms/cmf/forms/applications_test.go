package forms

import (
	"fmt"
	"testing"

	"drey/views/diff"
	"drey/views/edit"
)

// TestAnEditThatLosesStateIsOneThatAsksForTheName of jobs that run, failed, are suspended
// and never were.
func TestAnEditThatLosesStateIsOneThatAsksForTheName(t *testing.T) {
	for _, c := range []struct {
		former, mode, was, is, job string
		loses                      bool
	}{
		{"savepoint", "stateless", "running", "running", "RUNNING", true},
		{"stateless", "stateless", "running", "running", "RUNNING", true},
		{"savepoint", "stateless", "running", "running", "FAILED", true},
		{"last-state", "stateless", "suspended", "running", "FINISHED", true},
		{"savepoint", "stateless", "suspended", "suspended", "FINISHED", false},
		{"stateless", "stateless", "suspended", "running", "FINISHED", false},
		{"savepoint", "stateless", "running", "running", "", false},
		{"savepoint", "savepoint", "running", "running", "RUNNING", false},
	} {
		spec := `{"metadata":{"name":"x"},"spec":{"job":{"upgradeMode":%q,"state":%q,"parallelism":%d}}%s}`
		raw := fmt.Sprintf(spec, c.former, c.was, 1, fmt.Sprintf(`,"status":{"jobStatus":{"state":%q}}`, c.job))
		live, err := diff.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		merged, err := diff.Parse([]byte(fmt.Sprintf(spec, c.mode, c.is, 2, "")))
		if err != nil {
			t.Fatal(err)
		}
		change := edit.Change{Live: live, Raw: []byte(raw), Mine: merged, Merged: merged}
		if got := applicationLoses(change); got != c.loses {
			t.Errorf("%+v: %v, and says %q", c, got, applicationWill(change).Text)
		}
	}
}

// TestAnEditOfAJobThatDoesNotRunSaysWhatItStartsFrom: no savepoint can be taken of it.
func TestAnEditOfAJobThatDoesNotRunSaysWhatItStartsFrom(t *testing.T) {
	for _, job := range []string{"FAILED", "RECONCILING"} {
		spec := `{"metadata":{"name":"x"},"spec":{"job":{"upgradeMode":"savepoint","parallelism":%d}}%s}`
		raw := fmt.Sprintf(spec, 1, fmt.Sprintf(`,"status":{"jobStatus":{"state":%q}}`, job))
		live, err := diff.Parse([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		merged, err := diff.Parse([]byte(fmt.Sprintf(spec, 2, "")))
		if err != nil {
			t.Fatal(err)
		}
		got := applicationWill(edit.Change{Live: live, Raw: []byte(raw), Mine: merged, Merged: merged}).Text
		want := "its job is " + job + ": no savepoint can be taken; it is deployed anew, from " +
			"its last checkpoint or, without one, what it was started from"
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
