package embedded

import (
	"context"

	"drey/server/engine/embedded/sql"
	"drey/server/service"
)

func newStatements(dir string, o Options) statements {
	return inEnvironment{sql.New(sql.Options{Dir: dir, Now: o.Now, Tables: o.Tables, Files: o.Files, Log: o.Log, Memory: o.Memory})}
}

// inEnvironment tells what names are resolved with which environment asks:
// Kafka catalogs are not the same for all.
type inEnvironment struct{ statements }

func (s inEnvironment) Prepare(ctx context.Context, run service.StatementRun) (service.Prepared, error) {
	return s.statements.Prepare(service.InEnvironment(ctx, run.Environment), run)
}

func (s inEnvironment) Start(ctx context.Context, run service.StatementRun) error {
	return s.statements.Start(service.InEnvironment(ctx, run.Environment), run)
}
