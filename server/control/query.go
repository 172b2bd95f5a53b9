package control

import (
	"encoding/json"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/server/model"
)

// query is a statement being reconciled.
type query struct {
	record     *model.Record
	controller model.StatementControllerState
	doc        cmf.Statement
	now        time.Time
}

func readQuery(record *model.Record, now time.Time) (*query, error) {
	q := &query{record: record, now: now}
	var err error
	if q.controller, err = model.ReadControllerState[model.StatementControllerState](*record); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(record.Doc, &q.doc); err != nil {
		return nil, fmt.Errorf("statement %s: %w", record.Name, err)
	}
	if q.doc.Status == nil {
		q.doc.Status = &cmf.StatementStatus{}
	}
	return q, nil
}

// move sets phase and detail.
func (q *query) move(phase, detail string) {
	if q.doc.Status.Phase != phase || q.doc.Status.Detail != detail {
		q.doc.Metadata.UpdateTimestamp = cmf.Time(q.now)
	}
	q.doc.Status.Phase, q.doc.Status.Detail = phase, detail
}

func (q *query) finish(tx model.Tx, due time.Time) error {
	moved := q.record.State != q.doc.Status.Phase
	q.record.Doc = model.MustEncode(q.doc)
	q.record.State, q.record.Due = q.doc.Status.Phase, due
	q.record.ControllerState = model.MustEncode(q.controller)
	if !moved {
		return nil
	}
	return wakeSavepoints(tx, q.record.In(model.KindStatementSavepoint, q.record.Name), q.now)
}

func (q *query) save(tx model.Tx, due time.Time) error {
	if err := q.finish(tx, due); err != nil {
		return err
	}
	return tx.Save(*q.record)
}

func (q *query) nonce() string {
	if from := q.doc.Spec.StartFromSavepoint; from != nil {
		return string(model.MustEncode(from))
	}
	return ""
}

// atRest reports whether no run is looked after.
func (q *query) idle() bool { return q.controller.Run == nil || !q.controller.Ended.IsZero() }
