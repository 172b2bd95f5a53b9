package ccloudtest_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
)

// version is a statement's, as the server answers.
func version(t *testing.T, s *ccloudtest.Server, name string) string {
	t.Helper()
	path := "/sql/v1/organizations/" + ccloudtest.Organization + "/environments/" + ccloudtest.Environment +
		"/statements/" + name
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(ccloudtest.DataKey, ccloudtest.Secret)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var object ccloud.Statement
	if err := json.NewDecoder(answer.Body).Decode(&object); err != nil || object.Metadata.ResourceVersion == "" {
		t.Fatalf("%s: %+v, %v", answer.Status, object, err)
	}
	return object.Metadata.ResourceVersion
}

// TestATestThatReadsAStatementDoesNotChangeIt has a version outlive every way to read what
// the server stores: a test that waits for the effect of a request that is under way would
// have it refused otherwise, for its version is that of before.
func TestATestThatReadsAStatementDoesNotChangeIt(t *testing.T) {
	s := ccloudtest.New(t, ccloudtest.Quirks{})
	s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	before := version(t, s, "orders")
	if phase := s.Phase("orders"); phase != ccloud.PhaseRunning {
		t.Errorf("it is %q", phase)
	}
	s.Labels("orders")["team"] = "changed in the copy"
	s.Spec("orders")["stopped"] = true
	after := version(t, s, "orders")
	if after != before || s.Spec("orders")["stopped"] == true || len(s.Labels("orders")) > 0 {
		t.Errorf("version %s became %s; it is %v, %v", before, after, s.Spec("orders"), s.Labels("orders"))
	}
	if s.Phase("none") != "" || s.Spec("none") != nil || len(s.Labels("none")) > 0 {
		t.Error("there is something of a statement that there is not")
	}
	s.Edit("orders", func(map[string]any) {})
	if version(t, s, "orders") == before {
		t.Error("what somebody else changed has the version of before")
	}
}
