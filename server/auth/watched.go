package auth

import (
	"os"
	"sync"
	"time"
)

// watched is a value read from files, read again when one of them changes. A
// change that cannot be read is told once, and the old value stays.
type watched[T any] struct {
	paths []string
	read  func() (T, error)
	told  func(error)

	mu    sync.Mutex
	seen  []mark
	value T
}

// mark is by what a file is known to have changed.
type mark struct {
	modified time.Time
	size     int64
}

func newWatched[T any](read func() (T, error), told func(error), paths ...string) (*watched[T], error) {
	w := &watched[T]{paths: paths, read: read, told: told, seen: marks(paths)}
	var err error
	w.value, err = read()
	return w, err
}

func marks(paths []string) []mark {
	seen := make([]mark, len(paths))
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil {
			seen[i] = mark{info.ModTime(), info.Size()}
		}
	}
	return seen
}

func (w *watched[T]) get() T {
	now := marks(w.paths)
	w.mu.Lock()
	defer w.mu.Unlock()
	changed := false
	for i := range now {
		changed = changed || !now[i].modified.Equal(w.seen[i].modified) || now[i].size != w.seen[i].size
	}
	if !changed {
		return w.value
	}
	w.seen = now
	value, err := w.read()
	if err != nil {
		w.told(err)
		return w.value
	}
	w.value = value
	return value
}
