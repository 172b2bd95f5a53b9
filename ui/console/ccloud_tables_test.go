package console

import (
	"slices"
	"strings"
	"testing"

	"drey/client/ccloudapi/ccloudtest"
)

// TestAMaterializedTableIsEvolvedStoppedAndDeleted reads its versions, too, and shows
// no secret of it.
func TestAMaterializedTableIsEvolvedStoppedAndDeleted(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{StoppingPolls: 1, Conflicts: 1})
	d := openCloud(t, s, 140, 44)
	d.WaitForText("fraud-scores")
	d.Press("4")
	d.WaitForText("1 materialized table", "totals", "RUNNING", "it was made")
	d.Press("e")
	d.WaitForText("query: SELECT 1", "check and compare")
	d.Press("alt+/")
	d.Type("query: SELECT 1")
	d.Press("enter", "end", "backspace")
	d.Type("2")
	d.Press("esc")
	d.WaitForText("nothing wrong was found", "it gets a new version", "PUT")
	d.Press("enter")
	d.WaitForText("SELECT 1 → SELECT 2", "What will be sent")
	d.Press("y")
	d.WaitForText("RUNNING", "✓ done")
	d.Press("esc")
	d.WaitForText("totals", "1 materialized table")
	d.Press("enter")
	d.WaitForText(
		"version 2 · runs", "materialized table totals: Column 'n: BIGINT' added", "AS SELECT 2", "version 1",
		"AS SELECT 1",
	)
	d.Press("esc")
	d.WaitForText("1 materialized table")
	d.Press("y")
	d.WaitForText("totals.yaml", "sql.secrets.token: (not shown)", "sql.state-ttl: 1 h")
	if strings.Contains(d.Screen(), ccloudtest.Secret) {
		t.Errorf("a secret is shown:\n%s", d.Screen())
	}
	d.Press("esc")
	d.WaitForText("1 materialized table")
	d.Press("x")
	d.WaitForText("Stop totals", "the table stays")
	d.Press("y")
	d.WaitForText("stopped totals", "STOPPED")
	d.Press("s")
	d.WaitForText("Resume totals")
	d.Press("y")
	d.WaitForText("resumed totals", "RUNNING")
	d.Press("D")
	d.WaitForText("the table and what it holds are lost", "Type totals")
	d.Type("totals")
	d.Press("enter")
	d.WaitForText("deleted totals")
	path := "/sql/v1/organizations/" + ccloudtest.Organization + "/environments/" + ccloudtest.Environment +
		"/databases/" + ccloudtest.Database + "/materialized-tables/totals"
	if want := []string{
		"PUT " + path, "PUT " + path, "PUT " + path, "PUT " + path, "DELETE " + path,
	}; !slices.Equal(s.Changes(), want) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
}
