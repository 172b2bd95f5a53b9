package sql

import (
	"context"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
)

// collect executes a statement and fetches its whole result.
func (s *Statements) collect(
	ctx context.Context, session, sql string, conf map[string]string,
) ([]cmf.ResultColumn, []cmf.ResultRow, error) {
	o, err := s.opts.Gateway.Execute(ctx, session, sql, conf)
	if err != nil {
		return nil, nil, err
	}
	var columns []cmf.ResultColumn
	var rows []cmf.ResultRow
	var c *cells
	address, wait := o.First(), 2*time.Millisecond
	for address != "" {
		page, err := s.opts.Gateway.Fetch(ctx, address, flinkrest.PlainText)
		if err != nil {
			return columns, rows, err
		}
		if page.Type == "NOT_READY" || len(page.Rows) == 0 && page.Next != "" {
			if page.Next != "" {
				address = page.Next
			}
			if err := sleep(ctx, wait); err != nil {
				return columns, rows, err
			}
			wait = min(wait*3/2, longWait)
			continue
		}
		if c == nil {
			if columns, err = wireColumns(page.Columns); err != nil {
				return nil, nil, err
			}
			c = cellsOf(columns)
		}
		if err := c.read(ctx, s.opts.Gateway, address, page); err != nil {
			return columns, rows, err
		}
		for _, row := range page.Rows {
			fields, _ := flinkrest.Elements(row.Fields)
			rows = append(rows, cmf.ResultRow{Op: cmf.Op(row.Op), Row: fields})
		}
		address = page.Next
	}
	return columns, rows, nil
}

// sleep waits; it gives the context's error when that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
