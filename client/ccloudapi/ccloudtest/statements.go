package ccloudtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"drey/client/ccloud"
)

// serveData answers on the data plane.
func (s *Server) serveData(w http.ResponseWriter, r *http.Request, body []byte) (lost bool) {
	if m := tablePath.FindStringSubmatch(r.URL.Path); m != nil {
		s.serveTable(w, r, m, body)
		return false
	}
	m := dataPath.FindStringSubmatch(r.URL.Path)
	if m == nil || m[1] != Organization || m[2] != Environment && m[2] != Other {
		refuse(w, http.StatusNotFound, "not found")
		return false
	}
	environment, collection, name, part := m[2], m[3], m[4], m[5]
	switch {
	case collection != "statements":
		s.serveOther(w, r, environment, collection)
		return false
	case name == "" && r.Method == http.MethodGet:
		s.page(w, r, "StatementList", s.list(environment, r.URL.Query()))
		return false
	case name == "" && r.Method == http.MethodPost:
		s.create(w, environment, body)
		lost = s.quirks.LosePost
		s.quirks.LosePost = false
		return lost
	}
	o := s.objs[environment+"/"+name]
	if o == nil || !s.alive(o) {
		refuse(w, http.StatusNotFound, "statement '"+name+"' is not found")
		return false
	}
	switch {
	case part == "results":
		s.results(w, r, o)
	case part == "exceptions":
		answer(w, map[string]any{
			"api_version": "sql/v1", "kind": "StatementExceptionList", "metadata": map[string]any{},
			"data": exceptionsOf(o),
		})
	case r.Method == http.MethodGet:
		answer(w, s.shown(o))
	case r.Method == http.MethodPut:
		s.update(w, o, body)
	case r.Method == http.MethodDelete:
		s.become(o, ccloud.PhaseDeleting)
		o.polls, o.next = s.quirks.DeletingPolls, "deleted"
		w.WriteHeader(http.StatusAccepted)
	default:
		refuse(w, http.StatusMethodNotAllowed, "no such method")
	}
	return false
}

func (s *Server) serveOther(w http.ResponseWriter, r *http.Request, environment, collection string) {
	if collection == "connections" {
		s.page(w, r, "ConnectionList", []any{map[string]any{
			"api_version": "sql/v1", "kind": "Connection", "name": "openai",
			"metadata": map[string]any{},
			"spec":     map[string]any{"connection_type": "OPENAI", "endpoint": "https://api.openai.example/v1", "auth_data": map[string]any{"kind": "PlaintextProvider", "data": Secret}},
			"status":   map[string]any{"phase": "READY", "detail": ""},
		}})
		return
	}
	var tables []any
	for _, t := range s.tables {
		if environment == Environment {
			tables = append(tables, t.read())
		}
	}
	s.page(w, r, "MaterializedTableList", tables)
}

// list are the statements of an environment, by their names.
func (s *Server) list(environment string, q url.Values) (all []any) {
	var names []string
	for at, o := range s.objs {
		if name, ok := strings.CutPrefix(at, environment+"/"); ok && s.alive(o) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		o := s.objs[environment+"/"+name]
		if pool := q.Get("spec.compute_pool_id"); pool == "" ||
			o.object["spec"].(map[string]any)["compute_pool_id"] == pool {
			all = append(all, s.shown(o))
		}
	}
	return all
}

// alive takes a statement one read further, and tells whether it is there still.
func (s *Server) alive(o *stored) bool {
	if o.next == "" {
		return !o.deleted
	}
	if o.polls > 0 {
		o.polls--
		return true
	}
	if o.next == ccloud.PhaseRunning && s.waits(o) {
		return true
	}
	if o.next == "deleted" {
		o.deleted = true
		return false
	}
	s.become(o, o.next)
	return true
}

// dryRun tells that a statement is to be planned and not run.
func dryRun(o *stored) bool {
	properties, _ := o.object["spec"].(map[string]any)["properties"].(map[string]any)
	return properties[ccloud.PropertyDryRun] == "true"
}

// waits tells that a statement begins where another one stops, which has not yet.
func (s *Server) waits(o *stored) bool {
	properties, _ := o.object["spec"].(map[string]any)["properties"].(map[string]any)
	name, _ := properties[ccloud.PropertyOffsetFrom].(string)
	former := s.objs[o.object["environment_id"].(string)+"/"+name]
	if former == nil || former.deleted {
		return false
	}
	s.alive(former)
	phase := former.object["status"].(map[string]any)["phase"]
	return phase != ccloud.PhaseStopped && phase != ccloud.PhaseFailed && phase != ccloud.PhaseCompleted
}

func (s *Server) create(w http.ResponseWriter, environment string, body []byte) {
	var in struct {
		Name     string         `json:"name"`
		Metadata map[string]any `json:"metadata"`
		Spec     map[string]any `json:"spec"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		refuse(w, http.StatusBadRequest, "cannot read the body: "+err.Error())
		return
	}
	text, _ := in.Spec["statement"].(string)
	switch old := s.objs[environment+"/"+in.Name]; {
	case !nameRule.MatchString(in.Name) || len(in.Name) > ccloud.MaxName:
		refuse(w, http.StatusUnprocessableEntity, "name: must match the rule of names and have at most 100 characters")
		return
	case strings.TrimSpace(text) == "":
		refuse(w, http.StatusUnprocessableEntity, "spec.statement: is required")
		return
	case !s.ownPool(in.Spec["compute_pool_id"]):
		refuse(w, http.StatusBadRequest, fmt.Sprintf("compute pool %v is not in %s", in.Spec["compute_pool_id"], s.region))
		return
	case old != nil && !old.deleted:
		refuse(w, http.StatusConflict, "statement '"+in.Name+"' already exists")
		return
	}
	for label := range labelsOf(in.Metadata) {
		if !strings.HasPrefix(label, "user.confluent.io/") {
			refuse(w, http.StatusUnprocessableEntity, "metadata.labels: keys begin with user.confluent.io/")
			return
		}
	}
	in.Spec["stopped"] = false // creating one stopped is not honoured
	if _, said := in.Spec["properties"]; !said {
		in.Spec["properties"] = map[string]any{}
	}
	o := s.make(environment, in.Name, in.Spec)
	o.object["metadata"].(map[string]any)["labels"] = labelsOf(in.Metadata)
	o.polls, o.next, o.notReady = s.quirks.PendingPolls, outcome(text), s.quirks.NotReady
	if dryRun(o) && o.next == ccloud.PhaseRunning {
		o.next = ccloud.PhaseCompleted // it is planned, and that is all
	}
	if s.quirks.AtOnce {
		s.become(o, o.next)
	}
	w.Header().Set("Location", "/sql/v1/statements/"+in.Name)
	w.WriteHeader(http.StatusCreated)
	answer(w, s.shown(o))
}

func labelsOf(metadata map[string]any) map[string]any {
	labels, _ := metadata["labels"].(map[string]any)
	if labels == nil {
		labels = map[string]any{}
	}
	return labels
}

// make stores a statement that is PENDING.
func (s *Server) make(environment, name string, spec map[string]any) *stored {
	s.clock = s.clock.Add(time.Second)
	at := s.clock.Format(time.RFC3339Nano)
	o := &stored{object: map[string]any{
		"api_version": "sql/v1", "kind": "Statement", "name": name, "organization_id": Organization,
		"environment_id": environment,
		"metadata": map[string]any{
			"self": "https://" + hostOf(s.region) + "/sql/v1/organizations/" + Organization + "/environments/" +
				environment + "/statements/" + name,
			"uid": s.uid(), "created_at": at, "updated_at": at, "resource_version": "1", "labels": map[string]any{},
		},
		"spec": spec,
		"status": map[string]any{
			"phase": ccloud.PhasePending, "detail": "", "latest_offsets": map[string]any{},
			"latest_offsets_timestamp": "0001-01-01T00:00:00Z",
		},
	}}
	s.objs[environment+"/"+name] = o
	text, _ := spec["statement"].(string)
	o.pages = pagesOf(text)
	return o
}

// outcome is the phase that a statement comes to.
func outcome(text string) string {
	switch word := firstWord(text); {
	case strings.Contains(text, "no_such_table"):
		return ccloud.PhaseFailed
	case word == "INSERT" || word == "SELECT" && !strings.Contains(text, "bounded"):
		return ccloud.PhaseRunning
	}
	return ccloud.PhaseCompleted
}

func firstWord(text string) string {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return ""
	}
	return strings.ToUpper(fields[0])
}

// become puts a statement into a phase.
func (s *Server) become(o *stored, phase string) {
	status := o.object["status"].(map[string]any)
	text := o.object["spec"].(map[string]any)["statement"].(string)
	o.next = ""
	status["phase"] = phase
	switch phase {
	case ccloud.PhaseFailed:
		status["detail"] = "Table 'no_such_table' does not exist, may be on a private cluster, or you do not " +
			"have permission to access it."
		if before, _, found := strings.Cut(text, "no_such_table"); found && dryRun(o) {
			line := strings.Count(before, "\n") + 1
			column := len(before) - strings.LastIndex(before, "\n")
			status["detail"] = fmt.Sprintf(
				"SQL validation failed. Error from line %d, column %d to line %d, column %d.\n\nCaused by: "+
					"Object 'no_such_table' not found",
				line, column, line, column+len("no_such_table")-1,
			)
		}
	case ccloud.PhasePending:
	default:
		kind := map[string]string{
			"SELECT": "SELECT", "INSERT": "INSERT_INTO", "SHOW": "SHOW_TABLES", "DESCRIBE": "DESCRIBE",
			"CREATE": "CREATE_TABLE",
		}[firstWord(text)]
		key := []any{}
		if kind == "SELECT" {
			key = append(key, 0)
		}
		status["traits"] = map[string]any{
			"sql_kind": kind, "is_bounded": phase == ccloud.PhaseCompleted, "is_append_only": kind != "SELECT",
			"upsert_columns": key, "schema": map[string]any{"columns": columnsOf(text)},
		}
	}
	s.touch(o)
}

func (s *Server) touch(o *stored) {
	metadata := o.object["metadata"].(map[string]any)
	version, _ := strconv.Atoi(metadata["resource_version"].(string))
	metadata["resource_version"] = strconv.Itoa(version + 1)
	s.clock = s.clock.Add(time.Second)
	metadata["updated_at"] = s.clock.Format(time.RFC3339Nano)
}

// shown is a statement as the quirks have it.
func (s *Server) shown(o *stored) any {
	raw, _ := json.Marshal(o.object)
	var c map[string]any
	_ = json.Unmarshal(raw, &c)
	if s.quirks.NullProperties {
		c["spec"].(map[string]any)["properties"] = nil
	}
	status := c["status"].(map[string]any)
	if status["phase"] == ccloud.PhasePending && s.quirks.NoTraits != "" {
		status["traits"] = json.RawMessage(s.quirks.NoTraits)
	}
	if traits, ok := status["traits"].(map[string]any); ok && s.quirks.OldSchema {
		status["result_schema"] = traits["schema"]
		delete(status, "traits")
	}
	return c
}

// update takes the whole object back: only what may change may differ.
func (s *Server) update(w http.ResponseWriter, o *stored, body []byte) {
	var in map[string]any
	if err := json.Unmarshal(body, &in); err != nil {
		refuse(w, http.StatusBadRequest, "cannot read the body: "+err.Error())
		return
	}
	metadata, _ := in["metadata"].(map[string]any)
	spec, _ := in["spec"].(map[string]any)
	now := o.object["spec"].(map[string]any)
	switch {
	case in["name"] != o.object["name"] || in["organization_id"] != Organization || spec == nil ||
		metadata["resource_version"] == nil:
		refuse(w, http.StatusBadRequest, "the whole statement is required, with its metadata.resource_version")
		return
	case s.quirks.Conflicts > 0:
		s.quirks.Conflicts--
		if label := s.quirks.ConflictLabel; label != "" {
			metadata := o.object["metadata"].(map[string]any)
			metadata["labels"] = map[string]any{label: strconv.Itoa(s.quirks.Conflicts)}
		}
		s.touch(o)
		refuse(w, http.StatusConflict, "the statement was changed: read it again")
		return
	case metadata["resource_version"] != o.object["metadata"].(map[string]any)["resource_version"]:
		refuse(w, http.StatusConflict, "the statement was changed: read it again")
		return
	}
	for _, member := range []string{"statement", "properties"} {
		if !reflect.DeepEqual(spec[member], now[member]) && now[member] != nil && spec[member] != nil {
			refuse(w, http.StatusBadRequest, "spec."+member+" cannot be changed")
			return
		}
	}
	stopped, _ := spec["stopped"].(bool)
	moved := spec["compute_pool_id"] != now["compute_pool_id"] || spec["principal"] != now["principal"]
	phase := o.object["status"].(map[string]any)["phase"]
	if moved && phase != ccloud.PhaseStopped && phase != ccloud.PhaseFailed {
		refuse(
			w, http.StatusBadRequest,
			"spec.compute_pool_id and spec.principal can be changed while the statement is stopped",
		)
		return
	}
	if spec["principal"] == NoUser {
		refuse(w, http.StatusBadRequest, "principal "+NoUser+" does not exist")
		return
	}
	if moved && !s.ownPool(spec["compute_pool_id"]) {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("compute pool %v is not in %s", spec["compute_pool_id"], s.region))
		return
	}
	for _, member := range []string{"compute_pool_id", "principal"} {
		if now[member] = spec[member]; now[member] == nil {
			delete(now, member)
		}
	}
	o.object["metadata"].(map[string]any)["labels"] = labelsOf(metadata)
	switch {
	case stopped && now["stopped"] == false:
		now["stopped"] = true
		s.become(o, ccloud.PhaseStopping)
		o.polls, o.next = s.quirks.StoppingPolls, ccloud.PhaseStopped
	case !stopped && (now["stopped"] == true || phase == ccloud.PhaseFailed):
		now["stopped"] = false
		s.become(o, ccloud.PhasePending)
		o.polls, o.next = s.quirks.PendingPolls, outcome(now["statement"].(string))
	default:
		s.touch(o)
	}
	w.WriteHeader(map[bool]int{true: http.StatusOK, false: http.StatusAccepted}[s.quirks.TwoHundred])
	answer(w, s.shown(o))
}

func exceptionsOf(o *stored) []any {
	if o.object["status"].(map[string]any)["phase"] != ccloud.PhaseFailed {
		return []any{}
	}
	return []any{map[string]any{
		"name": "org.apache.flink.table.api.ValidationException", "timestamp": "2026-03-04T11:00:00Z",
		"message": "org.apache.flink.table.api.ValidationException: SQL validation failed\nCaused by: " +
			"org.apache.calcite.runtime.CalciteContextException: Object 'no_such_table' not found",
	}}
}
