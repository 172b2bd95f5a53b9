//go:build flink

// These run over a real Flink: drey flink up starts one, .ci/flink sets the
// variables.
package flink

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded"
	"drey/server/engine/enginetest"
	"drey/server/engine/flink/rest"
	"drey/server/model"
	"drey/server/store"
)

func overFlink(t *testing.T, dir string, tables engine.Tables) *Engine {
	t.Helper()
	url, gateway := os.Getenv("DREY_TEST_FLINK_REST"), os.Getenv("DREY_TEST_FLINK_SQL_GATEWAY")
	if url == "" || gateway == "" {
		t.Fatal("DREY_TEST_FLINK_REST and DREY_TEST_FLINK_SQL_GATEWAY must say where Flink is")
	}
	e, err := New(Options{
		Dir: filepath.Join(dir, "engine"), REST: rest.Endpoint{URL: url}, Gateway: rest.Endpoint{URL: gateway},
		Jars: os.Getenv("DREY_TEST_FLINK_JARS"), Savepoints: os.Getenv("DREY_TEST_FLINK_SAVEPOINTS"),
		Tables: tables,
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
		open[dir] = overFlink(t, dir, nil)
		return open[dir]
	}
}

func TestStatementsOnRealFlink(t *testing.T) {
	open := opener()
	resumes := !strings.HasPrefix(os.Getenv("DREY_TEST_FLINK_VERSION"), "1.")
	enginetest.RealStatements(t, resumes, func(t *testing.T, dir string, _ func() time.Time) engine.Statements {
		return open(t, dir).Statements()
	})
}

func TestTablesOutliveTheEngine(t *testing.T) {
	engines, stores := map[string]*Engine{}, map[string]*store.Store{}
	shut := func(dir string) error {
		if engines[dir] == nil {
			return nil
		}
		return errors.Join(engines[dir].Close(), stores[dir].Close())
	}
	enginetest.RealStatementTables(t, func(t *testing.T, dir string, _ func() time.Time) engine.Statements {
		t.Helper()
		fresh := engines[dir] == nil
		if err := shut(dir); err != nil {
			t.Fatal(err)
		}
		found := environment(t, dir, fresh)
		if fresh {
			t.Cleanup(func() { _ = shut(dir) })
		}
		engines[dir], stores[dir] = overFlink(t, dir, found), found
		return engines[dir].Statements()
	})
}

// environment is a store with the environment "env".
func environment(t *testing.T, dir string, fresh bool) *store.Store {
	t.Helper()
	found, err := store.Open(t.Context(), filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	if !fresh {
		return found
	}
	err = found.Update(t.Context(), func(tx model.Tx) error {
		now := time.Now()
		return tx.Put(model.Record{
			Scope: model.Scope{Kind: model.KindEnvironment}, Name: "env", UID: "1", Created: now, Updated: now,
			Doc: []byte("{}"),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTablesOfOneEngineAreThereOnTheOther(t *testing.T) {
	for _, first := range []string{"embedded", "flink"} {
		t.Run("made on "+first, func(t *testing.T) {
			dir := t.TempDir()
			found := environment(t, dir, true)
			defer found.Close()
			real := overFlink(t, filepath.Join(dir, "flink"), found)
			defer real.Close()
			own, err := embedded.New(embedded.Options{
				Dir: filepath.Join(dir, "embedded"), Now: time.Now, Tables: found,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer own.Close()
			if first == "flink" {
				enginetest.SharedTables(t, real.Statements(), own.Statements())
			} else {
				enginetest.SharedTables(t, own.Statements(), real.Statements())
			}
		})
	}
}
