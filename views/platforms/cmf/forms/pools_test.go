package forms

import (
	"strings"
	"testing"

	"drey/views/edit"
)

// TestANewPoolChangesNothingThatRuns: what happens speaks of what is made.
func TestANewPoolChangesNothingThatRuns(t *testing.T) {
	for kind, want := range map[string]string{
		"DEDICATED": "it is stored", "SHARED": "its cluster is deployed",
	} {
		doc := map[string]any{"spec": map[string]any{"type": kind}}
		f := poolWill(edit.Change{New: true, Live: map[string]any{}, Mine: doc, Merged: doc})
		if !strings.HasPrefix(f.Text, want) || strings.Contains(f.Text, "from now on") {
			t.Errorf("%s: %q", kind, f.Text)
		}
	}
}
