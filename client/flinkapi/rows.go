package flinkapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"drey/client/flinkrest"
	"drey/client/statement"
)

// Rows reads a query's rows from its first page.
func (e *Engine) Rows(ref statement.Ref) statement.Rows { return &rows{engine: e, ref: ref} }

// rows walks from page to page. Each that was passed is gone for all readers.
type rows struct {
	engine *Engine
	ref    statement.Ref
	next   string // "" before the first
}

// Next reads the page that follows. Of a page that is asked for again the same
// rows come.
func (r *rows) Next(ctx context.Context) ([]statement.Row, bool, error) {
	handle, op, err := r.engine.find(r.ref)
	if err != nil {
		return nil, false, err
	}
	at := cmp.Or(r.next, handle.First())
	page := new(flinkrest.Page) // rows share its memory
	if err := r.engine.gateway.Read(ctx, at, flinkrest.PlainText, page); err != nil {
		return nil, false, r.explain(handle, op, err)
	}
	rows, err := rowsOf(page.Rows)
	if err != nil {
		return nil, false, err
	}
	if page.Type == "NOT_READY" {
		return nil, false, nil
	}
	r.next = page.Next
	done := page.Type == "EOS" || page.Next == ""
	if done {
		r.engine.complete(op)
	}
	return rows, done, nil
}

// complete: the last row was read, and nothing of the statement runs any more.
func (e *Engine) complete(op *operation) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if op.query && op.ended == statement.Unknown {
		op.end(statement.Completed, "")
	}
}

// explain tells a page that was passed, and a job that failed, from a gateway that
// is away.
func (r *rows) explain(handle flinkrest.Operation, op *operation, err error) error {
	if passedToken(err) {
		return fmt.Errorf("%w: the gateway gives each row once, and they were read before: %w", statement.ErrGone, err)
	}
	if _, failed := r.engine.failed(r.ref, handle, op, err); failed != nil {
		return failed
	}
	e := Refused(err)
	return &failedError{Text(e), err}
}

var errCells = errors.New("the gateway sent a row that cannot be read")

// rowsOf cuts rows into their cells.
func rowsOf(rows []flinkrest.Row) ([]statement.Row, error) {
	out := make([]statement.Row, len(rows))
	for i, row := range rows {
		cells, ok := flinkrest.Elements(row.Fields)
		if !ok {
			return nil, errCells
		}
		out[i] = statement.Row{Op: statement.Op(row.Op), Cells: cells}
	}
	return out, nil
}

// wireType is a type as the gateway writes it, which is as CMF does
// (flink-engine.md §3.3).
type wireType struct {
	Type                     string
	Nullable                 bool
	Length, Precision, Scale *int
	KeyType, ValueType       *wireType
	ElementType              *wireType
	Resolution               string
	FractionalPrecision      *int
	Fields                   []struct {
		Name      string
		FieldType wireType
	}
}

func (w *wireType) dataType() *statement.DataType {
	if w == nil {
		return nil
	}
	t := &statement.DataType{
		Type: w.Type, Nullable: w.Nullable, Length: w.Length, Precision: w.Precision, Scale: w.Scale,
		KeyType: w.KeyType.dataType(), ValueType: w.ValueType.dataType(), ElementType: w.ElementType.dataType(),
		Resolution: w.Resolution, FractionalPrecision: w.FractionalPrecision,
	}
	for _, f := range w.Fields {
		t.Fields = append(t.Fields, statement.Field{Name: f.Name, Type: *f.FieldType.dataType()})
	}
	return t
}

// columnsOf reads the columns of a page.
func columnsOf(page *flinkrest.Page) ([]statement.Column, error) {
	columns := make([]statement.Column, 0, len(page.Columns))
	for _, c := range page.Columns {
		var w wireType
		if err := json.Unmarshal(c.Type, &w); err != nil {
			return nil, fmt.Errorf("column %s has a type that cannot be read: %w", c.Name, err)
		}
		columns = append(columns, statement.Column{Name: c.Name, Type: *w.dataType()})
	}
	return columns, nil
}
