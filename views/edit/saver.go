package edit

import (
	"crypto/rand"
	"encoding/hex"
	"sync"

	"drey/views"
)

// saver writes one draft in the order of its versions, until it is dropped.
type saver struct {
	drafts views.Drafts // nil: nothing is kept

	mu      sync.Mutex
	id      string
	version uint64 // that is written
	dropped bool
	exists  bool
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// save writes a draft unless a newer version is there.
func (s *saver) save(d views.Draft, version uint64) error {
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

// drop removes the draft: it was applied, or is not wanted.
func (s *saver) drop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped = true
	if s.drafts == nil || !s.exists {
		return nil
	}
	return s.drafts.Remove(s.id)
}

// close lets another program have the draft.
func (s *saver) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drafts != nil && s.exists && !s.dropped {
		s.drafts.Close(s.id)
	}
}

// isStored tells that the draft is on the disk.
func (s *saver) isStored() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exists && !s.dropped
}
