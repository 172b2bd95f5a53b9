package control

import (
	"context"
	"runtime"
	"time"

	"drey/server/model"
)

const (
	// maxCalls is how many actions are begun and not yet written; the others
	// stay due. maxActing is how many of them ask the engine at once.
	maxCalls  = 1024
	maxActing = 64
	// callTime is how long one action may take once it runs.
	callTime = 30 * time.Second
	// endTime is how long the loop's end waits for actions that do not end with
	// their context. What they would have said is asked again at the next start.
	endTime = 3 * time.Second
)

// task is one record's action and what came of it.
type task struct {
	record model.Record
	action *action
	result outcome
}

// calls are the actions that run, one for an object.
type calls struct {
	running  map[key]*task
	done     []*task       // those that have ended and are not yet written
	ended    chan *task    // never blocks who sends
	acting   chan struct{} // a slot for each action that asks the engine
	planning chan struct{} // a slot for each that starts a statement
	large    chan struct{} // a slot for each that plans or starts a large one
}

func newCalls(planning int) *calls {
	return &calls{
		running: map[key]*task{}, ended: make(chan *task, maxCalls+batch),
		acting: make(chan struct{}, maxActing), planning: make(chan struct{}, planning),
		// Planning a large statement keeps a processor busy: others have one too.
		large: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
	}
}

// begin runs a task's action beside the caller.
func (c *calls) begin(ctx context.Context, t *task) {
	c.running[key{t.record.Scope, t.record.Name}] = t
	slots := c.acting
	switch {
	case t.action.large:
		slots = c.large
	case t.action.starts != "":
		slots = c.planning
	}
	go func() {
		defer func() { c.ended <- t }()
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		defer func() { <-slots }()
		limited, cancel := context.WithTimeout(ctx, callTime)
		defer cancel()
		t.result = t.action.call(limited)
	}()
}

// take notes that a task has ended.
func (c *calls) finish(t *task) {
	delete(c.running, key{t.record.Scope, t.record.Name})
	c.done = append(c.done, t)
}

// drain are the tasks that have ended since it was last called.
func (c *calls) drain() []*task {
	for {
		select {
		case t := <-c.ended:
			c.finish(t)
			continue
		default:
		}
		done := c.done
		c.done = nil
		return done
	}
}

// wait waits for the actions that run, after their context has ended; none of
// them is written.
func (c *calls) wait() {
	patience := time.NewTimer(endTime)
	defer patience.Stop()
	for len(c.running) > 0 {
		select {
		case t := <-c.ended:
			c.finish(t)
		case <-patience.C:
			return
		}
	}
	c.done = nil
}
