package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client/flinkrest"
	"drey/server/engine"
)

func TestNobodyAnsweringIsUnavailable(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, _ := r.BasicAuth(); user != "me" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"errors":["org.apache.flink.X: Job a not found\n\tat x"]}`))
	}))
	c, err := New("Flink's JobManager", Endpoint{URL: server.URL, User: "me", Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	jobs := flinkrest.JobManager{Transport: c}
	if err := jobs.Cancel(t.Context(), "a"); !flinkrest.NotFound(err) || err.Error() != "Job a not found" ||
		!flinkrest.Says(err, "not found") {
		t.Errorf("got %v, want not found", err)
	}
	server.Close()
	if err := jobs.Cancel(t.Context(), "a"); !errors.Is(err, engine.ErrUnavailable) ||
		!strings.Contains(err.Error(), "Flink's JobManager at http://127.0.0.1") {
		t.Errorf("got %v, want unavailable", err)
	}
	if _, err := New("Flink's JobManager", Endpoint{URL: "localhost:8081"}); err == nil {
		t.Error("an address without http:// is taken")
	}
}
