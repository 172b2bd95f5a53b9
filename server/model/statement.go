package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"drey/client/cmf"
	"drey/server/engine"
)

// poolCluster is the clusterSpec of a pool with the defaults of its
// environment, which win; they are {clusterSpec} or {spec:{clusterSpec}}.
func poolCluster(pool, defaults cmf.Object) cmf.Object {
	cluster := pool.Object("spec", "clusterSpec")
	for _, defaultSpec := range []cmf.Object{defaults.Object("clusterSpec"), defaults.Object("spec", "clusterSpec")} {
		if !defaultSpec.IsZero() {
			cluster = MustEncode(Merge(cluster.Map(), defaultSpec.Map()))
		}
	}
	return cluster
}

// jobKeys begin those keys of a pool's flinkConfiguration that a job reads;
// the others are of the pool's processes.
var jobKeys = []string{
	"table.", "execution.checkpointing.", "execution.runtime-mode", "parallelism.default", "pipeline.",
	"restart-strategy", "state.",
}

// FillRun copies a statement into a run. What the pool is configured with is
// below the statement's own; the environment's defaults win: detached for
// INSERT INTO, interactive for all else (cmf-behaviour.md §5).
func FillRun(run *engine.StatementRun, env string, s *cmf.Statement, environment, pool cmf.Object) error {
	run.Environment, run.Name, run.SQL = env, s.Metadata.Name, s.Spec.Statement
	run.Properties, run.Parallelism = s.Spec.Properties, s.Spec.Parallelism
	run.Catalog, run.Database = s.Spec.Properties[cmf.PropertyCatalog], s.Spec.Properties[cmf.PropertyDatabase]
	run.Configuration = map[string]string{}
	for key, value := range configuration(
		poolCluster(pool, environment.Object("computePoolDefaults")).Object("flinkConfiguration"),
	) {
		if slices.ContainsFunc(jobKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			run.Configuration[key] = value
		}
	}
	maps.Copy(run.Configuration, s.Spec.FlinkConfiguration)
	family := "interactive"
	if words := strings.Fields(s.Spec.Statement); len(words) > 0 && strings.EqualFold(words[0], "INSERT") {
		family = "detached"
	}
	maps.Copy(run.Configuration, configuration(environment.Object("statementDefaults", family, "flinkConfiguration")))
	return nil
}

// configuration reads a flinkConfiguration as Flink does: numbers and booleans
// as they are written, and maps within as keys with dots.
func configuration(o cmf.Object) map[string]string {
	flat := map[string]string{}
	flatten(flat, "", o.Map())
	return flat
}

func flatten(flat map[string]string, prefix string, members map[string]any) {
	for name, value := range members {
		switch value := value.(type) {
		case map[string]any:
			flatten(flat, prefix+name+".", value)
		case string:
			flat[prefix+name] = value
		case json.Number, bool:
			flat[prefix+name] = fmt.Sprint(value)
		}
	}
}

// LoadRun puts together the run of a statement as the engine wants it.
func LoadRun(r Reader, record Record, controller StatementControllerState) (engine.StatementRun, error) {
	run := engine.StatementRun{
		ID: controller.Run.ID, SubmittedAt: controller.Run.SubmittedAt, RestoreFrom: controller.Run.RestoreFrom,
		Stop: controller.Run.Stop,
	}
	s, err := Decode[cmf.Statement](record.Doc)
	if err != nil {
		return run, err
	}
	env, err := r.Get(Scope{Kind: KindEnvironment}, record.Env)
	if err != nil {
		return run, err
	}
	pool, err := r.Get(Scope{Kind: KindComputePool, Env: record.Env}, s.Spec.ComputePoolName)
	if err != nil && !errors.Is(err, ErrMissing) {
		return run, err
	}
	return run, FillRun(&run, record.Env, s, env.Doc, pool.Doc)
}

// Texts of status.detail (cmf-behaviour.md §2.5).
const (
	DetailPending   = "Statement execution pending."
	DetailRunning   = "Statement execution in progress."
	DetailCompleted = "Statement execution completed."
	DetailStopped   = "Statement execution stopped."
)

// RunDigest tells specifications apart that need runs of their own.
func RunDigest(spec cmf.StatementSpec) string {
	return Digest(MustEncode(map[string]any{
		"p": spec.Parallelism, "c": spec.FlinkConfiguration, "o": spec.Properties,
	}))
}

// RemoveStatement deletes a statement with its savepoints.
func RemoveStatement(tx Tx, scope Scope, name string) error {
	if err := tx.DeleteAll(scope.In(KindStatementSavepoint, name)); err != nil {
		return err
	}
	return tx.Delete(scope, name)
}
