package flinkup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func (o Options) file() string { return filepath.Join(o.State, "flink.json") }

// read is what the state file says; ErrDown when there is none.
func (o Options) read() (State, error) {
	var s State
	b, err := os.ReadFile(o.file())
	if errors.Is(err, os.ErrNotExist) {
		return s, ErrDown
	}
	if err != nil {
		return s, fmt.Errorf("state of Flink: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("state of Flink %s: %w", o.file(), err)
	}
	return s, nil
}

// write replaces the state file whole.
func (o Options) write(s State) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("state of Flink: %w", err)
	}
	next := o.file() + ".new"
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return fmt.Errorf("state of Flink: %w", err)
	}
	if err := os.Rename(next, o.file()); err != nil {
		return fmt.Errorf("state of Flink: %w", err)
	}
	return nil
}

// end ends the processes of the state file, the gateway first, and forgets them.
func (o Options) end(ctx context.Context) error {
	s, err := o.read()
	if errors.Is(err, ErrDown) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := len(s.Processes) - 1; i >= 0; i-- {
		p := s.Processes[i]
		if !p.Alive() {
			continue
		}
		o.tell("ending %s (pid %d)", p.Name, p.PID)
		if err := p.end(ctx); err != nil {
			return err
		}
	}
	if err := os.Remove(o.file()); err != nil {
		return fmt.Errorf("state of Flink: %w", err)
	}
	return nil
}

func (s State) alive() int {
	n := 0
	for _, p := range s.Processes {
		if p.Alive() {
			n++
		}
	}
	return n
}

// patience is how long a process may take to end by itself.
const patience = 10 * time.Second

// end asks the process to end, then makes it.
func (p Process) end(ctx context.Context) error {
	if err := signalEnd(p.PID); err != nil {
		return fmt.Errorf("end %s (pid %d): %w", p.Name, p.PID, err)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if until(limited, func() bool { return !p.Alive() }) == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := signalKill(p.PID); err != nil {
		return fmt.Errorf("kill %s (pid %d): %w", p.Name, p.PID, err)
	}
	limited, cancel = context.WithTimeout(ctx, patience)
	defer cancel()
	return until(limited, func() bool { return !p.Alive() })
}

// until asks again and again, and gives the context's error when it ends first.
func until(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
