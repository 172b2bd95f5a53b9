package disk

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Journal keeps what is done below a folder, one file a task, for its owner's eyes
// only. Each console has a lease there: a locked file, whose lock ends with the
// process. It implements tasks.Storage; its methods may be called at the same time.
type Journal struct {
	root string

	mu    sync.Mutex
	name  string
	lease *flock.Flock
}

// NewJournal keeps tasks below root; nothing is made before the first use.
func NewJournal(root string) *Journal { return &Journal{root: root} }

const (
	leaseEnd = ".lease"
	taskEnd  = ".json"
)

// Lease implements tasks.Storage.
func (j *Journal) Lease() (string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lease != nil {
		return j.name, nil
	}
	if err := os.MkdirAll(j.root, 0o700); err != nil {
		return "", err
	}
	var b [4]byte
	_, _ = rand.Read(b[:])
	name := fmt.Sprintf("%d-%s", os.Getpid(), hex.EncodeToString(b[:]))
	path := filepath.Join(j.root, name+leaseEnd)
	lock := flock.New(path, flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err == nil && !ok {
		err = fmt.Errorf("%s is locked already", path)
	}
	if err != nil {
		return "", err
	}
	host, _ := os.Hostname() // without one it is left out
	who := strings.TrimSpace(fmt.Sprintf(
		"process %d on %s since %s", os.Getpid(), host, time.Now().Format("2006-01-02 15:04"),
	))
	if err := os.WriteFile(path, []byte(who), 0o600); err != nil {
		return "", errors.Join(err, lock.Close())
	}
	j.name, j.lease = name, lock
	return name, nil
}

// Holder implements tasks.Storage.
func (j *Journal) Holder(lease string) (who string, alive bool) {
	j.mu.Lock()
	own := j.lease != nil && j.name == lease
	j.mu.Unlock()
	if lease == "" || lease != filepath.Base(lease) {
		return "", false
	}
	path := filepath.Join(j.root, lease+leaseEnd)
	said, err := os.ReadFile(path)
	if err != nil {
		return "", false // there is no such console
	}
	if own {
		return string(said), true
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	free, err := lock.TryLock()
	if err != nil || !free {
		return string(said), true // what cannot be told is not taken away from it
	}
	_ = os.Remove(path) // it ended, and its lease with it
	_ = lock.Close()
	return string(said), false
}

// Exclusively implements tasks.Storage.
func (j *Journal) Exclusively(fn func() error) error {
	if err := os.MkdirAll(j.root, 0o700); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(j.root, ".lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return err
	}
	return errors.Join(fn(), lock.Close())
}

// Load implements tasks.Storage.
func (j *Journal) Load() (map[string][]byte, error) {
	files, err := os.ReadDir(j.root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	tasks := map[string][]byte{}
	for _, f := range files {
		id, isTask := strings.CutSuffix(f.Name(), taskEnd)
		if !isTask || strings.HasPrefix(id, ".") || !f.Type().IsRegular() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(j.root, f.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue // another console gave it up
		}
		if err != nil {
			return nil, err
		}
		tasks[id] = data
	}
	return tasks, err
}

// Changed implements tasks.Storage.
func (j *Journal) Changed() (time.Time, error) {
	info, err := os.Stat(j.root)
	if errors.Is(err, os.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil // files come and go in it: each is written whole, beside
}

// Save implements tasks.Storage.
func (j *Journal) Save(id string, data []byte) error {
	if err := os.MkdirAll(j.root, 0o700); err != nil {
		return err
	}
	return writeWhole(filepath.Join(j.root, id+taskEnd), data)
}

// Remove implements tasks.Storage.
func (j *Journal) Remove(id string) error {
	err := os.Remove(filepath.Join(j.root, id+taskEnd))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Close gives up the lease: what is under way is another console's then.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lease == nil {
		return nil
	}
	err := errors.Join(os.Remove(filepath.Join(j.root, j.name+leaseEnd)), j.lease.Close())
	j.lease = nil
	return err
}
