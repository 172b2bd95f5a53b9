package cmfapi

import (
	"context"
	"sync"
	"time"

	"drey/client"
	"drey/client/cmf"
)

// EnvironmentList asks for all environments with the server's counts of what is in
// them, in one request that all lists of a server share: they need the names, and
// the counts say which of them to ask next. It is safe for concurrent use.
type EnvironmentList struct {
	poll *client.Poll[cmf.Environment]

	asking sync.Mutex // one question at a time

	// remembered are names that an earlier run read, once known is closed.
	remembered []string
	known      chan struct{}
	once       sync.Once

	mu     sync.Mutex // of what follows
	at     time.Time  // of the last answer
	listed client.Listed[cmf.Environment]
	round  int
}

func newEnvironmentList(c *Client) *EnvironmentList {
	return &EnvironmentList{known: make(chan struct{}), poll: NewPoll[cmf.Environment](
		c, cmf.Environments, cmf.Scope{}, Query{ResourceInformation: true},
	)}
}

// Next gives the environments as they were at most age ago, and the number of the
// answer, from 1: as long as it stays nothing changed. Of callers at the same time
// one asks.
func (l *EnvironmentList) Next(ctx context.Context, age time.Duration) (client.Listed[cmf.Environment], int, error) {
	oldest := time.Now().Add(-age)
	if listed, round, ok := l.since(oldest); ok {
		return listed, round, nil
	}
	l.asking.Lock()
	defer l.asking.Unlock()
	if listed, round, ok := l.since(oldest); ok { // somebody asked meanwhile
		return listed, round, nil
	}
	listed, changed, err := l.poll.Next(ctx)
	if err != nil {
		return client.Listed[cmf.Environment]{}, 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = time.Now()
	if changed || l.round == 0 {
		l.listed = listed
		l.round++
	}
	return l.listed, l.round, nil
}

// Remember tells which environments there were when the server was last asked, by an
// earlier run. Only the first call counts.
func (l *EnvironmentList) Remember(names []string) {
	l.once.Do(func() {
		l.remembered = names
		close(l.known)
	})
}

// Remembered asks for the environments and gives the names that an earlier run read
// where those are known before the answer comes; nil where they are not.
func (l *EnvironmentList) Remembered(ctx context.Context) []string {
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _, _ = l.Next(ctx, time.Minute) // whoever calls Next later is told what went wrong
	}()
	select {
	case <-answered:
		return nil
	case <-l.known:
		return l.remembered
	}
}

// Last is the newest answer, empty before the first; nothing is asked.
func (l *EnvironmentList) Last() client.Listed[cmf.Environment] {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.listed
}

func (l *EnvironmentList) since(t time.Time) (client.Listed[cmf.Environment], int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.listed, l.round, l.at.After(t)
}
