// Package memory counts the bytes that statements hold and says when there
// may be no more: those of one statement's results or state, and those of all
// statements together.
package memory

import (
	"fmt"
	"sync/atomic"
)

// Limits of what is held, in bytes.
type Limits struct {
	Results int64 // of one statement
	State   int64 // of one statement's operators
	All     int64 // results and state of all statements together
}

// Defaults are what a server takes unless flags say otherwise.
var Defaults = Limits{Results: 64 << 20, State: 256 << 20, All: 512 << 20}

// Or fills limits that are not set with the defaults.
func (l Limits) Or(d Limits) Limits {
	if l.Results <= 0 {
		l.Results = d.Results
	}
	if l.State <= 0 {
		l.State = d.State
	}
	if l.All <= 0 {
		l.All = d.All
	}
	return l
}

// Limits of single things, in bytes. They bound what exists beside what is
// counted: values while they are computed, and rows on their way.
const (
	MaxValue = 16 << 20
	MaxRow   = 32 << 20
)

// small is what a statement may hold while others hold nearly all: the last
// part of the pool is for those that need little.
const small = 1 << 20

// Pool counts what all statements hold.
type Pool struct {
	limits         Limits
	results, state atomic.Int64
}

// NewPool counts against limits.
func NewPool(l Limits) *Pool { return &Pool{limits: l} }

// Held is how many bytes of results and of state all statements hold.
func (p *Pool) Held() (results, state int64) { return p.results.Load(), p.state.Load() }

// Limits are what the pool counts against.
func (p *Pool) Limits() Limits { return p.limits }

// Results is a share for the results of a statement.
func (p *Pool) Results() *Share { return &Share{pool: p, of: &p.results, limit: p.limits.Results} }

// State is a share for the state of a statement.
func (p *Pool) State() *Share { return &Share{pool: p, of: &p.state, limit: p.limits.State} }

// Share counts what one statement holds of one kind. It is used by one
// goroutine at a time; the pool by all.
type Share struct {
	pool  *Pool
	of    *atomic.Int64
	limit int64
	used  int64
}

// Used is how many bytes the share holds.
func (s *Share) Used() int64 { return s.used }

// Limit is how many bytes the share may hold.
func (s *Share) Limit() int64 { return s.limit }

// Why a share cannot grow.
type Why int

// A share grows, or its own limit or that of all statements is in the way.
const (
	Grows Why = iota
	OwnLimit
	AllLimit
)

// Grow takes bytes, or none of them.
func (s *Share) Grow(n int64) Why {
	if s.used+n > s.limit {
		return OwnLimit
	}
	all := s.pool.limits.All
	if s.used+n > small {
		all -= min(all/8, 32*small)
	}
	if s.of.Add(n); n > 0 && s.pool.results.Load()+s.pool.state.Load() > all {
		s.of.Add(-n)
		return AllLimit
	}
	s.used += n
	return Grows
}

// Force takes bytes whatever the limits are.
func (s *Share) Force(n int64) {
	s.of.Add(n)
	s.used += n
}

// Shrink gives bytes back.
func (s *Share) Shrink(n int64) { s.Force(-min(n, s.used)) }

// Clear gives everything back.
func (s *Share) Clear() { s.Shrink(s.used) }

// Text is a number of bytes for a person.
func Text(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
