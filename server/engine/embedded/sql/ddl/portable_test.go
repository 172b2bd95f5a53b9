package ddl

import (
	"encoding/json"
	"reflect"
	"testing"

	"drey/server/engine"
	"drey/server/engine/tabledef"
)

// TestDefinitionsComeBackFromTheStatementsThatMakeThem goes to Flink's form and back.
func TestDefinitionsComeBackFromTheStatementsThatMakeThem(t *testing.T) {
	for key, d := range map[[3]string]*tabledef.Definition{
		{"c"}:      {Options: map[string]string{"type": "generic_in_memory", "default-database": "it's"}},
		{"c", "d"}: {Comment: "a 'place'"},
		{"c", "d", "a b"}: {
			Columns: []tabledef.Column{
				{Name: "id`", Type: "DECIMAL(10, 2) NOT NULL", Comment: "it's"},
				{Name: "up", Computed: "UPPER('x''y')"},
				{Name: "ts", Type: "TIMESTAMP(3)", Metadata: true, Key: "timestamp", Virtual: true},
				{Name: "k", Type: "ROW<a INT, b ARRAY<STRING>>"},
			},
			Watermark: &tabledef.Watermark{Column: "ts", Expr: "ts - INTERVAL '1' SECOND"}, Key: []string{"id`"},
			PartitionBy: []string{"k"},
			Options:     map[string]string{"connector": "datagen", "x.y": "1"}, Comment: "rows",
		},
		{"c", "d", "v"}: {View: &tabledef.View{Query: "SELECT a, 'x' AS b FROM t", Columns: []string{"p q", "r"}, Catalog: "c", Database: "d"}},
	} {
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		made, err := tabledef.Statements(engine.Table{Catalog: key[0], Database: key[1], Name: key[2], Definition: b})
		if err != nil {
			t.Fatal(err)
		}
		sql, err := json.Marshal(map[string]string{"sql": made[len(made)-1], "by": d.By})
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(engine.Table{Definition: sql})
		if err != nil || got.broken != nil || string(got.raw) != string(sql) {
			t.Fatalf("%q: got %v, %v", made, err, got.broken)
		}
		got.raw = nil
		if len(d.Options) == 0 {
			got.Options = nil
		}
		if len(d.PartitionBy) == 0 {
			got.PartitionBy = nil
		}
		if !reflect.DeepEqual(&got.Definition, d) {
			t.Errorf("%q: got %+v, want %+v", made, got, d)
		}
	}
}

func TestADefinitionThatCannotBeReadIsKept(t *testing.T) {
	stored := engine.Table{Catalog: "c", Database: "d", Name: "t", Definition: []byte(
		`{"sql":"CREATE TABLE t (a INT) SOMETHING NEW"}`,
	)}
	d, err := read(stored)
	if err != nil || d.broken == nil || d.table().Broken == nil {
		t.Fatalf("got %+v, %v; want it refused when it is used", d, err)
	}
	s := &Set{defs: map[[3]string]*Definition{stored.Key(): d}}
	if all, err := s.Save(); err != nil || len(all) != 1 || string(all[0].Definition) != string(stored.Definition) {
		t.Errorf("got %+v, %v; want it as it was", all, err)
	}
}
