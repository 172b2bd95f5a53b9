// Package firstcmf is a server of the first version of the CMF API, made of its
// document (platforms-supplement.md §1): eleven operations on environments and
// applications, 201 for what is posted, 200 for the rest, times without a zone,
// and 404 for everything else. It is strict: what the document does not allow is
// refused and told.
package firstcmf

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const base = "/cmf/api/v1"

// made is the time of every object, as this version writes times.
const made = "2025-04-15T17:35:13.326345"

// Server is a running one. Its methods may be called at any time.
type Server struct {
	URL string

	mu           sync.Mutex
	environments map[string]object
	applications map[string]map[string]object
	unknown      map[string]int // paths that this version does not have, and how often each was asked for
	changes      []string
}

type object = map[string]any

// New starts a server with two environments and three applications; the test's end
// stops it.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		environments: map[string]object{}, applications: map[string]map[string]object{}, unknown: map[string]int{},
	}
	for env, apps := range map[string][]string{"test": {"orders", "payments"}, "prod": {"clicks"}} {
		s.environments[env] = object{
			"name": env, "created_time": made, "updated_time": made, "flinkApplicationDefaults": object{},
			"kubernetesNamespace": "default",
		}
		s.applications[env] = map[string]object{}
		for _, name := range apps {
			s.applications[env][name] = application(name, "running")
		}
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	s.URL = web.URL
	return s
}

func application(name, state string) object {
	life, job := "STABLE", "RUNNING"
	if state == "suspended" {
		life, job = "SUSPENDED", "FINISHED"
	}
	return object{
		"apiVersion": "cmf.confluent.io/v1", "kind": "FlinkApplication",
		"metadata": object{"name": name, "creationTimestamp": made, "updateTimestamp": made},
		"spec": object{
			"image": "confluentinc/cp-flink:1.19.1-cp2", "flinkVersion": "v1_19",
			"job": object{
				"jarURI": "local:///opt/flink/examples/streaming/StateMachineExample.jar", "state": state,
				"parallelism": 3, "upgradeMode": "savepoint",
			},
		},
		"status": object{"lifecycleState": life, "jobStatus": object{"jobName": name, "state": job, "jobId": "5a57986a5a57986a5a57986a5a57986a"}},
	}
}

// Changes are the requests but GET that came, as METHOD path.
func (s *Server) Changes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.changes)
}

// Unknown are the paths that were asked for and that this version does not have.
func (s *Server) Unknown() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.unknown)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method != http.MethodGet {
		s.changes = append(s.changes, r.Method+" "+r.URL.Path)
	}
	path, ok := strings.CutPrefix(r.URL.Path, base+"/environments")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case !ok:
		s.notFound(w, r)
	case path == "":
		s.serveEnvironments(w, r)
	case len(parts) == 1:
		s.serveEnvironment(w, r, parts[0])
	case len(parts) == 2 && parts[1] == "applications":
		s.serveApplications(w, r, parts[0])
	case len(parts) == 3 && parts[1] == "applications":
		s.serveApplication(w, r, parts[0], parts[2])
	case len(parts) == 4 && parts[1] == "applications" && r.Method == http.MethodPost:
		s.serveAction(w, r, parts[0], parts[2], parts[3])
	default:
		s.notFound(w, r)
	}
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	s.unknown[r.URL.Path]++
	http.Error(w, "Resource not found: ["+strings.TrimPrefix(r.URL.Path, "/")+"]", http.StatusNotFound)
}

func refuse(w http.ResponseWriter, code int, format string, args ...any) {
	answer(w, code, object{"errors": []object{{"message": fmt.Sprintf(format, args...)}}})
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

// list answers a page of objects by their names.
func list(w http.ResponseWriter, r *http.Request, all map[string]object) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, err := strconv.Atoi(r.URL.Query().Get("size"))
	if err != nil || size <= 0 {
		size = 20
	}
	names := slices.Sorted(maps.Keys(all))
	items := []object{}
	for _, name := range names[min(page*size, len(names)):min(page*size+size, len(names))] {
		items = append(items, all[name])
	}
	answer(w, http.StatusOK, object{
		"pageable": object{"page": page, "size": size, "sort": object{"sorted": true, "unsorted": false, "empty": false}},
		"metadata": object{"size": len(names)}, "items": items,
	})
}

var validName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// posted reads the object of a request; ok is false when it was refused.
func posted(w http.ResponseWriter, r *http.Request) (o object, ok bool) {
	data, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(data, &o) != nil {
		refuse(w, http.StatusBadRequest, "the body cannot be read")
		return nil, false
	}
	return o, true
}

func named(w http.ResponseWriter, name string) bool {
	if len(name) < 4 || len(name) > 253 || !validName.MatchString(name) {
		refuse(w, http.StatusUnprocessableEntity, "the name %q is not valid", name)
		return false
	}
	return true
}

func (s *Server) serveEnvironments(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		list(w, r, s.environments)
	case http.MethodPost:
		o, ok := posted(w, r)
		name, _ := o["name"].(string)
		if !ok || !named(w, name) {
			return
		}
		o["created_time"], o["updated_time"] = made, made
		s.environments[name] = o
		if s.applications[name] == nil {
			s.applications[name] = map[string]object{}
		}
		answer(w, http.StatusCreated, o)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Method %s is not supported.", r.Method)
	}
}

func (s *Server) serveEnvironment(w http.ResponseWriter, r *http.Request, name string) {
	env, there := s.environments[name]
	switch {
	case !there:
		refuse(w, http.StatusNotFound, "Environment '%s' not found.", name)
	case r.Method == http.MethodGet:
		answer(w, http.StatusOK, env)
	case r.Method == http.MethodDelete:
		delete(s.environments, name)
		delete(s.applications, name)
		w.WriteHeader(http.StatusOK)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Method %s is not supported.", r.Method)
	}
}

func (s *Server) serveApplications(w http.ResponseWriter, r *http.Request, env string) {
	apps, there := s.applications[env]
	switch {
	case !there:
		refuse(w, http.StatusNotFound, "Environment '%s' not found.", env)
	case r.Method == http.MethodGet:
		list(w, r, apps)
	case r.Method == http.MethodPost:
		o, ok := posted(w, r)
		metadata, _ := o["metadata"].(object)
		name, _ := metadata["name"].(string)
		if !ok || !named(w, name) {
			return
		}
		metadata["creationTimestamp"], metadata["updateTimestamp"] = made, made
		o["status"] = application(name, "running")["status"]
		apps[name] = o
		answer(w, http.StatusCreated, o)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Method %s is not supported.", r.Method)
	}
}

func (s *Server) serveApplication(w http.ResponseWriter, r *http.Request, env, name string) {
	app, there := s.applications[env][name]
	switch {
	case !there && r.Method == http.MethodGet:
		refuse(w, http.StatusNotFound, "FlinkApplication '%s' not found.", name)
	case !there:
		w.WriteHeader(http.StatusNotModified)
	case r.Method == http.MethodGet:
		answer(w, http.StatusOK, app)
	case r.Method == http.MethodDelete:
		delete(s.applications[env], name)
		w.WriteHeader(http.StatusOK)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Method %s is not supported.", r.Method)
	}
}

func (s *Server) serveAction(w http.ResponseWriter, r *http.Request, env, name, action string) {
	app, there := s.applications[env][name]
	wanted, known := map[string]string{"start": "running", "suspend": "suspended"}[action]
	switch {
	case !known:
		s.notFound(w, r)
	case len(r.URL.Query()) > 0:
		refuse(w, http.StatusBadRequest, "this version knows no parameter of %s", action)
	case !there:
		w.WriteHeader(http.StatusInternalServerError)
	case app["spec"].(object)["job"].(object)["state"] == wanted:
		w.WriteHeader(http.StatusNotModified)
	default:
		s.applications[env][name] = application(name, wanted)
		answer(w, http.StatusOK, s.applications[env][name])
	}
}
