package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// conn is one connection with the statements that were prepared on it: SQLite
// takes longer to prepare most of them than to run them. It is used by one
// goroutine at a time.
type conn struct {
	sql      *sql.Conn
	prepared map[string]*sql.Stmt
}

// maxPrepared bounds the texts that are kept: filters make ever new ones.
const maxPrepared = 128

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{sql: c, prepared: map[string]*sql.Stmt{}}, nil
}

func (c *conn) close() error {
	return errors.Join(c.forget(), c.sql.Close())
}

func (c *conn) forget() error {
	var errs []error
	for text, stmt := range c.prepared {
		errs = append(errs, stmt.Close())
		delete(c.prepared, text)
	}
	return errors.Join(errs...)
}

func (c *conn) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := c.prepared[text]; ok {
		return stmt, nil
	}
	if len(c.prepared) >= maxPrepared {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	stmt, err := c.sql.PrepareContext(ctx, text)
	if err == nil {
		c.prepared[text] = stmt
	}
	return stmt, err
}

func (c *conn) exec(ctx context.Context, text string, args ...any) error {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(ctx, args...)
	return err
}

func (c *conn) rows(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// row scans the only row of a query.
func (c *conn) row(ctx context.Context, text string, args []any, into ...any) error {
	stmt, err := c.prepare(ctx, text)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(into...)
}

// transaction runs fn between BEGIN and COMMIT; after an error, or a panic,
// nothing of it is kept. The end is not given up with the context.
func (c *conn) transaction(ctx context.Context, fn func() error) (err error) {
	if err := c.exec(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			err = errors.Join(err, c.exec(context.WithoutCancel(ctx), "ROLLBACK"))
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.exec(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}
