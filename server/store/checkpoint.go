package store

import (
	"context"
	"database/sql"
)

const (
	// checkpointEvery is after how many commits what they wrote is copied from
	// the log into the database.
	checkpointEvery = 64
	// maxLogged is how many pages the log may have before a commit waits for
	// the copying: 64 MB.
	maxLogged = 16_000
)

// checkpoints copy committed pages from SQLite's log into the database on a
// connection of their own. A commit does it otherwise, and all that wait for
// the commit wait for it.
type checkpoints struct {
	commits int // since the last one; guarded by Store.writing
	wanted  chan struct{}
	stop    context.CancelFunc
	ended   chan struct{}
}

func (c *checkpoints) begin(db *sql.DB) {
	ctx, stop := context.WithCancel(context.Background())
	c.wanted, c.stop, c.ended = make(chan struct{}, 1), stop, make(chan struct{})
	go func() {
		defer close(c.ended)
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.wanted:
				// A passive one waits for nobody. What it leaves the next one
				// copies, or the commit that fills the log.
				_, _ = db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
			}
		}
	}()
}

// committed counts a commit.
func (c *checkpoints) committed() {
	if c.commits++; c.commits < checkpointEvery {
		return
	}
	c.commits = 0
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}

func (c *checkpoints) end() {
	if c.stop != nil {
		c.stop()
		<-c.ended
	}
}
