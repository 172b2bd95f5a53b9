package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
)

// conn is one connection with the statements that were prepared on it: SQLite
// takes longer to prepare most of them than to run them. It is used by one
// goroutine at a time.
type conn struct {
	db       *sql.DB
	sql      *sql.Conn // nil: the connection is to be opened again
	prepared map[string]*sql.Stmt
}

// maxPrepared bounds the texts that are kept: filters make ever new ones.
const maxPrepared = 128

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	c := &conn{db: db, prepared: map[string]*sql.Stmt{}}
	return c, c.reopen(ctx)
}

// reopen opens a connection that was discarded; it does nothing to another.
func (c *conn) reopen(ctx context.Context) error {
	if c.sql != nil {
		return nil
	}
	opened, err := c.db.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("open a connection: %w", err)
	}
	c.sql = opened
	return nil
}

// check makes sure, after an error, that the connection is outside of a
// transaction and works. One that is not is discarded, with the transaction in
// which it is, and another is opened when it is next used.
func (c *conn) check() {
	if c.sql == nil {
		return
	}
	ctx := context.Background()
	_ = c.exec(ctx, "ROLLBACK") // an error where no transaction is open
	err := c.exec(ctx, "BEGIN")
	if err == nil {
		err = c.exec(ctx, "ROLLBACK")
	}
	if err == nil {
		return
	}
	if errors.Is(err, sql.ErrConnDone) {
		// The driver has closed it, and the statements must not be closed after it.
		c.prepared = map[string]*sql.Stmt{}
	}
	_ = c.forget()
	// The pool of database/sql must not lend this connection again.
	_ = c.sql.Raw(func(any) error { return sqldriver.ErrBadConn })
	_ = c.sql.Close()
	c.sql = nil
}

func (c *conn) close() error {
	if c.sql == nil {
		return nil
	}
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

// prepare is not given up with the context: a statement is made or it is not.
func (c *conn) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := c.prepared[text]; ok {
		return stmt, nil
	}
	if len(c.prepared) >= maxPrepared {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	stmt, err := c.sql.PrepareContext(context.WithoutCancel(ctx), text)
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

// execAll runs statements one after the other, until one fails.
func (c *conn) execAll(ctx context.Context, texts []string) error {
	for _, text := range texts {
		if err := c.exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
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
// nothing of it is kept. Only fn is given up with the context: a BEGIN that is
// given up may have been done.
func (c *conn) transaction(ctx context.Context, fn func() error) (err error) {
	whole := context.WithoutCancel(ctx)
	if err := c.exec(whole, "BEGIN"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			err = errors.Join(err, c.exec(whole, "ROLLBACK"))
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.exec(whole, "COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}
