package store

import (
	"context"
	"errors"
	"fmt"

	"drey/server/model"
)

// batch is the writes that one commit makes durable. Writers that wait for
// each other share it: the disk is asked once for all of them, and each is
// acknowledged only then.
type batch struct {
	tried  int   // the writers that took part
	writes []*tx // of those that did not fail
	done   chan struct{}
	err    error // why nothing of it is kept; read it once done is closed
}

// maxBatch bounds how many later writers the first may have to wait for.
const maxBatch = 64

// Update runs fn alone; what it wrote is on disk when Update returns nil.
func (s *Store) Update(ctx context.Context, fn func(model.Tx) error) error {
	s.waiting.Add(1)
	return s.update(ctx, fn, func(ctx context.Context, fn func(model.Tx) error) (*batch, error) {
		return s.join(ctx, fn, func() { s.waiting.Add(-1) })
	})
}

// UpdateBehind is Update for who works behind the requests: none of them puts
// off its commit for it.
func (s *Store) UpdateBehind(ctx context.Context, fn func(model.Tx) error) error {
	return s.update(ctx, fn, func(ctx context.Context, fn func(model.Tx) error) (*batch, error) {
		return s.join(ctx, fn, func() {})
	})
}

// update runs fn as a part of the batch that join gives, and waits for its commit.
func (s *Store) update(
	ctx context.Context, fn func(model.Tx) error, join func(context.Context, func(model.Tx) error) (*batch, error),
) error {
	b, err := join(ctx, fn)
	if b == nil {
		return explain(err)
	}
	// Also who was refused waits: it may have seen what is not yet on disk.
	<-b.done
	if b.err != nil {
		return explain(b.err)
	}
	return explain(err)
}

// join runs fn as a part of the open batch, and commits that unless another
// writer waits already, who then will. It calls entered once it waits no longer.
func (s *Store) join(ctx context.Context, fn func(model.Tx) error, entered func()) (*batch, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	entered()
	b, err := s.openBatch(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if s.waiting.Load() == 0 || b.tried >= maxBatch {
			s.commit()
		}
	}()
	return b, s.part(ctx, b, fn)
}

// joinAlone runs fn as a batch of its own.
func (s *Store) joinAlone(ctx context.Context, fn func(model.Tx) error) (*batch, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.commit()
	b, err := s.openBatch(ctx)
	if err != nil {
		return nil, err
	}
	defer s.commit()
	return b, s.part(ctx, b, fn)
}

// openBatch is the open batch, or a new one, for one more writer.
func (s *Store) openBatch(ctx context.Context) (*batch, error) {
	select {
	case <-s.closed:
		s.commit()
		return nil, errClosed
	default:
	}
	if s.batch == nil {
		if err := s.begin(ctx); err != nil {
			return nil, err
		}
	}
	s.batch.tried++
	return s.batch, nil
}

// begin opens a batch.
func (s *Store) begin(ctx context.Context) error {
	if err := s.writer.reopen(ctx); err != nil {
		return err
	}
	if err := s.writer.exec(context.WithoutCancel(ctx), "BEGIN"); err != nil {
		s.writer.check()
		return fmt.Errorf("begin: %w", err)
	}
	s.batch = &batch{done: make(chan struct{})}
	return nil
}

// part runs fn; after an error, or a panic, nothing of it is kept. Behind other
// writes of its batch that is what a savepoint is for; the first one needs none,
// and SQLite then keeps no copies of what it changes. Statements are not given up
// with the context: SQLite would give up the whole batch with them.
func (s *Store) part(ctx context.Context, b *batch, fn func(model.Tx) error) (err error) {
	whole, begin, end, undo := context.WithoutCancel(ctx), []string{"SAVEPOINT part"}, []string{
		"RELEASE part",
	}, []string{"ROLLBACK TO part", "RELEASE part"}
	if len(b.writes) == 0 {
		begin, end, undo = nil, nil, []string{"ROLLBACK", "BEGIN"}
	}
	if err := s.writer.execAll(whole, begin); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	stored := false
	defer func() {
		if stored {
			return
		}
		if undone := s.writer.execAll(whole, undo); undone != nil { // SQLite has rolled back all by itself
			s.abandon(errors.Join(err, undone))
		}
	}()
	tx := &tx{reader: reader{ctx: whole, conn: s.writer}, touched: map[model.Topic]bool{}}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.writer.execAll(whole, end); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	stored = true
	b.writes = append(b.writes, tx)
	return nil
}

// commit makes the open batch durable, then known, then acknowledged.
func (s *Store) commit() {
	b := s.batch
	if b == nil {
		return
	}
	if err := s.writer.exec(context.Background(), "COMMIT"); err != nil {
		s.abandon(fmt.Errorf("commit: %w", err))
		return
	}
	s.batch = nil
	s.checkpoints.committed()
	for _, tx := range b.writes {
		s.announce(tx)
	}
	close(b.done)
}

// abandon keeps nothing of the open batch.
func (s *Store) abandon(cause error) {
	s.writer.check()
	b := s.batch
	s.batch = nil
	b.err = cause
	close(b.done)
}
