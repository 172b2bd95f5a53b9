package control

import (
	"context"
	"fmt"
	"time"

	"drey/server/model"
)

// stuckError says which record could not be reconciled.
type stuckError struct {
	record model.Record
	cause  error
}

func (e *stuckError) Error() string {
	return fmt.Sprintf("%s %s: %v", e.record.Kind, e.record.Name, e.cause)
}

func (e *stuckError) Unwrap() error { return e.cause }

// postpone keeps a record that cannot be reconciled from holding up all others.
func (l *Loop) postpone(ctx context.Context, stuck *stuckError) error {
	l.log.Error("reconcile", "kind", stuck.record.Kind, "name", stuck.record.Name, "error", stuck.cause)
	return l.queue.Update(ctx, func(tx model.Tx) error {
		record, err := tx.Get(stuck.record.Scope, stuck.record.Name)
		if err != nil {
			return ignoreMissing(err)
		}
		record.Due = l.now().Add(time.Minute)
		return tx.Save(record)
	})
}
