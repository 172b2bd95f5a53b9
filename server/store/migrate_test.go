package store

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/model"
)

// older makes a folder as the drey of a schema would have left it.
func older(t *testing.T, schema int) string {
	t.Helper()
	dir := t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "drey.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	script := ""
	for _, migration := range migrations[:schema] {
		script += migration
	}
	script += fmt.Sprintf("PRAGMA user_version = %d;", schema)
	for i, state := range []string{"RUNNING", "RUNNING", "FAILED"} {
		script += fmt.Sprintf(`INSERT INTO objects (kind, env, parent, name, uid, state, link, created, updated, doc, note)
			VALUES ('application', 'prod', '', 'app-%d', 'uid-%d', '%s', '', %d, 0, '{"n":%d}',
			'{"resources":{"jobManager":{"cpu":0.5,"memory":100,"count":1},"taskManager":{"cpu":2,"memory":200,"count":2}}}');`, i, i, state, i, i)
		if schema < 3 {
			script += fmt.Sprintf(
				"INSERT INTO labels SELECT id, 'team', 't%d' FROM objects WHERE name = 'app-%d';", i%2, i,
			)
			continue
		}
		script += fmt.Sprintf(`INSERT INTO labelled SELECT kind, env, parent, 'team', 't%d', state, created, name, id
			FROM objects WHERE name = 'app-%d';`, i%2, i)
	}
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	return dir
}

func label(key, value string) model.Term {
	return model.Term{Label: key, Values: []string{value}}
}

func TestFoldersOfEveryEarlierVersionAreOpenedWithAllThatIsInThem(t *testing.T) {
	for schema := 1; schema <= len(migrations); schema++ {
		t.Run(fmt.Sprint("schema ", schema), func(t *testing.T) {
			s := open(t, older(t, schema))
			_ = s.View(t.Context(), func(r model.Reader) error {
				record, err := r.Get(apps, "app-2")
				if err != nil || string(record.Doc) != `{"n":2}` || record.State != "FAILED" {
					t.Errorf("got %+v, %v", record, err)
				}
				found, err := r.Find(apps, model.Query{Where: []model.Term{label("team", "t0")}, Limit: 10})
				if err != nil || found.Total != 2 || found.Records[1].Name != "app-2" {
					t.Errorf("by label: got %+v, %v, want app-0 and app-2", found, err)
				}
				counts, err := r.Count(apps)
				if err != nil || counts["RUNNING"] != 2 || counts["FAILED"] != 1 {
					t.Errorf("counts: got %v, %v", counts, err)
				}
				used, err := r.Usage(apps, "")
				if err != nil || *used.JobManager != (cmf.ResourceUsage{CPU: 1.5, Memory: 300, Count: 3}) {
					t.Errorf("usage: got %+v, %v", used.JobManager, err)
				}
				return nil
			})
		})
	}
}

func TestLabelsFollowTheirObjects(t *testing.T) {
	s := open(t, t.TempDir())
	labelled := func(name, state, team string) model.Record {
		r := record(name, state, time.Time{})
		r.Labels = map[string]string{"team": team}
		return r
	}
	s.put(
		t, labelled("a", "RUNNING", "x"), labelled("b", "RUNNING", "x"), labelled("c", "FAILED", "y"),
		record("d", "", time.Time{}),
	)
	moved := labelled("b", "FAILED", "x")
	err := s.Update(t.Context(), func(tx model.Tx) error { return tx.Save(moved) })
	if err != nil {
		t.Fatal(err)
	}
	state := func(test model.Test, values ...string) model.Term {
		return model.Term{Fields: []model.Field{{Column: model.ColumnState}}, Test: test, Values: values}
	}
	no := model.Term{Label: "team", Test: model.TestNotIn, Values: []string{"x"}}
	for want, where := range map[string][]model.Term{
		"b":  {label("team", "x"), state(model.TestIn, "FAILED")},
		"ab": {label("team", "x")},
		"cd": {no},
		"c":  {no, label("team", "y"), {Label: "none", Test: model.TestMissing}},
		"bc": {state(model.TestIn, "FAILED")},
		"d":  {{Label: "team", Test: model.TestMissing}},
	} {
		_ = s.View(t.Context(), func(r model.Reader) error {
			found, err := r.Find(apps, model.Query{Where: where, Order: []model.Order{{
				Field: model.Field{Column: model.ColumnName},
			}}})
			got := ""
			for _, record := range found.Records {
				got += record.Name
			}
			if err != nil || got != want || found.Total != int64(len(want)) {
				t.Errorf("%v: got %s of %d, %v, want %s", where, got, found.Total, err, want)
			}
			return nil
		})
	}
}

func TestUsageFollowsEveryChange(t *testing.T) {
	s := open(t, t.TempDir())
	statement := func(name, state, pool string, cpu float64) model.Record {
		return model.Record{
			Scope: model.Scope{Kind: model.KindStatement, Env: "prod"}, Name: name, UID: name, State: state,
			Link: pool, Doc: []byte("{}"),
			ControllerState: model.MustEncode(model.StatementControllerState{
				Resources: &cmf.ResourceUsageSummary{TaskManager: &cmf.ResourceUsage{CPU: cpu, Count: 1}},
			}),
		}
	}
	want := func(what, pool string, cpu float64) {
		t.Helper()
		_ = s.View(t.Context(), func(r model.Reader) error {
			used, err := r.Usage(model.Scope{Kind: model.KindStatement}, pool)
			if err != nil || used.TaskManager.CPU != cpu {
				t.Errorf("%s: got %v, %v, want %v", what, used.TaskManager.CPU, err, cpu)
			}
			return nil
		})
	}
	s.put(t, statement("a", "RUNNING", "p", 0.1), statement("b", "RUNNING", "q", 0.2))
	want("two", "", 0.3)
	want("one pool", "p", 0.1)
	s.put(t, statement("a", "RUNNING", "p", 0.4))
	want("rescaled", "p", 0.4)
	s.put(t, statement("b", "COMPLETED", "q", 0.2))
	want("ended", "", 0.4)
	if err := s.Update(t.Context(), func(tx model.Tx) error {
		return tx.Delete(model.Scope{Kind: model.KindStatement, Env: "prod"}, "a")
	}); err != nil {
		t.Fatal(err)
	}
	want("deleted", "", 0)
}
