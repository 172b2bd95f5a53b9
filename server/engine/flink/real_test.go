//go:build flink

// These run over a real Flink: drey flink up starts one, .ci/flink sets the
// variables.
package flink

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"drey/server/engine/enginetest"
	"drey/server/engine/flink/rest"
	"drey/server/service"
)

func overFlink(t *testing.T, dir string) *Engine {
	t.Helper()
	url, gateway := os.Getenv("DREY_TEST_FLINK_REST"), os.Getenv("DREY_TEST_FLINK_SQL_GATEWAY")
	if url == "" || gateway == "" {
		t.Fatal("DREY_TEST_FLINK_REST and DREY_TEST_FLINK_SQL_GATEWAY must say where Flink is")
	}
	e, err := New(Options{
		Dir: filepath.Join(dir, "engine"), REST: rest.Endpoint{URL: url}, Gateway: rest.Endpoint{URL: gateway},
		Jars: os.Getenv("DREY_TEST_FLINK_JARS"), Savepoints: os.Getenv("DREY_TEST_FLINK_SAVEPOINTS"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// opener closes an engine before another is opened over its folder.
func opener() func(t *testing.T, dir string) *Engine {
	open := map[string]*Engine{}
	return func(t *testing.T, dir string) *Engine {
		t.Helper()
		if old := open[dir]; old != nil {
			if err := old.Close(); err != nil {
				t.Fatal(err)
			}
		}
		open[dir] = overFlink(t, dir)
		return open[dir]
	}
}

func TestStatementsOnRealFlink(t *testing.T) {
	open := opener()
	enginetest.RealStatements(t, func(t *testing.T, dir string, _ func() time.Time) service.StatementEngine {
		return open(t, dir).Statements()
	})
}
