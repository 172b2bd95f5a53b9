// Package vvptest is a strict server of Ververica Platform 2.x for tests: names,
// media types, merge patches, states and errors are as the product's document and
// public clients have them (platforms.md B).
package vvptest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Quirks are what servers were seen to do. The zero value does none of it.
type Quirks struct {
	Polls         int    // so many reads find a deployment TRANSITIONING
	Token         string // the only one that opens; "" opens to everybody
	NoNamespaces  bool   // listing namespaces is 403, as Spring says it
	Wrapped       bool   // answers of the application manager are inside data
	LowerCase     bool   // states come in lower case
	LosePatch     bool   // one PATCH is carried out and its connection ends
	FailDeletion  bool   // savepoints cannot be deleted: their files stay
	FailSavepoint bool   // savepoints fail
	HTML          bool   // everything is a proxy's page
	Conflict      string // changes of what holds this in its path are refused with 409
	Forbids       string // a proxy answers 403 to paths that hold this, with a page of its own
	Deleted       string // a namespace that was deleted
	Unlicensed    string // what is asked of this collection is 501: the feature is not licensed
}

// Server is one platform with the namespaces default and team.
type Server struct {
	URL string

	t       testing.TB
	web     *httptest.Server
	mu      sync.Mutex
	quirks  Quirks
	clock   time.Time
	made    int
	objects map[string][]map[string]any // by namespace/collection, in their order
	on      map[string]*way             // deployments by id

	defaults map[string]map[string]any // of deployments, by namespace

	whole   map[string]int // lists that nothing narrowed, by collection
	seen    []string
	unknown []string
}

// way is where a deployment goes.
type way struct {
	polls int
	to    string
}

// New starts a server; it ends with the test.
func New(t testing.TB, quirks Quirks) *Server {
	t.Helper()
	s := &Server{
		t: t, quirks: quirks, clock: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC),
		objects: map[string][]map[string]any{}, on: map[string]*way{}, defaults: map[string]map[string]any{},
		whole: map[string]int{},
	}
	for _, ns := range []string{"default", "team"} {
		s.add(ns, "deployment-targets", "kubernetes", map[string]any{
			"kubernetes": map[string]any{"namespace": "jobs-" + ns},
		})
		s.add(ns, "secret-values", "DB_PASSWORD", map[string]any{"kind": "PLAIN"})
	}
	s.objects["default/artifacts"] = []map[string]any{{
		"filename": "orders.jar", "uri": "s3://artifacts/namespaces/default/orders.jar",
		"createTime": "2026-03-01T09:00:00Z",
	}}
	s.objects["default/sqlscripts"] = []map[string]any{{
		"name": "namespaces/default/sqlscripts/hourly", "displayName": "hourly", "script": "SELECT * FROM orders",
		"createTime": "2026-03-01T10:00:00Z",
	}}
	s.web = httptest.NewServer(s)
	s.URL = s.web.URL
	t.Cleanup(s.web.Close)
	return s
}

// Set changes the quirks.
func (s *Server) Set(change func(*Quirks)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.quirks)
}

// Changes are the requests that were no reads.
func (s *Server) Changes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.seen), func(line string) bool { return strings.HasPrefix(line, "GET ") })
}

// Unknown are the requests that the platform has no answer for: paths, methods and
// verbs that it does not know.
func (s *Server) Unknown() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.unknown)
}

// Unfiltered counts the lists of a collection that were asked for whole.
func (s *Server) Unfiltered(collection string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.whole[collection]
}

// Spec is what a person said of an object, as JSON: its specification, or the whole of
// one that has none; "" where there is no such object.
func (s *Server) Spec(namespace, collection, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var said any
	if collection == "sqlscripts" {
		for _, o := range s.objects[namespace+"/sqlscripts"] {
			if o["displayName"] == name {
				said = map[string]any{"name": o["name"], "displayName": o["displayName"], "script": o["script"]}
			}
		}
	} else if o := s.find(namespace, collection, name); o != nil {
		said = o["spec"]
	}
	if said == nil {
		return ""
	}
	text, err := json.Marshal(said)
	if err != nil {
		s.t.Error(err)
	}
	return string(text)
}

// Names are those of the objects of a collection, in their order.
func (s *Server) Names(namespace, collection string) (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objects[namespace+"/"+collection] {
		names = append(names, textOf(o["metadata"].(map[string]any)["name"]))
	}
	return names
}

// JobsOf counts the jobs of a deployment.
func (s *Server) JobsOf(namespace, name string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.objects[namespace+"/jobs"] {
		if j["metadata"].(map[string]any)["deploymentName"] == name {
			n++
		}
	}
	return n
}

// IDs are those of a deployment and of the job that it runs.
func (s *Server) IDs(namespace, name string) (deployment, job string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.find(namespace, "deployments", name)
	if running, ok := d["status"].(map[string]any)["running"].(map[string]any); ok {
		job = textOf(running["jobId"])
	}
	return idOf(d), job
}

// Seen are all requests.
func (s *Server) Seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// AddDeployment makes a deployment that has been there for a while.
func (s *Server) AddDeployment(namespace, name, state, restore string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := state
	if state == "FAILED" || state == "FINISHED" {
		wanted = "RUNNING"
	}
	d := s.add(namespace, "deployments", name, map[string]any{
		"state": wanted, "upgradeStrategy": map[string]any{"kind": "STATEFUL"},
		"restoreStrategy":      map[string]any{"kind": restore},
		"deploymentTargetName": "kubernetes",
		"template": map[string]any{"spec": map[string]any{
			"artifact": map[string]any{
				"kind": "JAR", "jarUri": "s3://jars/" + name + ".jar", "entryClass": "io.acme.Main",
				"flinkVersion": "1.18",
			},
			"parallelism": 2,
		}},
	})
	d["status"] = map[string]any{"state": state}
	id := idOf(d)
	if state == "FAILED" {
		s.job(
			namespace, d, "FAILED",
			"java.lang.RuntimeException: no records\nCaused by: java.io.IOException: the topic is gone",
		)
		s.event(namespace, id, "TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS", "The job failed 4 times")
	}
	if state == "RUNNING" {
		d["status"].(map[string]any)["running"] = map[string]any{
			"jobId": s.job(namespace, d, "STARTED", ""), "conditions": []any{},
		}
	}
}

// AddSavepoint gives a deployment a savepoint that somebody took long ago, and gives its
// id.
func (s *Server) AddSavepoint(namespace, name string) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sp := s.savepoint(namespace, s.find(namespace, "deployments", name), "USER_REQUEST", "COMPLETED", "")
	sp["metadata"].(map[string]any)["createdAt"] = s.clock.Format(time.RFC3339Nano)
	return idOf(sp)
}

// Upgrade changes the parallelism of a deployment that runs, as one that was done long
// ago, and gives the IDs of the job before and of the one since.
func (s *Server) Upgrade(namespace, name string, parallelism int) (before, since string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.find(namespace, "deployments", name)
	running := d["status"].(map[string]any)["running"].(map[string]any)
	before = textOf(running["jobId"])
	d["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["parallelism"] = parallelism
	since = s.job(namespace, d, "STARTED", "")
	running["jobId"] = since
	return before, since
}

// AddJobs gives a deployment so many runs that ended.
func (s *Server) AddJobs(namespace, name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.find(namespace, "deployments", name)
	for range n {
		s.job(namespace, d, "TERMINATED", "")
	}
}

// Edit changes an object of a collection as somebody else would.
func (s *Server) Edit(namespace, collection, name string, change func(map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.find(namespace, collection, name); o != nil {
		change(o)
		s.touch(o)
	}
}

// EditScript changes a SQL script as somebody else would.
func (s *Server) EditScript(namespace, name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objects[namespace+"/sqlscripts"] {
		if o["displayName"] == name {
			o["script"] = text
		}
	}
}

// AddCluster makes a session cluster.
func (s *Server) AddCluster(namespace, name, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.add(namespace, "sessionclusters", name, map[string]any{
		"state": state, "deploymentTargetName": "kubernetes", "flinkVersion": "1.18", "numberOfTaskManagers": 2,
	})
	c["status"] = map[string]any{"state": state}
}

func (s *Server) add(namespace, collection, name string, spec map[string]any) map[string]any {
	s.made++
	s.clock = s.clock.Add(time.Second)
	at := s.clock.Format(time.RFC3339Nano)
	o := map[string]any{
		"kind": kindOf(collection), "apiVersion": "v1",
		"metadata": map[string]any{
			"id": fmt.Sprintf("00000000-0000-0000-0000-%012d", s.made), "name": name, "namespace": namespace,
			"createdAt": at, "modifiedAt": at, "resourceVersion": 1, "labels": map[string]any{}, "annotations": map[string]any{},
		},
		"spec": spec,
	}
	key := namespace + "/" + collection
	s.objects[key] = append(s.objects[key], o)
	return o
}

func kindOf(collection string) string {
	return map[string]string{
		"deployments": "Deployment", "jobs": "Job", "savepoints": "Savepoint", "events": "Event",
		"sessionclusters":    "SessionCluster",
		"deployment-targets": "DeploymentTarget", "secret-values": "SecretValue",
	}[collection]
}

func (s *Server) touch(o map[string]any) {
	m := o["metadata"].(map[string]any)
	version, _ := m["resourceVersion"].(int)
	m["resourceVersion"] = version + 1
	s.clock = s.clock.Add(time.Second)
	m["modifiedAt"] = s.clock.Format(time.RFC3339Nano)
}

func idOf(o map[string]any) string { return o["metadata"].(map[string]any)["id"].(string) }

func (s *Server) job(namespace string, d map[string]any, state, failure string) (id string) {
	j := s.add(namespace, "jobs", "", frozen(d))
	m := j["metadata"].(map[string]any)
	m["deploymentId"], m["deploymentName"] = idOf(d), d["metadata"].(map[string]any)["name"]
	delete(m, "name")
	status := map[string]any{"state": state}
	if failure != "" {
		status["failure"] = map[string]any{"message": failure, "reason": "JobFailed", "failedAt": m["createdAt"]}
	} else {
		status["started"] = map[string]any{
			"flinkJobId": "0123456789abcdef0123456789abcdef", "startedAt": m["createdAt"],
			"observedFlinkJobStatus": "RUNNING", "observedFlinkJobRestarts": 0,
		}
	}
	j["status"] = status
	return idOf(j)
}

// frozen is a deployment's template as a job has it: with what it does not say.
func frozen(d map[string]any) map[string]any {
	spec := map[string]any{"allowNonRestoredState": false, "numberOfTaskManagers": 1}
	template, _ := d["spec"].(map[string]any)["template"].(map[string]any)
	raw, _ := json.Marshal(template["spec"]) // it came as JSON
	_ = json.Unmarshal(raw, &spec)
	return spec
}

func (s *Server) event(namespace, deployment, name, message string) {
	e := s.add(namespace, "events", name, map[string]any{"message": message})
	e["metadata"].(map[string]any)["deploymentId"] = deployment
}

// find looks for an object by its name or its id.
func (s *Server) find(namespace, collection, name string) map[string]any {
	for _, o := range s.objects[namespace+"/"+collection] {
		m := o["metadata"].(map[string]any)
		if m["name"] == name || m["id"] == name {
			return o
		}
	}
	return nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rec := httptest.NewRecorder()
	s.mu.Lock()
	s.seen = append(s.seen, r.Method+" "+r.URL.Path)
	lost := s.quirks.LosePatch && r.Method == http.MethodPatch
	if strings.Contains(r.URL.EscapedPath(), "%2F") || strings.Contains(r.URL.EscapedPath(), "%0A") {
		s.refuse(
			rec, http.StatusBadRequest,
			"the request was rejected because the URL contained a potentially malicious String",
		)
	} else {
		s.serve(rec, r, body)
	}
	if lost {
		s.quirks.LosePatch = false
	}
	if rec.Code == http.StatusMethodNotAllowed || rec.Code == http.StatusNotImplemented ||
		strings.Contains(rec.Body.String(), "no such path") || strings.Contains(rec.Body.String(), "no such resource") {
		s.unknown = append(s.unknown, r.Method+" "+r.URL.Path)
	}
	s.mu.Unlock()
	if lost {
		panic(http.ErrAbortHandler)
	}
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

var (
	managerPath  = regexp.MustCompile(`^/api/v1/namespaces/([^/]+)/([^/]+)(?:/([^/]+))?$`)
	artifactPath = regexp.MustCompile(`^/artifacts/v1/namespaces/(default|team)/artifacts:([a-z]+)$`)
	platformPath = regexp.MustCompile(
		`^/(?:sql/v1beta1|apitokens/v1|catalog/v1beta2)/namespaces/([^/]+)/([^/:]+)(?:/([^/:]+))?(?::([a-z-]+))?$`,
	)
)

func (s *Server) serve(w *httptest.ResponseRecorder, r *http.Request, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	switch m, p := managerPath.FindStringSubmatch(r.URL.Path), platformPath.FindStringSubmatch(r.URL.Path); {
	case s.quirks.HTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><title>proxy</title></html>")
	case s.quirks.Forbids != "" && strings.Contains(r.URL.Path, s.quirks.Forbids):
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<html><head><title>403 Forbidden</title></head><body>nginx</body></html>")
	case s.quirks.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.quirks.Token:
		s.refuse(w, http.StatusUnauthorized, "request needs authentication")
	case len(body) > 0 && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") &&
		!strings.HasPrefix(r.Header.Get("Content-Type"), "application/yaml"):
		s.refuse(w, http.StatusUnsupportedMediaType, "want application/json or application/yaml")
	case r.URL.Path == "/api/v1/status/system-info":
		answer(w, map[string]any{
			"kind": "SystemInformation", "apiVersion": "v1",
			"status": map[string]any{"revisionInformation": map[string]any{"buildVersion": "2.12.1"}},
		})
	case r.URL.Path == "/namespaces/v1/namespaces" && s.quirks.NoNamespaces:
		w.WriteHeader(http.StatusForbidden)
		answer(w, map[string]any{"timestamp": 1, "status": 403, "error": "Forbidden", "path": r.URL.Path})
	case r.URL.Path == "/namespaces/v1/namespaces":
		answer(w, map[string]any{"namespaces": []any{
			map[string]any{"name": "namespaces/default", "lifecyclePhase": "LIFECYCLE_PHASE_ACTIVE"},
			map[string]any{"name": "namespaces/team", "lifecyclePhase": "LIFECYCLE_PHASE_ACTIVE"},
		}})
	case m != nil && !s.there(m[1]), p != nil && !s.there(p[1]):
		s.refuse(w, http.StatusNotFound, "namespace not found")
	case m != nil && s.quirks.Unlicensed != "" && m[2] == s.quirks.Unlicensed && r.Method != http.MethodGet:
		s.refuse(w, http.StatusNotImplemented, m[2]+" are not part of your licence")
	case s.quirks.Conflict != "" && r.Method != http.MethodGet && strings.Contains(r.URL.Path, s.quirks.Conflict):
		s.refuse(w, http.StatusConflict, "another change of it is under way")
	case artifactPath.MatchString(r.URL.Path):
		a := artifactPath.FindStringSubmatch(r.URL.Path)
		s.artifacts(w, r, a[1], a[2])
	case m != nil:
		s.manager(w, r, m[1], m[2], m[3], body)
	case p != nil:
		s.platform(w, r, p[1], p[2], p[3], p[4], body)
	default:
		s.refuse(w, http.StatusNotFound, "no such path")
	}
}

// there tells whether a namespace exists.
func (s *Server) there(namespace string) bool {
	return (namespace == "default" || namespace == "team") && namespace != s.quirks.Deleted
}

func answer(w io.Writer, v any) { _ = json.NewEncoder(w).Encode(v) }

// give answers with an object of the application manager.
func (s *Server) give(w io.Writer, v any) {
	if s.quirks.Wrapped {
		v = map[string]any{"data": v, "success": true, "requestId": "r-1"}
	}
	raw, _ := json.Marshal(v)
	if s.quirks.LowerCase {
		raw = lowered.ReplaceAllFunc(raw, func(b []byte) []byte { return []byte(strings.ToLower(string(b))) })
	}
	_, _ = w.Write(raw)
}

var lowered = regexp.MustCompile(`"state":"[A-Z_]+"`)

func (s *Server) refuse(w http.ResponseWriter, status int, message string) {
	w.WriteHeader(status)
	answer(w, map[string]any{
		"kind": "ApiException", "apiVersion": "v1", "message": message, "reason": http.StatusText(status),
		"statusCode": status, "context": map[string]any{},
	})
}

func (s *Server) invalid(w http.ResponseWriter, attribute, message string) {
	w.WriteHeader(http.StatusBadRequest)
	answer(w, map[string]any{
		"kind": "ApiValidationException", "apiVersion": "v1", "message": "validation failed", "statusCode": 400,
		"errors": []any{map[string]any{"attribute": attribute, "message": message}},
	})
}

var (
	lowerName = regexp.MustCompile(`^[0-9a-z]([-0-9a-z]{0,61}[0-9a-z])?$`)
	anyName   = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,250}$`)
)
