package embedded

import (
	"context"

	"drey/server/engine"
	"drey/server/engine/embedded/sql"
)

func newStatements(dir string, o Options) statements {
	return inEnvironment{sql.New(sql.Options{Dir: dir, Now: o.Now, Tables: o.Tables, Files: o.Files, Log: o.Log, Memory: o.Memory})}
}

// inEnvironment tells what names are resolved with which environment asks:
// Kafka catalogs are not the same for all.
type inEnvironment struct{ statements }

func (s inEnvironment) Prepare(ctx context.Context, run engine.StatementRun) (engine.Prepared, error) {
	return s.statements.Prepare(engine.InEnvironment(ctx, run.Environment), run)
}

func (s inEnvironment) Start(ctx context.Context, run engine.StatementRun) error {
	return s.statements.Start(engine.InEnvironment(ctx, run.Environment), run)
}
