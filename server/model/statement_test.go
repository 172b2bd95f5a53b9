package model

import (
	"maps"
	"testing"

	"drey/client/cmf"
	"drey/server/engine"
)

func TestAPoolsConfigurationIsReadAsFlinkReadsIt(t *testing.T) {
	got := configuration(cmf.Object(
		`{"a":"x","n":5,"f":1.50,"t":true,"none":null,"list":[1],"in":{"ner":{"k":9007199254740993}}}`,
	))
	want := map[string]string{"a": "x", "n": "5", "f": "1.50", "t": "true", "in.ner.k": "9007199254740993"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDefaultsOfPoolsMergeInBothShapes(t *testing.T) {
	pool := cmf.Object(
		`{"spec":{"clusterSpec":{"flinkConfiguration":{"table.local-time-zone":"UTC","state.backend":"own",` +
			`"taskmanager.x":"1"}}}}`,
	)
	for _, defaults := range []string{
		`{"clusterSpec":{"flinkConfiguration":{"state.backend":"env","jobmanager.y":"2"}}}`,
		`{"spec":{"clusterSpec":{"flinkConfiguration":{"state.backend":"env","jobmanager.y":"2"}}}}`,
	} {
		got := string(poolCluster(pool, cmf.Object(defaults)))
		const want = `{"flinkConfiguration":{"jobmanager.y":"2","state.backend":"env",` +
			`"table.local-time-zone":"UTC","taskmanager.x":"1"}}`
		if got != want {
			t.Errorf("%s: got %s, want %s", defaults, got, want)
		}
		var run engine.StatementRun
		statement := &cmf.Statement{Spec: cmf.StatementSpec{
			Statement: "SELECT 1", FlinkConfiguration: map[string]string{"table.local-time-zone": "CET"},
		}}
		environment := cmf.Object(`{"computePoolDefaults":` + defaults + `}`)
		if err := FillRun(&run, "prod", statement, environment, pool); err != nil {
			t.Fatal(err)
		}
		if c := run.Configuration; len(c) != 2 || c["state.backend"] != "env" || c["table.local-time-zone"] != "CET" {
			t.Errorf("%s: got %v, want what a job reads, the statement's own first", defaults, c)
		}
	}
}
