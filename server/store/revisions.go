package store

import (
	"sync"
	"sync/atomic"

	"drey/server/model"
)

// revisions say when topics last changed.
type revisions struct {
	sequence atomic.Uint64
	mu       sync.RWMutex
	changed  map[model.Topic]uint64
}

func (r *revisions) of(topic model.Topic) uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.changed[topic]
}

// note counts one write. The topics are newer than the sequence until it is
// counted: who reads between asks once too often, never too seldom.
func (r *revisions) advance(touched map[model.Topic]bool) {
	sequence := r.sequence.Load() + 1
	r.mu.Lock()
	for topic := range touched {
		r.changed[topic] = sequence
		r.changed[model.Topic{Kind: topic.Kind}] = sequence
	}
	r.mu.Unlock()
	r.sequence.Store(sequence)
}
