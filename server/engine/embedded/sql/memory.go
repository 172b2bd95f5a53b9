package sql

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"drey/server/engine"
)

// Memory is what all statements hold and may hold, in bytes.
type Memory struct {
	Results, State, Limit int64
}

// Memory tells what all statements hold.
func (s *Statements) Memory() Memory {
	results, state := s.pool.Held()
	return Memory{Results: results, State: state, Limit: s.pool.Limits().All}
}

// shed has other statements drop rows that were fetched: they are held only
// so that they can be read again.
func (s *Statements) shed(than *job) {
	s.mu.Lock()
	jobs := make([]*job, 0, len(s.jobs))
	for _, j := range s.jobs {
		jobs = append(jobs, j)
	}
	s.mu.Unlock()
	for _, j := range jobs {
		if j == than {
			continue
		}
		select {
		case <-j.turn:
			j.window.drop(j.window.asked - j.window.first)
			j.give()
		default: // it is at work, and drops them itself
		}
	}
}

// worthReturning is how much a statement held whose memory is given back to
// the system when it is deleted.
const worthReturning = 32 << 20

// returnMemory gives what was freed back to the system.
func (s *Statements) returnMemory(freed int64) {
	if freed < worthReturning {
		free := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
		metrics.Read(free)
		freed += int64(free[0].Value.Uint64() + free[1].Value.Uint64())
	}
	if freed < worthReturning || !s.returning.CompareAndSwap(false, true) {
		return
	}
	go func() {
		debug.FreeOSMemory()
		s.returning.Store(false)
	}()
}

// do runs a piece of work while it is the job's turn. When the context ends
// the caller goes; the work ends by itself, or when the job is interrupted.
func (j *job) do(ctx context.Context, work func() error) error {
	if err := j.take(ctx); err != nil {
		return err
	}
	if j.life.removed {
		j.give()
		return engine.ErrNotFound
	}
	done := make(chan error, 1)
	go func() {
		defer j.give()
		done <- work()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// How long Close waits for statements at work: until a row is done, and then
// until they see that they are interrupted.
const (
	closePolite = 1500 * time.Millisecond
	closeHard   = 1500 * time.Millisecond
)

// Close forgets the jobs of this process; they can be taken up again by Start,
// where they were. It takes a few seconds at most, whatever runs: a statement
// that does not end its row in time is computed again from its last snapshot.
func (s *Statements) Close() error {
	s.mu.Lock()
	jobs := s.jobs
	s.jobs = map[string]*job{}
	s.mu.Unlock()
	var err error
	polite := time.NewTimer(closePolite)
	defer polite.Stop()
	late := false
	var rest []*job
	for _, j := range jobs {
		select {
		case <-j.turn:
		default:
			if late {
				rest = append(rest, j)
				continue
			}
			select {
			case <-j.turn:
			case <-polite.C:
				late, rest = true, append(rest, j)
				continue
			}
		}
		if !late {
			if e := s.saveLast(j); err == nil {
				err = e
			}
		}
		j.forget()
		j.give()
	}
	s.interrupt(rest)
	return err
}

// interrupt ends what jobs compute, as far as they notice in time.
func (s *Statements) interrupt(jobs []*job) {
	for _, j := range jobs {
		j.work.interrupted.Store(true)
	}
	hard := time.NewTimer(closeHard)
	defer hard.Stop()
	for _, j := range jobs {
		select {
		case <-j.turn:
			j.forget()
			j.give()
		case <-hard.C:
			return
		}
	}
}
