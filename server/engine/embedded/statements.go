package embedded

import (
	"context"
	"time"

	"drey/server/service"
)

// noStatements stands where the SQL engine is plugged in.
type noStatements struct{}

func newStatements(string, func() time.Time) (statements, error) { return noStatements{}, nil }

func (noStatements) Prepare(context.Context, service.StatementRun) (service.Prepared, error) {
	return service.Prepared{}, &service.SQLError{Message: errNoSQL.Error()}
}

func (noStatements) Start(context.Context, service.StatementRun) error { return nil }

func (noStatements) ObserveStatement(context.Context, service.StatementRun) (service.StatementObservation, error) {
	return service.StatementObservation{}, service.ErrNotFound
}

func (noStatements) StopStatement(context.Context, service.StatementRun) error { return nil }

func (noStatements) Results(context.Context, service.StatementRun, int64, int) (service.ResultPage, error) {
	return service.ResultPage{}, service.ErrResultsGone
}

func (noStatements) Close() error { return nil }
