package sql

import (
	"fmt"
	"sync"
)

// draftStore writes each text in the order of its versions, whichever command
// comes first.
type draftStore struct {
	mu      sync.Mutex
	drafts  Drafts
	written map[string]uint64
}

// job is one text to write.
type job struct {
	name    string
	version uint64
	text    fmt.Stringer
	deleted bool // it is to be removed instead
}

// words are a text that is made already.
type words string

func (w words) String() string { return string(w) }

func (k *draftStore) save(jobs []job) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, j := range jobs {
		if j.deleted {
			if err := k.drafts.Remove(j.name); err != nil {
				return err
			}
			continue
		}
		if k.written[j.name] >= j.version {
			continue
		}
		if err := k.drafts.Save(j.name, j.text.String()); err != nil {
			return err
		}
		if k.written == nil {
			k.written = map[string]uint64{}
		}
		k.written[j.name] = j.version
	}
	return nil
}

// unwritten tells whether a version is not on the disk yet.
func (k *draftStore) unwritten(name string, version uint64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.written[name] < version
}

// setWritten says that a version is what the disk has.
func (k *draftStore) setWritten(name string, version uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.written == nil {
		k.written = map[string]uint64{}
	}
	k.written[name] = version
}
