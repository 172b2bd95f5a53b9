package report

import (
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/views/diff"
)

// TestAChangeNamesTheSavepointThatIsStartedFrom where it is one of the application, and
// else the beginning of its UID.
func TestAChangeNamesTheSavepointThatIsStartedFrom(t *testing.T) {
	own := []cmf.Savepoint{{Metadata: cmf.Metadata{
		Name: "orders-upgrade", UID: "0123456789abcdef", CreationTimestamp: "2026-03-04T14:02:00Z",
	}}}
	for uid, want := range map[string]string{
		"0123456789abcdef": "starts from savepoint orders-upgrade of 2026-03-04 14:02:00",
		"fedcba9876543210": "starts from savepoint fedcba98",
	} {
		before, _ := diff.Parse([]byte(`{"job":{"parallelism":2}}`))
		after, _ := diff.Parse([]byte(`{"job":{"parallelism":3,"startFromSavepoint":{"uid":"` + uid + `"}}}`))
		text := changeText(diff.Compare(before, after, nil), own)
		if !strings.Contains(text, want) || !strings.Contains(text, "job.parallelism 2 → 3") {
			t.Errorf("got %q, want %q in it", text, want)
		}
	}
}
