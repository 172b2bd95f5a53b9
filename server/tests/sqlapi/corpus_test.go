package sqlapi

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"drey/server"
	"drey/server/engine/enginetest/corpus"
)

// TestTheCorpusOverHTTP runs a part of the corpus, or with DREY_CORPUS=all all of it,
// as people and their programs would.
func TestTheCorpusOverHTTP(t *testing.T) {
	out := t.TempDir()
	s, err := server.Open(t.Context(), server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Files: []string{corpus.Data(t), out},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	c := &sqlClient{t: t, url: s.URL()}
	corpus.Runner{
		Out: out,
		Open: func(t testing.TB, number int, _ corpus.Folders) corpus.Session {
			api := &corpus.API{
				Environment: fmt.Sprintf("case-%d", number), Wait: 5 * time.Millisecond,
				Call: func(method, path string, body any) (int, []byte) {
					return c.call(method, "environments"+path, body)
				},
			}
			api.Open(t)
			return api
		},
		Refused:   func(message string) bool { return strings.Contains(message, "not supported by the embedded engine") },
		SameError: corpus.HasHead,
		Form:      corpus.Form{LowerBooleans: true, Hidden: otherForm},
	}.Run(t, corpus.Sample(corpus.Areas(t), 23, 22))
}

// otherForm are the types whose values the API writes in another form than Flink's
// SQL client does.
func otherForm(typ string) bool {
	return strings.Contains(typ, "<") || strings.HasPrefix(typ, "BINARY") || strings.HasPrefix(typ, "VARBINARY") ||
		strings.HasPrefix(typ, "INTERVAL")
}
