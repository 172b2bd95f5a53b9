package httpapi

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"drey/server/metrics"
)

// Paths of those who operate the server. They are no part of the API; health
// and readiness are told to everyone.
const (
	pathHealth  = "/healthz"
	pathReady   = "/readyz"
	pathMetrics = "/metrics"
)

// isPublic reports whether a path is answered without asking who calls.
func isPublic(path string) bool { return path == pathHealth || path == pathReady }

// operate answers the paths of operation; false: it is none of them.
func (a *API) serveOperations(w *recorder, r *http.Request, id string) bool {
	switch r.URL.Path {
	case pathHealth, pathReady, pathMetrics:
	default:
		return false
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		a.fail(w, r, id, errMethod)
		return true
	}
	status, text := http.StatusOK, []byte("ok\n")
	switch r.URL.Path {
	case pathReady:
		if err := a.service.Ready(r.Context()); err != nil {
			a.log.Error("not ready", "request", id, "error", err)
			status, text = http.StatusServiceUnavailable, []byte("not ready: the data cannot be read\n")
		} else if files, closed := a.refusedFiles(); closed {
			status, text = http.StatusServiceUnavailable, []byte("not ready: nobody can come in, refused: "+
				strings.Join(files, ", ")+"; the log says why\n")
		} else if len(files) > 0 {
			text = []byte("ok, but in part refused: " + strings.Join(files, ", ") + "; the log says why\n")
		}
	case pathMetrics:
		var err error
		if text, err = a.exposition(r); err != nil {
			a.fail(w, r, id, err)
			return true
		}
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(text)
	}
	return true
}

func (a *API) exposition(r *http.Request) ([]byte, error) {
	counts, err := a.service.Objects(r.Context())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := a.metrics.Write(&out); err != nil {
		return nil, err
	}
	files, _ := a.refusedFiles()
	fmt.Fprintf(&out, "# HELP drey_refused_files Files of authentication that are not taken as they are now.\n"+
		"# TYPE drey_refused_files gauge\ndrey_refused_files %d\n", len(files))
	err = metrics.Gauge(&out, "drey_objects", "Objects by kind and state.", [2]string{"kind", "state"}, counts)
	return out.Bytes(), err
}

func (a *API) refusedFiles() ([]string, bool) {
	if a.refused == nil {
		return nil, false
	}
	return a.refused()
}
