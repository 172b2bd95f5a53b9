package actions

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// TestOneThatNoSavepointCanBeTakenOfStartsFromTheSameInEachDialog of suspending it,
// changing it and rolling it back.
func TestOneThatNoSavepointCanBeTakenOfStartsFromTheSameInEachDialog(t *testing.T) {
	var a cmf.FlinkApplication
	if err := a.UnmarshalJSON([]byte(`{"metadata":{"name":"payments"},
		"spec":{"job":{"state":"running","upgradeMode":"savepoint"}},
		"status":{"lifecycleState":"FAILED","jobStatus":{"state":"FAILED",
			"savepointInfo":{"lastSavepoint":{"timeStamp":1772614800000,"name":"an-old-one"}}}}}`)); err != nil {
		t.Fatal(err)
	}
	i := objects.App{Value: a, Location: &resource.Location{Scope: "prod"}}
	const first = "its job is FAILED: no savepoint can be taken"
	const from = "its last checkpoint or, without one, what it was started from"
	for what, text := range map[string]string{
		"suspend": suspendFact(i, time.Now()).Text, "roll back": rollBackFact(a).Text,
	} {
		if !strings.HasPrefix(text, first) || !strings.HasSuffix(text, from) {
			t.Errorf("%s says %q, want %q … %q", what, text, first, from)
		}
	}
	if about := aboutUpgrade(i, time.Now())[0].Text; strings.Contains(about, "savepoint") {
		t.Errorf("to upgrade: %q", about)
	}
}
