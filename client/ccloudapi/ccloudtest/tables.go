package ccloudtest

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"drey/client/ccloud"
)

var tablePath = regexp.MustCompile(
	`^/sql/v1/organizations/([^/]+)/environments/([^/]+)/databases/([^/]+)/materialized-tables/([^/]+)(/versions)?$`,
)

// Database is where the materialized tables are.
const Database = "lkc-01"

// materialized is a table and its versions.
type materialized struct {
	object   map[string]any
	versions []any
	polls    int // reads before it is as it was asked to be
	next     string
}

func newTable(cluster, name, uid, query string) *materialized {
	t := &materialized{object: map[string]any{
		"api_version": "sql/v1", "kind": "MaterializedTable", "name": name, "organization_id": Organization,
		"environment_id": Environment,
		"metadata":       map[string]any{"uid": uid, "resource_version": "1", "created_at": "2026-03-01T11:00:00Z"},
		"spec": map[string]any{
			"kafka_cluster_id": cluster, "compute_pool_id": Pool, "principal": "sa-1", "stopped": false, "query": query,
			"session_options": map[string]any{"sql.state-ttl": "1 h", "sql.secrets.token": Secret},
		},
		"status": map[string]any{"phase": ccloud.PhaseRunning, "detail": "", "warnings": []any{}, "scaling_status": map[string]any{}, "version": 1, "latest_version": 1},
	}}
	t.addVersion(query)
	return t
}

func (t *materialized) addVersion(query string) {
	n := len(t.versions) + 1
	var changes []any
	if n > 1 {
		changes = []any{map[string]any{
			"kind": "MATERIALIZED_TABLE", "name": t.object["name"], "environment_locator": Environment,
			"database_locator": Database, "details": []any{"Column 'n: BIGINT' added"},
		}}
	}
	spec := map[string]any{
		"version": n, "statement": "CREATE OR ALTER MATERIALIZED TABLE " + t.object["name"].(string) + " AS " + query,
	}
	if changes != nil {
		spec["changes"] = changes
	}
	t.versions = append(t.versions, map[string]any{
		"api_version": "sql/v1", "kind": "MaterializedTableVersion", "name": "mt-v" + strconv.Itoa(n),
		"organization_id": Organization, "environment_id": Environment,
		"metadata": map[string]any{"created_at": "2026-03-0" + strconv.Itoa(n) + "T11:00:00Z"}, "spec": spec,
	})
}

// read takes a table one read further.
func (t *materialized) read() any {
	status := t.object["status"].(map[string]any)
	switch {
	case t.next == "":
	case t.polls > 0:
		t.polls--
	default:
		status["phase"], t.next = t.next, ""
		status["version"] = status["latest_version"]
	}
	return t.object
}

// EditTable changes a materialized table as somebody else would.
func (s *Server) EditTable(name string, change func(object map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tables {
		if t.object["name"] == name {
			change(t.object)
			s.touchTable(t)
		}
	}
}

func (s *Server) touchTable(t *materialized) {
	metadata := t.object["metadata"].(map[string]any)
	version, _ := strconv.Atoi(metadata["resource_version"].(string))
	metadata["resource_version"] = strconv.Itoa(version + 1)
}

func (s *Server) serveTable(w http.ResponseWriter, r *http.Request, m []string, body []byte) {
	i := slices.IndexFunc(s.tables, func(t *materialized) bool {
		return t.object["name"] == m[4] && t.object["spec"].(map[string]any)["kafka_cluster_id"] == m[3]
	})
	switch {
	case m[1] != Organization || m[2] != Environment || i < 0:
		refuse(w, http.StatusNotFound, "materialized table '"+m[4]+"' is not found")
	case m[5] != "":
		s.page(w, r, "MaterializedTableVersionList", s.tables[i].versions)
	case r.Method == http.MethodPut:
		s.updateTable(w, s.tables[i], body)
	case r.Method == http.MethodDelete:
		s.tables = slices.Delete(s.tables, i, i+1)
		w.WriteHeader(http.StatusAccepted)
	default:
		answer(w, s.tables[i].read())
	}
}

// updateTable takes the whole table back.
func (s *Server) updateTable(w http.ResponseWriter, t *materialized, body []byte) {
	var in struct {
		Name     string         `json:"name"`
		Metadata map[string]any `json:"metadata"`
		Spec     map[string]any `json:"spec"`
	}
	now, status := t.object["spec"].(map[string]any), t.object["status"].(map[string]any)
	switch err := json.Unmarshal(body, &in); {
	case err != nil || in.Name != t.object["name"] || in.Spec == nil || in.Metadata["resource_version"] == nil:
		refuse(w, http.StatusBadRequest, "the whole table is required, with its metadata.resource_version")
		return
	case s.quirks.Conflicts > 0:
		s.quirks.Conflicts--
		s.touchTable(t)
		refuse(w, http.StatusConflict, "the table was changed: read it again")
		return
	case in.Metadata["resource_version"] != t.object["metadata"].(map[string]any)["resource_version"]:
		refuse(w, http.StatusConflict, "the table was changed: read it again")
		return
	}
	for _, member := range []string{"kafka_cluster_id", "session_options", "distribution"} {
		if !reflect.DeepEqual(in.Spec[member], now[member]) {
			refuse(w, http.StatusBadRequest, "spec."+member+" cannot be changed")
			return
		}
	}
	t.polls = s.quirks.StoppingPolls
	switch {
	case in.Spec["stopped"] == true && now["stopped"] == false:
		status["phase"], t.next = ccloud.PhaseStopping, ccloud.PhaseStopped
	case in.Spec["stopped"] == false && now["stopped"] == true:
		status["phase"], t.next = ccloud.PhasePending, ccloud.PhaseRunning
	case in.Spec["query"] != now["query"]:
		t.addVersion(in.Spec["query"].(string))
		status["phase"], t.next, status["latest_version"] = "ALTERING", ccloud.PhaseRunning, len(t.versions)
	}
	t.object["spec"] = in.Spec
	s.touchTable(t)
	answer(w, t.object)
}
