package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"
)

// watched is a value read from files, read again when one of them changes.
type watched[T any] struct {
	paths []string
	// read gives what the files have now, with an error for what is wrong of it.
	read func() (T, error)
	// fallback is what is taken where the files cannot be read at all; nil: what
	// was read before.
	fallback func() T
	report   func(error)

	mu      sync.Mutex
	seen    []mark
	readAt  time.Time
	value   T
	refused error // what was wrong when the files were last read
}

// mark is by what a file is known to have changed.
type mark struct {
	info    fs.FileInfo // nil: it cannot be seen
	changed time.Time
}

func (m mark) same(other mark) bool {
	if m.info == nil || other.info == nil {
		return m.info == nil && other.info == nil
	}
	return os.SameFile(m.info, other.info) && m.info.Size() == other.info.Size() &&
		m.info.ModTime().Equal(other.info.ModTime()) && m.changed.Equal(other.changed)
}

// young reports whether the file was changed so shortly before it was read that
// another change may have left the same times.
func (m mark) young(readAt time.Time) bool {
	return m.info != nil && (readAt.Sub(m.info.ModTime()).Abs() < granularity ||
		readAt.Sub(m.changed).Abs() < granularity)
}

// granularity is the coarsest that file systems have for times.
const granularity = 2 * time.Second

// unreadableError is of a file of which nothing could be taken.
type unreadableError struct{ cause error }

func (e *unreadableError) Error() string { return e.cause.Error() }
func (e *unreadableError) Unwrap() error { return e.cause }

func newWatched[T any](w *watched[T]) (*watched[T], error) {
	w.seen, w.readAt = marks(w.paths), time.Now()
	var err error
	w.value, err = w.read()
	return w, err
}

func marks(paths []string) []mark {
	seen := make([]mark, len(paths))
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil {
			seen[i] = mark{info, changeTime(info)}
		}
	}
	return seen
}

func (w *watched[T]) get() T {
	value, _ := w.check()
	return value
}

// check returns what the files have now, and what is wrong with them.
func (w *watched[T]) check() (T, error) {
	now := marks(w.paths)
	w.mu.Lock()
	defer w.mu.Unlock()
	young := func(m mark) bool { return m.young(w.readAt) }
	if slices.EqualFunc(now, w.seen, mark.same) && !slices.ContainsFunc(now, young) {
		return w.value, w.refused
	}
	w.seen, w.readAt = now, time.Now()
	value, err := w.read()
	var nothing *unreadableError
	switch {
	case errors.As(err, &nothing) && w.fallback == nil:
	case errors.As(err, &nothing):
		w.value = w.fallback()
	default:
		w.value = value
	}
	if err != nil && (w.refused == nil || w.refused.Error() != err.Error()) {
		w.report(err)
	}
	w.refused = err
	return w.value, err
}

// readFile reads a regular file: another kind, such as a pipe, may never end.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &unreadableError{err}
	case !info.Mode().IsRegular():
		return nil, &unreadableError{fmt.Errorf("%s is not a regular file", path)}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &unreadableError{err}
	}
	return text, nil
}
