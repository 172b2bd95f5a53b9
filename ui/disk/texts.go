// Package disk is what the SQL tab keeps in files: what was typed, what was run,
// rows that are too many for the memory, and exports.
package disk

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

// Texts keeps what was typed below a folder, each text replaced whole or not at
// all, for its owner's eyes only. A second console takes a folder of its own
// beside the first one's, so that neither overwrites what the other typed; what
// is appended to is one for all of them. Its methods may be called at the same
// time.
type Texts struct {
	root string

	once   sync.Once
	dir    string
	number int // of the console among those on root
	lock   *flock.Flock
	err    error
}

// NewTexts keeps texts below root; nothing is made before the first use.
func NewTexts(root string) *Texts { return &Texts{root: root} }

// maxConsoles is how many consoles may be open on one folder.
const maxConsoles = 32

// take finds a folder that no other console uses.
func (t *Texts) take() error {
	t.once.Do(func() {
		for i := 1; i <= maxConsoles; i++ {
			dir := filepath.Join(t.root, "sql")
			if i > 1 {
				dir += fmt.Sprintf("-%d", i)
			}
			if t.err = os.MkdirAll(dir, 0o700); t.err != nil {
				return
			}
			lock := flock.New(filepath.Join(dir, ".lock"), flock.SetPermissions(0o600))
			ok, err := lock.TryLock()
			if err != nil {
				t.err = err
				return
			}
			if ok {
				t.dir, t.lock, t.number = dir, lock, i
				removeHalfWritten(dir)
				return
			}
		}
		t.err = fmt.Errorf("more than %d consoles use %s", maxConsoles, t.root)
	})
	return t.err
}

// removeHalfWritten removes what a console that was killed was writing: the text
// before it is there whole. Nobody else writes in a folder that is locked.
func removeHalfWritten(dir string) {
	files, _ := os.ReadDir(dir) // it was made a moment ago
	for _, f := range files {
		if name := f.Name(); strings.HasPrefix(name, ".") && name != ".lock" && f.Type().IsRegular() {
			_ = os.Remove(filepath.Join(dir, name)) // the next console tries again
		}
	}
}

// Shared says which of several consoles on one state folder this is, from 1,
// and where it keeps its texts.
func (t *Texts) Shared() (number int, dir string) {
	if t.take() != nil {
		return 1, ""
	}
	return t.number, t.dir
}

// Close lets another console have the folder.
func (t *Texts) Close() error {
	t.once.Do(func() { t.err = os.ErrClosed })
	if t.lock == nil {
		return nil
	}
	return t.lock.Close()
}

// legacy is where the one buffer of older versions is.
const legacy = "editor.sql"

func (t *Texts) path(name string) string {
	if appended(name) || name == legacy && t.dir == filepath.Join(t.root, "sql") {
		return filepath.Join(t.root, name)
	}
	return filepath.Join(t.dir, name)
}

// Load gives "" for a text that there is not.
func (t *Texts) Load(name string) (string, error) {
	if err := t.take(); err != nil {
		return "", err
	}
	data, err := os.ReadFile(t.path(name))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return string(data), err
}

// Save writes beside the text and renames.
func (t *Texts) Save(name, text string) error {
	if err := t.take(); err != nil {
		return err
	}
	return writeWhole(t.path(name), []byte(text))
}

// List names the texts there are.
func (t *Texts) List() ([]string, error) {
	if err := t.take(); err != nil {
		return nil, err
	}
	files, err := os.ReadDir(t.dir)
	var names []string
	for _, f := range files {
		if f.Type().IsRegular() && !strings.HasPrefix(f.Name(), ".") {
			names = append(names, f.Name())
		}
	}
	return names, err
}

// Remove takes a text away; one that is not there is none.
func (t *Texts) Remove(name string) error {
	if err := t.take(); err != nil {
		return err
	}
	err := os.Remove(t.path(name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// appended are the texts that all consoles share.
func appended(name string) bool { return strings.HasSuffix(name, ".jsonl") }

// Append adds a line; when the text has grown beyond limit bytes, its older
// lines go until three quarters of that are left.
func (t *Texts) Append(name, line string, limit int) error {
	if err := os.MkdirAll(t.root, 0o700); err != nil {
		return err
	}
	lock := flock.New(filepath.Join(t.root, ".lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return err
	}
	defer lock.Close()
	path := filepath.Join(t.root, name)
	if left, _ := filepath.Glob(filepath.Join(t.root, "."+name+".*")); len(left) > 0 {
		for _, half := range left {
			_ = os.Remove(half) // of a console that was killed: who writes holds the lock
		}
	}
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	torn := len(data) > 0 && data[len(data)-1] != '\n'
	if len(data)+len(line)+1 <= limit && !torn {
		return appendLine(path, line)
	}
	if torn {
		data = append(data, '\n')
	}
	for len(data)+len(line)+1 > limit/4*3 && len(data) > 0 {
		data = data[bytes.IndexByte(data, '\n')+1:]
	}
	return writeWhole(path, append(data, line+"\n"...))
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Close())
}

// writeWhole replaces a file whole or not at all.
func writeWhole(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
