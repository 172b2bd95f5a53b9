package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	demoPrefix = "drey-demo-"
	demoLock   = "in-use"
	// demoUnlocked is how old a folder without a lock is that nobody is making
	// just now.
	demoUnlocked = time.Minute
)

// demoFolder is the folder of one demo, locked while its process lives.
type demoFolder struct {
	path string
	lock *flock.Flock
}

func newDemoFolder(parent string) (*demoFolder, error) {
	path, err := os.MkdirTemp(parent, demoPrefix)
	if err != nil {
		return nil, fmt.Errorf("make the demo's folder: %w", err)
	}
	f := &demoFolder{path: path, lock: flock.New(filepath.Join(path, demoLock))}
	locked, err := f.lock.TryLock()
	if err == nil && !locked {
		err = errors.New("another process took it")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the demo's folder %s: %w", path, err), os.RemoveAll(path))
	}
	return f, nil
}

func (f *demoFolder) remove() error {
	return errors.Join(os.RemoveAll(f.path), f.lock.Unlock())
}

// removeLeftDemos removes the folders of demos whose process was killed. Those
// of living demos are locked, those of other users cannot be removed: neither
// is an error.
func removeLeftDemos(ctx context.Context, parent string) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil //nolint:nilerr // a folder that cannot be listed has nothing to offer
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil
		}
		if e.IsDir() && strings.HasPrefix(e.Name(), demoPrefix) {
			removeLeftDemo(filepath.Join(parent, e.Name()))
		}
	}
	return nil
}

func removeLeftDemo(path string) {
	name := filepath.Join(path, demoLock)
	if _, err := os.Lstat(name); err != nil {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > demoUnlocked {
			_ = os.RemoveAll(path) // made before folders were locked, or in the making when killed
		}
		return
	}
	lock := flock.New(name)
	if locked, err := lock.TryLock(); err != nil || !locked {
		return
	}
	_ = os.RemoveAll(path) // the next demo tries again
	_ = lock.Unlock()
}
