package control

import (
	"encoding/json"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/server/service"
)

// query is a statement being reconciled.
type query struct {
	record *service.Record
	note   service.StatementNote
	doc    cmf.Statement
	now    time.Time
}

func readQuery(record *service.Record, now time.Time) (*query, error) {
	q := &query{record: record, now: now}
	var err error
	if q.note, err = service.ReadNote[service.StatementNote](*record); err != nil {
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

func (q *query) finish(tx service.Tx, due time.Time) error {
	moved := q.record.State != q.doc.Status.Phase
	q.record.Doc = service.MustEncode(q.doc)
	q.record.State, q.record.Due = q.doc.Status.Phase, due
	q.record.Note = service.MustEncode(q.note)
	if !moved {
		return nil
	}
	return wakeSavepoints(tx, q.record.In(service.KindStatementSavepoint, q.record.Name), q.now)
}

func (q *query) save(tx service.Tx, due time.Time) error {
	if err := q.finish(tx, due); err != nil {
		return err
	}
	return tx.Save(*q.record)
}

func (q *query) nonce() string {
	if from := q.doc.Spec.StartFromSavepoint; from != nil {
		return string(service.MustEncode(from))
	}
	return ""
}

// atRest reports whether no run is looked after.
func (q *query) atRest() bool { return q.note.Run == nil || !q.note.Ended.IsZero() }
