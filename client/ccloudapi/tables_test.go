package ccloudapi_test

import (
	"strings"
	"testing"

	"drey/client/ccloudapi/ccloudtest"
	"drey/client/fault"
)

// TestAMaterializedTableIsChangedAndHasVersions meets somebody else's changes.
func TestAMaterializedTableIsChangedAndHasVersions(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{Conflicts: 2})
	api := open(t, s)
	of, err := api.TableWhere(t.Context(), ccloudtest.Environment, "totals", nil)
	if err != nil || of.Region != ccloudtest.Region || of.Spec.ClusterID != ccloudtest.Database {
		t.Fatalf("%+v, %v", of, err)
	}
	if err := api.ChangeTable(
		t.Context(), ccloudtest.Environment, of, map[string]any{"query": "SELECT 2"}, nil,
	); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Changes()); n != 3 {
		t.Errorf("%d PUTs, want 3", n)
	}
	now, err := api.Table(t.Context(), ccloudtest.Environment, of)
	if err != nil || now.Spec.Query != "SELECT 2" || now.Status.LatestVersion != 2 ||
		!strings.Contains(string(now.Raw()), "sql.state-ttl") {
		t.Errorf("%s, %v", now.Raw(), err)
	}
	versions, err := api.TableVersions(t.Context(), ccloudtest.Environment, of)
	if err != nil || len(versions) != 2 || versions[0].Spec.Version != 2 || len(versions[0].Spec.Changes) != 1 ||
		versions[1].Spec.Changes != nil {
		t.Errorf("%+v, %v", versions, err)
	}
	if err := api.DeleteTable(t.Context(), ccloudtest.Environment, of); err != nil {
		t.Fatal(err)
	}
	if _, err := api.TableWhere(t.Context(), ccloudtest.Environment, "totals", nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}
