//go:build flink

package flink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"drey/server"
	"drey/server/engine/enginetest/corpus"
)

// TestTheCorpusThroughTheAPIOnRealFlink posts every case as a statement.
// It takes one in eight, all with DREY_CORPUS=all.
func TestTheCorpusThroughTheAPIOnRealFlink(t *testing.T) {
	s := serve(t)
	verdicts := corpus.Runner{
		Open: func(t testing.TB, number int, _ corpus.Folders) corpus.Session {
			api := &corpus.API{
				Call: callsOf(t, s), Environment: fmt.Sprintf("case-%d", number), Wait: 20 * time.Millisecond,
				Configuration: map[string]string{"restart-strategy.type": "none"},
			}
			api.Open(t)
			return api
		},
		Refused:   isOutside,
		SameError: func(got, want string) bool { return corpus.HasHead(withoutPlan(got), withoutPlan(want)) },
		// Nested columns are compared by the test of cells.
		Form:    corpus.Form{LowerBooleans: true, Hidden: corpus.IsNested},
		Differs: corpus.DiffersOn(t, os.Getenv("DREY_TEST_FLINK_VERSION")),
		AtOnce:  3, Explain: true,
	}.Run(t, corpus.Sample(corpus.Areas(t), 8, 0))
	equal := 0
	for _, tally := range verdicts {
		equal += tally.Equal()
	}
	if equal == 0 {
		t.Error("nothing was equal")
	}
}

// serve is a server on the real Flink.
func serve(t *testing.T) *server.Server {
	s, err := server.Open(t.Context(), server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Engine: server.EngineFlink,
		Flink: server.Flink{
			REST: os.Getenv("DREY_TEST_FLINK_REST"), SQLGateway: os.Getenv("DREY_TEST_FLINK_SQL_GATEWAY"),
			Savepoints: os.Getenv("DREY_TEST_FLINK_SAVEPOINTS"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// callsOf sends requests to a server without a connection.
func callsOf(t testing.TB, s *server.Server) func(method, path string, body any) (int, []byte) {
	return func(method, path string, body any) (int, []byte) {
		var b bytes.Buffer
		if body != nil {
			if err := json.NewEncoder(&b).Encode(body); err != nil {
				t.Error(err)
			}
		}
		req := httptest.NewRequest(method, "http://127.0.0.1/cmf/api/v1/environments"+path, &b)
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		s.Handler().ServeHTTP(rec, req)
		return rec.Code, rec.Body.Bytes()
	}
}

var (
	relation = regexp.MustCompile(`#\d+`)
	planned  = regexp.MustCompile(
		`(?s)(Cannot generate a valid execution plan for the given query: \n)\nFlinkLogical.*?\n(\n)`,
	)
)

// withoutPlan gives an error without numbers of a planner's run and the plan of the
// query, which has a sink only where it is executed and not explained first; examples
// is a catalog of the API.
func withoutPlan(message string) string {
	message = relation.ReplaceAllString(planned.ReplaceAllString(message, "$1$2"), "#N")
	return strings.ReplaceAll(message, "[examples, default_catalog]", "[default_catalog]")
}

// isOutside reports whether the API does not take such a statement.
func isOutside(detail string) bool {
	return strings.Contains(detail, "is not taken") || strings.Contains(detail, "not a statement of the API")
}
