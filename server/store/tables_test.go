package store

import (
	"errors"
	"testing"
	"time"

	"drey/server/engine"
	"drey/server/model"
)

func environment(t *testing.T, s *Store, name string) {
	t.Helper()
	err := s.Update(t.Context(), func(tx model.Tx) error {
		return tx.Put(model.Record{
			Scope: model.Scope{Kind: model.KindEnvironment}, Name: name, UID: "u-" + name,
			Created: time.Unix(1, 0), Updated: time.Unix(1, 0), Doc: []byte("{}"),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTablesOutliveTheStoreAndGoWithTheirEnvironment(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	environment(t, s, "prod")
	environment(t, s, "test")
	for _, env := range []string{"prod", "test"} {
		err := s.ChangeTables(t.Context(), env, func(old []engine.Table) ([]engine.Table, error) {
			return append(old, engine.Table{Catalog: "c", Database: "d", Name: "t", Definition: []byte(`{"a":1}`)}), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Update(t.Context(), func(tx model.Tx) error {
		return tx.Delete(model.Scope{Kind: model.KindEnvironment}, "prod")
	})
	if err != nil {
		t.Fatal(err)
	}
	for env, want := range map[string]int{"prod": 0, "test": 1} {
		if got, err := s.Tables(t.Context(), env); err != nil || len(got) != want {
			t.Errorf("%s: got %v, %v, want %d tables", env, got, err, want)
		}
	}
}

func TestAChangeOfTablesThatFailsChangesNothing(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	add := func(old []engine.Table) ([]engine.Table, error) {
		return append(old, engine.Table{Catalog: "c", Database: "d", Name: "t", Definition: []byte("{}")}), nil
	}
	if err := s.ChangeTables(t.Context(), "nowhere", add); !errors.Is(err, model.ErrMissing) {
		t.Errorf("without an environment: got %v, want ErrMissing", err)
	}
	environment(t, s, "prod")
	if err := s.ChangeTables(t.Context(), "prod", add); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err = s.ChangeTables(t.Context(), "prod", func([]engine.Table) ([]engine.Table, error) { return nil, boom })
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want the change's own error", err)
	}
	if got, err := s.Tables(t.Context(), "prod"); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want the table still there", got, err)
	}
}

func TestTablesOfAKafkaDatabaseAreDefinedByItsDDLEnvironments(t *testing.T) {
	s := open(t, t.TempDir())
	environment(t, s, "prod")
	environment(t, s, "test")
	s.put(t, model.Record{Scope: model.Scope{Kind: model.KindCatalog}, Name: "shop", UID: "s", Doc: []byte("{}")})
	s.put(t, model.Record{
		Scope: model.Scope{Kind: model.KindDatabase, Parent: "shop"}, Name: "orders", UID: "o",
		Doc: []byte(`{"spec":{"ddlEnvironments":["prod"]}}`),
	})
	add := func(old []engine.Table) ([]engine.Table, error) {
		return append(old, engine.Table{Catalog: "shop", Database: "orders", Name: "t", Definition: []byte("{}")}), nil
	}
	if err := s.ChangeTables(t.Context(), "prod", add); err != nil {
		t.Errorf("got %v, want the named environment to define it", err)
	}
	var refused *engine.SQLError
	again := func(old []engine.Table) ([]engine.Table, error) {
		return append(old, engine.Table{Catalog: "shop", Database: "orders", Name: "u", Definition: []byte("{}")}), nil
	}
	if err := s.ChangeTables(t.Context(), "test", again); !errors.As(err, &refused) {
		t.Errorf("got %v, want a refusal", err)
	}
	if got, err := s.Tables(t.Context(), "test"); err != nil || len(got) != 1 || got[0].Name != "t" {
		t.Errorf("got %v, %v, want the other environment's table", got, err)
	}
	s.put(t, model.Record{
		Scope: model.Scope{Kind: model.KindDatabase, Parent: "shop"}, Name: "orders", UID: "o",
		Doc: []byte(`{"spec":{}}`),
	})
	drop := func([]engine.Table) ([]engine.Table, error) { return nil, nil }
	if err := s.ChangeTables(t.Context(), "prod", drop); !errors.As(err, &refused) {
		t.Errorf("got %v, want a refusal of what is no longer allowed", err)
	}
}
