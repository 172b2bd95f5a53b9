// Package saver writes the draft of one text while it is edited.
package saver

import (
	"crypto/rand"
	"encoding/hex"
	"sync"

	"drey/views"
)

// Saver writes one draft in the order of its versions, until it is dropped.
type Saver struct {
	drafts views.Drafts // nil: nothing is kept

	mu      sync.Mutex
	id      string
	version uint64 // that is written
	dropped bool
	exists  bool
}

// New makes the saver of a new draft; without drafts it keeps nothing.
func New(drafts views.Drafts) *Saver { return &Saver{drafts: drafts, id: newID()} }

// ID is the id of the draft.
func (s *Saver) ID() string { return s.id }

// Resume goes on with a draft that is on the disk.
func (s *Saver) Resume(id string) { s.id, s.exists = id, true }

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// Save writes a draft unless a newer version is there.
func (s *Saver) Save(d views.Draft, version uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drafts == nil || s.dropped || version <= s.version {
		return nil
	}
	d.ID = s.id
	if err := s.drafts.Save(d); err != nil {
		return err
	}
	s.version, s.exists = version, true
	return nil
}

// Drop removes the draft: it was applied, or is not wanted.
func (s *Saver) Drop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped = true
	if s.drafts == nil || !s.exists {
		return nil
	}
	return s.drafts.Remove(s.id)
}

// Close lets another program have the draft.
func (s *Saver) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drafts != nil && s.exists && !s.dropped {
		s.drafts.Close(s.id)
	}
}

// IsStored tells that the draft is on the disk.
func (s *Saver) IsStored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exists && !s.dropped
}
