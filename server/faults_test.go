package server

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/server/httpapi"
	"drey/server/service"
)

// fullStore has no room for writes.
type fullStore struct{ service.Store }

func (fullStore) Update(context.Context, func(service.Tx) error) error {
	return fmt.Errorf("commit: %w", service.ErrStorageFull)
}

func TestAFullDiskIsToldAndReadsGoOn(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	full := service.New(service.Options{Store: fullStore{w.store}, Engine: w.engine, Now: w.clock.Now})
	w.api = httpapi.New(httpapi.Options{Service: full})
	rec := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "http://localhost/cmf/api/v1/environments", strings.NewReader(`{"name":"more","kubernetesNamespace":"x"}`))
	w.api.ServeHTTP(rec, r)
	if rec.Code != 507 || !strings.Contains(rec.Body.String(), `{"errors":[{"message":"the disk of the server is full`) {
		t.Errorf("got %d %s, want 507 in the API's shape", rec.Code, rec.Body)
	}
	w.play([]scenario{{"read", "GET", "environments/prod", "", nil, 200, `"prod"`}})
}
