// Package draftstore writes and reads the texts of SQL buffers and what belongs to them.
package draftstore

import (
	"fmt"
	"math"
	"sync"
)

// Store writes each text in the order of its versions, whichever command
// comes first.
type Store struct {
	mu      sync.Mutex
	Drafts  Drafts
	written map[string]uint64
}

// Write is one text to write.
type Write struct {
	Name    string
	Version uint64
	Text    fmt.Stringer
	Deleted bool // it is to be removed instead
}

// Words are a text that is made already.
type Words string

func (w Words) String() string { return string(w) }

// Save writes texts in the order given; one that a newer version was written of is left
// out.
func (k *Store) Save(jobs []Write) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, j := range jobs {
		if j.Deleted {
			if err := k.Drafts.Remove(j.Name); err != nil {
				return err
			}
			k.setWritten(j.Name, math.MaxUint64) // a save that comes late is of no use; ids are not used again
			continue
		}
		if k.written[j.Name] >= j.Version {
			continue
		}
		if err := k.Drafts.Save(j.Name, j.Text.String()); err != nil {
			return err
		}
		k.setWritten(j.Name, j.Version)
	}
	return nil
}

// setWritten is SetWritten for who holds mu.
func (k *Store) setWritten(name string, version uint64) {
	if k.written == nil {
		k.written = map[string]uint64{}
	}
	k.written[name] = version
}

// Unwritten tells whether a version is not on the disk yet.
func (k *Store) Unwritten(name string, version uint64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.written[name] < version
}

// SetWritten says that a version is what the disk has.
func (k *Store) SetWritten(name string, version uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.setWritten(name, version)
}
