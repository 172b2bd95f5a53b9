// Package ccloudtest is a strict server of Confluent Cloud's Flink APIs for tests:
// what a real one refuses it refuses, and every exchange is held against the public
// specifications. Its rules and quirks are those of platforms.md A and
// platforms-supplement.md §3.
package ccloudtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/ccloud"
)

// What the server has from the start.
const (
	Organization = "1111aaaa-11aa-11aa-11aa-111111aaaaaa"
	Environment  = "env-prod01"
	Other        = "env-dev02"
	Pool         = "lfcp-one111"
	BigPool      = "lfcp-two222"
	Region       = "us-east-1"
	OtherRegion  = "eu-west-1"
	OtherPool    = "lfcp-eu3333" // of OtherRegion, in a World
	NoUser       = "u-nobody"    // a principal that there is not: it is refused at once (platforms.md A4)
	DataKey      = "DATAKEY"
	ControlKey   = "CLOUDKEY"
	Secret       = "s3cret-of-the-key"
)

// Quirks are what servers were seen to do. The zero value does none of it.
type Quirks struct {
	NotReady       int           // so many results of a statement are 409 "not ready" first
	PendingPolls   int           // so many reads find a statement PENDING
	DeletingPolls  int           // so many reads find a deleted one DELETING
	StoppingPolls  int           // so many reads find a stopped one STOPPING
	MissingOp      bool          // rows that are inserts have no op
	NoNext         bool          // the last page has no next at all, instead of an empty one
	NullProperties bool          // spec.properties is null
	OldSchema      bool          // the columns are status.result_schema
	Conflicts      int           // so many PUTs meet another change first
	ConflictLabel  string        // the label that each of those changes
	Throttle       int           // so many requests are 429
	RetryAfter     time.Duration // what a 429 says, 0 for nothing
	RateReset      string        // X-RateLimit-Reset of a 429, as the control plane sends it (platforms.md A7)
	LosePost       bool          // a POST is carried out and its connection ends
	NoPolicyLimit  bool          // a form does not say how large a file may be
	StoreFails     bool          // the store of files takes none
	StoreHangs     bool          // it takes a file and does not answer
	StoreRefuses   string        // it is 403: a code and a message, as object stores write them
	NoMetrics      bool          // the key may read no metrics
	LoseArtifact   bool          // one POST of an artifact is carried out and its connection ends
	HTML           bool          // everything is a proxy's page
	SignedOutPage  bool          // a 401 is a page, as a gateway in front has it (platforms.md C5)
	// a POST answers with the phase that the statement comes to (platforms-supplement.md §3, "POST may take seconds")
	AtOnce bool
	// what status.traits is while PENDING: "null" or "{}", "" for absent (§3, "status.traits may be null")
	NoTraits     string
	NoData       bool // results have no data: they are deleted (§3, "Results body without results.data")
	Expired      bool // results are 404 while the statement is there (platforms.md A5)
	NoForm       bool // a presigned address has no fields: the file is put there
	TwoHundred   bool // PUT answers 200 instead of 202
	SmallLetters bool // the names of values are written small
	Hangs        bool // nothing is answered until it is false again
}

// Server is the control plane and the data plane of one region at one address; one of
// a World is one of them.
type Server struct {
	URL string

	region          string // "" for the control plane of a World
	world           *World
	connections     map[net.Conn]bool
	mostConnections int
	goesOn          chan struct{} // nil unless it hangs

	t      testing.TB
	web    *httptest.Server
	mu     sync.Mutex
	quirks Quirks
	clock  time.Time
	made   int
	objs   map[string]*stored // statements by environment/name
	pools  []map[string]any
	seen   []Seen

	artifacts []any
	tables    []*materialized
	store     store
}

// Seen is a request that came.
type Seen struct {
	Method, Path, Query string
	User                string // key of its credentials
	Status              int
	At                  time.Time
	Body                string // what it sent, "" for none
}

// stored is a statement and what is left of its life.
type stored struct {
	object   map[string]any
	polls    int // reads before its phase is next
	next     string
	pages    [][]ccloud.Row
	notReady int
	acked    int // the newest token that was asked for
	deleted  bool
}

// New starts a server; it ends with the test.
func New(t testing.TB, quirks Quirks) *Server {
	t.Helper()
	s := prepare(t, quirks, Region)
	s.web.Start()
	s.store.web.Start()
	s.URL, s.store.address = s.web.URL, s.store.web.URL
	return s
}

// prepare makes a server that is not started.
func prepare(t testing.TB, quirks Quirks, region string) *Server {
	s := &Server{
		t: t, quirks: quirks, clock: time.Date(2026, 3, 4, 11, 0, 0, 0, time.UTC), objs: map[string]*stored{},
		region: region, connections: map[net.Conn]bool{},
	}
	s.pools = []map[string]any{pool(Pool, "orders", Environment, 10, 4), pool(BigPool, "reports", Environment, 50, 50)}
	s.tables = []*materialized{newTable(Database, "totals", "mt-1", "SELECT 1")}
	if region == OtherRegion {
		s.tables = []*materialized{newTable("lkc-02", "totals", "mt-2", "SELECT 2")}
	}
	s.artifacts = []any{artifact("cfa-1", "functions")}
	s.store = store{
		forms: map[string]map[string]string{}, files: map[string][]byte{},
		web: httptest.NewUnstartedServer(http.HandlerFunc(s.take)),
	}
	t.Cleanup(s.store.web.Close)
	s.web = httptest.NewUnstartedServer(s)
	s.web.Config.ConnState = s.connected
	t.Cleanup(s.web.Close)
	return s
}

// connected counts connections.
func (s *Server) connected(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.connections[c] = true
		s.mostConnections = max(s.mostConnections, len(s.connections))
	case http.StateClosed, http.StateHijacked:
		delete(s.connections, c)
	default:
	}
}

// MostConnections is how many were open at the same time at most.
func (s *Server) MostConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mostConnections
}

func pool(id, name, environment string, most, current int) map[string]any {
	return map[string]any{
		"api_version": "fcpm/v2", "kind": "ComputePool", "id": id,
		"metadata": map[string]any{"self": "https://api.confluent.cloud/fcpm/v2/compute-pools/" + id, "created_at": "2026-01-02T15:04:05Z"},
		"spec": map[string]any{
			"display_name": name, "cloud": "AWS", "region": Region, "max_cfu": most,
			"environment": map[string]any{
				"id": environment, "related": "https://api.confluent.cloud/v2/environments/" + environment,
				"resource_name": "crn://confluent.cloud/environment=" + environment,
			},
		},
		"status": map[string]any{"phase": "PROVISIONED", "current_cfu": current},
	}
}

// Set changes the quirks.
func (s *Server) Set(change func(*Quirks)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.quirks)
	switch {
	case s.quirks.Hangs && s.goesOn == nil:
		s.goesOn = make(chan struct{})
	case !s.quirks.Hangs && s.goesOn != nil:
		close(s.goesOn)
		s.goesOn = nil
	}
}

// Seen are the requests that came so far.
func (s *Server) Seen() []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// Changes are those that were no reads: queries of metrics are POSTs and change
// nothing.
func (s *Server) Changes() (all []string) {
	for _, r := range s.Seen() {
		if r.Method != http.MethodGet && !strings.HasPrefix(r.Path, "/v2/metrics/") {
			all = append(all, r.Method+" "+r.Path)
		}
	}
	return all
}

// Labels are a statement's.
func (s *Server) Labels(name string) map[string]any {
	metadata, _ := s.document(name)["metadata"].(map[string]any)
	return labelsOf(metadata)
}

// Phase is a statement's, "" where there is none of the name.
func (s *Server) Phase(name string) string {
	status, _ := s.document(name)["status"].(map[string]any)
	phase, _ := status["phase"].(string)
	return phase
}

// Spec is a statement's specification, nil where there is none of the name.
func (s *Server) Spec(name string) map[string]any {
	spec, _ := s.document(name)["spec"].(map[string]any)
	return spec
}

// document is a copy of a statement as it is stored, nil where there is none of the name.
// The statement stays at its version: a request that is under way meanwhile meets no
// conflict.
func (s *Server) document(name string) (object map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objs {
		if o.object["name"] != name {
			continue
		}
		raw, _ := json.Marshal(o.object) // it was read from JSON, or made of what can be
		_ = json.Unmarshal(raw, &object)
	}
	return object
}

// Close ends the server early, as one that is killed.
func (s *Server) Close() { s.web.CloseClientConnections(); s.web.Close() }

// Edit changes a statement as somebody else would; it has a new version then.
func (s *Server) Edit(name string, change func(object map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objs {
		if o.object["name"] == name {
			change(o.object)
			s.touch(o)
		}
	}
}

// Ready has a statement's results be "not ready" no longer.
func (s *Server) Ready(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.objs {
		if o.object["name"] == name {
			o.notReady = 0
		}
	}
}

// Add makes a statement that has been there for a while, in a phase.
func (s *Server) Add(environment, name, sql, phase string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.make(environment, name, map[string]any{
		"statement": sql, "properties": map[string]any{}, "compute_pool_id": Pool, "principal": "sa-1",
		"stopped": phase == ccloud.PhaseStopped,
	})
	s.become(o, phase)
	o.polls, o.next = 0, ""
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.hang(r)
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "application/json")
	lost := s.serve(rec, r, body)
	user, _, _ := r.BasicAuth()
	s.mu.Lock()
	s.seen = append(s.seen, Seen{r.Method, r.URL.Path, r.URL.RawQuery, user, rec.Code, time.Now(), string(body)})
	s.mu.Unlock()
	if lost {
		panic(http.ErrAbortHandler)
	}
	s.check(r, body, rec)
	s.mu.Lock()
	if s.quirks.SmallLetters {
		small := capitals.ReplaceAllFunc(rec.Body.Bytes(), bytes.ToLower)
		rec.Body.Reset()
		rec.Body.Write(small)
	}
	s.mu.Unlock()
	maps.Copy(w.Header(), rec.Header())
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

// capitals are the values of members that have one of a few.
var capitals = regexp.MustCompile(`"(phase|sql_kind|scaling_state)":"[A-Z_]+"`)

// serve answers; lost tells that the answer must not arrive.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, body []byte) (lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.quirks.LoseArtifact && r.Method == http.MethodPost && r.URL.Path == ccloud.ArtifactsPath:
		s.quirks.LoseArtifact = false
		s.serveControl(w, r, body)
		return true
	case s.quirks.SignedOutPage:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "<html><head><title>401 Authorization Required</title></head></html>")
	case s.quirks.HTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><head><title>502 Bad Gateway</title></head><body>proxy</body></html>")
	case s.quirks.Throttle > 0:
		s.quirks.Throttle--
		if s.quirks.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(s.quirks.RetryAfter.Seconds())))
		}
		if s.quirks.RateReset != "" {
			w.Header().Set("X-RateLimit-Reset", s.quirks.RateReset)
		}
		refuse(w, http.StatusTooManyRequests, "Too many requests")
	case !s.allowed(r):
		w.Header().Set("WWW-Authenticate", `Basic error="invalid_key", error_description="The API key is invalid"`)
		refuse(
			w, http.StatusUnauthorized,
			"invalid API key: make sure you're using the correct API Key for the resource type.",
		)
	case strings.HasPrefix(r.URL.Path, "/sql/v1/organizations/"):
		return s.serveData(w, r, body)
	case strings.HasPrefix(r.URL.Path, "/ws/v1/organizations/"):
		s.page(w, r, "WorkspaceList", s.workspaces(strings.Split(r.URL.Path, "/")[6]))
	default:
		s.serveControl(w, r, body)
	}
	return false
}

// allowed tells whether the credentials are those of the plane.
func (s *Server) allowed(r *http.Request) bool {
	key, secret, _ := r.BasicAuth()
	data := strings.HasPrefix(r.URL.Path, "/sql/") || strings.HasPrefix(r.URL.Path, "/ws/")
	host := s.host()
	if strings.HasPrefix(r.URL.Path, "/v2/metrics/") {
		host = metricsHost
	}
	if s.world != nil && (data == (s.region == "") || r.Host != host) {
		s.t.Errorf("%s is asked for %s%s", s.host(), r.Host, r.URL.Path)
	}
	return secret == Secret && (data && key == DataKey || !data && key == ControlKey)
}

func refuse(w http.ResponseWriter, status int, detail string) {
	w.WriteHeader(status)
	answer(w, map[string]any{"errors": []any{map[string]any{
		"id": "a1b2", "status": strconv.Itoa(status), "title": http.StatusText(status), "detail": detail,
		"source": map[string]any{},
	}}})
}

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

// page gives one page of a list; its next is an absolute address.
func (s *Server) page(w http.ResponseWriter, r *http.Request, kind string, items []any) {
	size, _ := strconv.Atoi(r.URL.Query().Get("page_size"))
	if size <= 0 {
		size = 10
	}
	if size > 100 {
		refuse(w, http.StatusBadRequest, "page_size: at most 100")
		return
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("page_token"))
	from = min(from, len(items))
	to := min(from+size, len(items))
	next := ""
	if to < len(items) {
		q := url.Values{"page_size": {strconv.Itoa(size)}, "page_token": {strconv.Itoa(to)}}
		next = "https://api.confluent.cloud" + r.URL.Path + "?" + q.Encode()
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/organizations")
	version = strings.Join(strings.Split(version, "/")[:2], "/")
	answer(w, map[string]any{
		"api_version": version, "kind": kind, "data": append([]any{}, items[from:to]...),
		"metadata": map[string]any{"first": "", "next": next, "total_size": 4},
	})
}

func (s *Server) workspaces(environment string) []any {
	return []any{map[string]any{
		"api_version": "ws/v1", "kind": "Workspace", "name": "mine", "organization_id": Organization,
		"environment_id": environment,
		"metadata": map[string]any{
			"self": "https://" + s.host() + "/ws/v1/mine", "uid": "w-" + environment + s.region,
			"created_at": "2026-01-02T15:04:05Z", "resource_version": "1",
		},
		"spec": map[string]any{
			"display_name": "Orders by hour",
			"compute_pool": map[string]any{
				"id": Pool, "related": "https://api.confluent.cloud/fcpm/v2/compute-pools/" + Pool,
				"resource_name": "crn://confluent.cloud/compute-pool=" + Pool,
			},
			"blocks": []any{map[string]any{
				"type": "CODE", "code_options": map[string]any{"source": []any{"SELECT *", "FROM orders"}},
			}},
		},
	}}
}

var (
	dataPath = regexp.MustCompile(
		`^/sql/v1/organizations/([^/]+)/environments/([^/]+)/` +
			`(statements|connections|materialized-tables)(?:/([^/]+))?(?:/(results|exceptions))?$`,
	)
	nameRule = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
)

func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, body []byte) {
	id, isPool := strings.CutPrefix(r.URL.Path, "/fcpm/v2/compute-pools/")
	switch {
	case isPool:
		s.servePool(w, r, id, body)
	case r.URL.Path == "/fcpm/v2/compute-pools" && r.Method == http.MethodPost:
		s.createPool(w, body)
	case r.URL.Path == "/fcpm/v2/compute-pools":
		var found []any
		for _, p := range s.pools {
			if p["spec"].(map[string]any)["environment"].(map[string]any)["id"] == r.URL.Query().Get("environment") {
				found = append(found, p)
			}
		}
		s.page(w, r, "ComputePoolList", found)
	case r.URL.Path == "/v2/metrics/cloud/query":
		s.serveMetrics(w, body)
	case r.URL.Path == "/fcpm/v2/regions":
		s.page(w, r, "RegionList", s.regions())
	case r.URL.Path == "/org/v2/environments":
		s.page(w, r, "EnvironmentList", []any{environment(Environment, "prod"), environment(Other, "dev")})
	case r.URL.Path == "/org/v2/organizations":
		s.page(w, r, "OrganizationList", []any{map[string]any{
			"api_version": "org/v2", "kind": "Organization", "id": Organization, "display_name": "Acme",
			"metadata": map[string]any{"self": "https://api.confluent.cloud/org/v2/organizations/" + Organization},
		}})
	case r.URL.Path == ccloud.PresignedPath && r.Method == http.MethodPost:
		s.presign(w, body)
	case strings.HasPrefix(r.URL.Path, ccloud.ArtifactsPath):
		s.serveArtifacts(w, r, body)
	default:
		refuse(w, http.StatusNotFound, "not found")
	}
}

// regions are those of the world, or the only one.
func (s *Server) regions() (all []any) {
	names := []string{Region}
	if s.world != nil {
		names = slices.Sorted(maps.Keys(s.world.Regions))
	}
	for _, name := range names {
		all = append(all, map[string]any{
			"api_version": "fcpm/v2", "kind": "Region", "id": "aws." + name, "display_name": cityOf[name] + " (" + name + ")",
			"cloud": "AWS", "region_name": name, "http_endpoint": "https://" + hostOf(name),
			"metadata": map[string]any{"self": "https://api.confluent.cloud/fcpm/v2/regions/aws." + name},
		})
	}
	return all
}

var cityOf = map[string]string{Region: "N. Virginia", OtherRegion: "Ireland"}

func environment(id, name string) map[string]any {
	return map[string]any{
		"api_version": "org/v2", "kind": "Environment", "id": id, "display_name": name,
		"metadata": map[string]any{"self": "https://api.confluent.cloud/org/v2/environments/" + id},
	}
}

// serveMetrics gives a metric of one statement: 20 minutes that grow, the newest
// first.
func (s *Server) serveMetrics(w http.ResponseWriter, body []byte) {
	var in struct {
		Aggregations []struct{ Metric string }
		Filter       struct{ Field, Value string }
		Intervals    []string
	}
	if s.quirks.NoMetrics {
		refuse(w, http.StatusForbidden, "the role MetricsViewer is required")
		return
	}
	if json.Unmarshal(body, &in) != nil || len(in.Aggregations) != 1 ||
		in.Filter.Field != "resource.flink_statement.name" || len(in.Intervals) != 1 {
		refuse(
			w, http.StatusBadRequest,
			"one aggregation, a filter by resource.flink_statement.name and an interval are required",
		)
		return
	}
	data := []any{}
	for n := 20; n > 0 && strings.HasPrefix(in.Aggregations[0].Metric, "io.confluent.flink/"); n-- {
		at := s.clock.Truncate(time.Minute).Add(time.Duration(n) * time.Minute)
		value := float64(100 * n)
		if strings.HasSuffix(in.Aggregations[0].Metric, "_watermark_milliseconds") {
			value = float64(at.Add(-30 * time.Second).UnixMilli())
			if n == 1 {
				value = math.MinInt64 // none had come
			}
		}
		data = append(data, map[string]any{"timestamp": at.Format(time.RFC3339), "value": value})
	}
	answer(w, map[string]any{"data": data})
}

func (s *Server) createPool(w http.ResponseWriter, body []byte) {
	var in struct {
		Spec struct {
			DisplayName string           `json:"display_name"`
			MaxCFU      int              `json:"max_cfu"`
			Environment ccloud.Reference `json:"environment"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(body, &in); err != nil || in.Spec.DisplayName == "" || in.Spec.Environment.ID == "" ||
		!slices.Contains(ccloud.PoolSizes, in.Spec.MaxCFU) {
		refuse(w, http.StatusBadRequest, "spec.display_name, spec.environment and a size that there is are required")
		return
	}
	made := pool(
		fmt.Sprintf("lfcp-new%03d", len(s.pools)), in.Spec.DisplayName, in.Spec.Environment.ID, in.Spec.MaxCFU, 0,
	)
	s.pools = append(s.pools, made)
	w.WriteHeader(http.StatusAccepted)
	answer(w, made)
}

func (s *Server) servePool(w http.ResponseWriter, r *http.Request, id string, body []byte) {
	i := slices.IndexFunc(s.pools, func(p map[string]any) bool { return p["id"] == id })
	if i < 0 {
		refuse(w, http.StatusNotFound, "compute pool not found")
		return
	}
	spec := s.pools[i]["spec"].(map[string]any)
	switch r.Method {
	case http.MethodDelete:
		s.pools = slices.Delete(s.pools, i, i+1)
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodPatch:
		var change struct {
			Spec struct {
				MaxCFU      *int    `json:"max_cfu"`
				DisplayName *string `json:"display_name"`
				Environment struct {
					ID string `json:"id"`
				} `json:"environment"`
			} `json:"spec"`
		}
		_ = json.Unmarshal(body, &change)
		if change.Spec.Environment.ID == "" || change.Spec.MaxCFU != nil && (!slices.Contains(
			ccloud.PoolSizes, *change.Spec.MaxCFU,
		) || *change.Spec.MaxCFU < spec["max_cfu"].(int)) {
			refuse(w, http.StatusBadRequest, "max_cfu can only grow, and spec.environment is required")
			return
		}
		if change.Spec.MaxCFU != nil {
			spec["max_cfu"] = *change.Spec.MaxCFU
		}
		if change.Spec.DisplayName != nil {
			spec["display_name"] = *change.Spec.DisplayName
		}
	}
	answer(w, s.pools[i])
}

// check holds an exchange against the specifications.
func (s *Server) check(r *http.Request, body []byte, rec *httptest.ResponseRecorder) {
	s.mu.Lock()
	skip := s.quirks.HTML || s.quirks.SignedOutPage || s.quirks.NullProperties || s.quirks.OldSchema ||
		s.quirks.NoTraits == "null" || s.quirks.NoData
	s.mu.Unlock()
	if skip {
		return
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := validate(r, rec); err != nil {
		s.t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
}

// uid is different for each statement that was ever made.
func (s *Server) uid() string {
	s.made++
	return fmt.Sprintf("8b9c49bb-7351-416d-98d%d-%012d", map[string]int{Region: 5}[s.region], s.made)
}
