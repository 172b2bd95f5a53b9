// Package crowd is a CMF server of many environments and applications that are
// made up as they are asked for. It counts what it is asked, and
// lets the state of an application change.
package crowd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

const base = "/cmf/api/v1"

// Server is the handler. Its methods may be called at any time.
type Server struct {
	environments, applications int

	mu       sync.Mutex
	failed   map[string]bool // environment/application
	requests map[string]int  // by path, without the query
}

type object = map[string]any

// New makes a server of so many environments, with so many applications in each.
func New(environments, applications int) *Server {
	return &Server{
		environments: environments, applications: applications, failed: map[string]bool{}, requests: map[string]int{},
	}
}

// Environments is how many there are.
func (s *Server) Environments() int { return s.environments }

// Applications is how many there are in all environments.
func (s *Server) Applications() int { return s.environments * s.applications }

// EnvironmentName is the name of one.
func EnvironmentName(i int) string { return fmt.Sprintf("team-%03d", i) }

// ApplicationName is the name of one, the same in each environment.
func ApplicationName(i int) string { return fmt.Sprintf("orders-%06d", i) }

// Fail has an application's job fail, or run again.
func (s *Server) Fail(environment, application string, failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed[environment+"/"+application] = failed
}

// Requests are how many came by path since the call before.
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.requests
	s.requests = map[string]int{}
	return taken
}

// Lists is how many of such requests list the applications of an environment, and
// of how many environments.
func Lists(requests map[string]int) (lists, environments int) {
	for path, n := range requests {
		if strings.HasSuffix(path, "/applications") {
			lists, environments = lists+n, environments+1
		}
	}
	return lists, environments
}

var (
	environmentPath   = regexp.MustCompile(`^/environments/team-(\d+)$`)
	listPath          = regexp.MustCompile(`^/environments/(team-\d+)/(applications|statements|compute-pools)$`)
	applicationPath   = regexp.MustCompile(`^/environments/(team-\d+)/applications/(orders-\d+)$`)
	eventsPath        = regexp.MustCompile(`^/environments/(team-\d+)/applications/(orders-\d+)/events$`)
	systemInformation = object{
		"apiVersion": "cmf.confluent.io/v1", "kind": "SystemInformation", "status": object{"version": "2.3.0"},
	}
)

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, base)
	s.mu.Lock()
	s.requests[path]++
	s.mu.Unlock()
	switch m := listPath.FindStringSubmatch(path); {
	case path == "/system-information":
		answer(w, r, systemInformation)
	case path == "/environments":
		answer(w, r, page(r, s.environments, func(i int) object {
			return s.environment(i, r.URL.Query().Has("include-resource-information"))
		}))
	case m != nil && m[2] == "applications":
		answer(w, r, page(r, s.applications, func(i int) object { return s.application(m[1], ApplicationName(i)) }))
	case m != nil, eventsPath.MatchString(path):
		answer(w, r, page(r, 0, nil))
	case applicationPath.MatchString(path):
		m := applicationPath.FindStringSubmatch(path)
		answer(w, r, s.application(m[1], m[2]))
	case environmentPath.MatchString(path):
		i, _ := strconv.Atoi(environmentPath.FindStringSubmatch(path)[1])
		answer(w, r, s.environment(i, false))
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"errors":[{"message":"there is no ` + path + `"}]}`))
	}
}

// page is the page of n objects that a request asks for.
func page(r *http.Request, n int, of func(int) object) object {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, err := strconv.Atoi(r.URL.Query().Get("size"))
	if err != nil || size <= 0 {
		size = 20
	}
	items := []object{}
	for i := min(number*size, n); i < min(number*size+size, n); i++ {
		items = append(items, of(i))
	}
	return object{"metadata": object{"size": n}, "items": items}
}

// answer sends a document, or that it is the one that the client has.
func answer(w http.ResponseWriter, r *http.Request, doc object) {
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(doc)
	sum := fnv.New64a()
	_, _ = sum.Write(b.Bytes())
	tag := fmt.Sprintf(`"%x"`, sum.Sum64())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(b.Bytes())
}

func (s *Server) environment(i int, counted bool) object {
	name := EnvironmentName(i)
	o := object{
		"name": name, "kubernetesNamespace": "flink", "created_time": "2026-01-02T03:04:05Z",
		"updated_time": "2026-01-02T03:04:05Z",
	}
	if counted {
		s.mu.Lock()
		failed := 0
		for key, is := range s.failed {
			if is && strings.HasPrefix(key, name+"/") {
				failed++
			}
		}
		s.mu.Unlock()
		o["status"] = object{"resources": object{
			"applications": object{"RUNNING": s.applications - failed, "FAILED": failed}, "statements": object{},
		}}
	}
	return o
}

func (s *Server) application(environment, name string) object {
	s.mu.Lock()
	failed := s.failed[environment+"/"+name]
	s.mu.Unlock()
	state := "RUNNING"
	if failed {
		state = "FAILED"
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(environment + "/" + name))
	id := fmt.Sprintf("%016x", sum.Sum64())
	return object{
		"metadata": object{
			"name": name, "uid": id[:8] + "-" + id[8:12] + "-4" + id[1:4] + "-8" + id[5:8] + "-" + id[:12],
			"creationTimestamp": "2026-01-02T03:04:05Z", "updateTimestamp": "2026-01-02T03:04:05Z",
			"labels": object{"team": environment},
		},
		"spec": object{
			"image": "registry.example/" + name + ":1", "flinkVersion": "v1_20",
			"job": object{"state": "running", "parallelism": 4, "upgradeMode": "savepoint"},
		},
		"status": object{
			"lifecycleState": "STABLE",
			"jobStatus":      object{"state": state, "jobId": id + id, "startTime": "1767323045000", "restarts": 0},
		},
	}
}
