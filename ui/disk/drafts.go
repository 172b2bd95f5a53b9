package disk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"drey/views"
	"drey/views/clean"
)

// Drafts keeps each text that is edited in a folder of its own, so that what an
// editor leaves beside it goes with it. All consoles on one state folder share
// them: a draft that one has open is locked until it ends, however that happens.
type Drafts struct {
	root string

	mu    sync.Mutex
	locks map[string]*flock.Flock
}

// NewDrafts keeps drafts below root; nothing is made before the first use.
func NewDrafts(root string) *Drafts {
	return &Drafts{root: filepath.Join(root, "drafts"), locks: map[string]*flock.Flock{}}
}

const (
	draftName   = "draft.json"
	privateDir  = ".private-"
	draftSuffix = ".yaml"
)

var idPattern = regexp.MustCompile(`^[a-zA-Z0-9-]{1,64}$`)

func (d *Drafts) dir(id string) (string, error) {
	if !idPattern.MatchString(id) {
		return "", fmt.Errorf("%q is no draft", id)
	}
	return filepath.Join(d.root, id), nil
}

// Path implements views.Drafts. The name of the file is the object's, so that
// editors show it.
func (d *Drafts) Path(id string) string {
	dir, err := d.dir(id)
	if err != nil {
		return ""
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"+draftSuffix))
	if len(files) == 0 {
		return filepath.Join(dir, "text"+draftSuffix)
	}
	return files[0]
}

var unsafeName = regexp.MustCompile(`[^a-zA-Z0-9._-]+`)

// fileName is a name for the file of a draft of an object.
func fileName(name string) string {
	name = strings.TrimLeft(unsafeName.ReplaceAllString(name, "-"), ".-")
	if name == "" {
		name = "new"
	}
	return name[:min(len(name), 60)] + draftSuffix
}

// List implements views.Drafts. A console that starts calls it: the private files of one
// that was killed go then.
func (d *Drafts) List() ([]views.Draft, error) {
	d.removePrivate()
	entries, err := os.ReadDir(d.root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var list []views.Draft
	for _, e := range entries {
		if !e.IsDir() || !idPattern.MatchString(e.Name()) {
			continue
		}
		if draft, err := d.read(e.Name()); err == nil {
			list = append(list, draft)
		}
	}
	slices.SortStableFunc(list, func(a, b views.Draft) int { return b.Changed.Compare(a.Changed) })
	return list, err
}

// read reads a draft. The text is in a file of its own: an editor may have
// written it after the rest.
func (d *Drafts) read(id string) (views.Draft, error) {
	dir, err := d.dir(id)
	if err != nil {
		return views.Draft{}, err
	}
	var draft views.Draft
	raw, err := os.ReadFile(filepath.Join(dir, draftName))
	if err == nil {
		err = json.Unmarshal(raw, &draft)
	}
	if err != nil {
		return views.Draft{}, err
	}
	text, err := os.ReadFile(d.Path(id))
	if err != nil {
		return views.Draft{}, err
	}
	draft.ID, draft.Text = id, string(text)
	if info, err := os.Stat(d.Path(id)); err == nil && info.ModTime().After(draft.Changed) {
		draft.Changed = info.ModTime()
	}
	return draft, nil
}

// Open implements views.Drafts.
func (d *Drafts) Open(id string) (views.Draft, error) {
	if err := d.lock(id); err != nil {
		return views.Draft{}, err
	}
	return d.read(id)
}

// lock makes a draft this console's; it is called again and again.
func (d *Drafts) lock(id string) error {
	dir, err := d.dir(id)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locks[id] != nil {
		return nil
	}
	lock := flock.New(filepath.Join(dir, ".lock"), flock.SetPermissions(0o600))
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return err
	case !ok:
		return errors.New("another console has this draft open")
	}
	d.locks[id] = lock
	return nil
}

// Save implements views.Drafts: first the text, then what names it.
func (d *Drafts) Save(draft views.Draft) error {
	dir, err := d.dir(draft.ID)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := d.lock(draft.ID); err != nil {
		return err
	}
	path := d.Path(draft.ID)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		path = filepath.Join(dir, fileName(draft.Target.Name))
	}
	if err := writeWhole(path, []byte(draft.Text)); err != nil {
		return err
	}
	draft.Text = ""
	raw, err := json.MarshalIndent(draft, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(dir, draftName), append(raw, '\n'))
}

// Close implements views.Drafts.
func (d *Drafts) Close(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if lock := d.locks[id]; lock != nil {
		_ = lock.Close() // the system lets go of it at the end, too
		delete(d.locks, id)
	}
}

// Remove implements views.Drafts.
func (d *Drafts) Remove(id string) error {
	dir, err := d.dir(id)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := d.lock(id); err != nil {
		return err
	}
	d.Close(id)
	return os.RemoveAll(dir)
}

// Private implements views.Drafts. What a console that was killed left behind of
// such texts is removed first.
func (d *Drafts) Private(name, text string) (string, error) {
	if err := os.MkdirAll(d.root, 0o700); err != nil {
		return "", err
	}
	d.removePrivate()
	dir, err := os.MkdirTemp(d.root, privateDir)
	if err != nil {
		return "", err
	}
	lock := flock.New(filepath.Join(dir, ".lock"), flock.SetPermissions(0o600))
	if _, err := lock.TryLock(); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	d.mu.Lock()
	d.locks[dir] = lock
	d.mu.Unlock()
	path := filepath.Join(dir, fileName(name))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return path, nil
}

// removePrivate removes the private files that no console has open.
func (d *Drafts) removePrivate() {
	left, _ := filepath.Glob(filepath.Join(d.root, privateDir+"*"))
	for _, dir := range left {
		lock := flock.New(filepath.Join(dir, ".lock"), flock.SetPermissions(0o600))
		if ok, err := lock.TryLock(); ok && err == nil {
			_ = os.RemoveAll(dir) // the next one tries again
			_ = lock.Close()
		}
	}
}

// ReadPrivate implements views.Drafts.
func (d *Drafts) ReadPrivate(path string) (string, error) {
	dir := filepath.Dir(path)
	text, err := os.ReadFile(path)
	d.Close(dir)
	return string(text), errors.Join(err, os.RemoveAll(dir))
}

// CloseAll lets other consoles have all drafts, and removes private files.
func (d *Drafts) CloseAll() {
	d.mu.Lock()
	ids := make([]string, 0, len(d.locks))
	for id := range d.locks {
		ids = append(ids, id)
	}
	d.mu.Unlock()
	for _, id := range ids {
		d.Close(id)
	}
	d.removePrivate()
}

// maxFile is how large a file is that a text is read from.
const maxFile = 4 << 20

// ReadFile reads a text from a path that was typed; home is what ~ stands for.
func ReadFile(home, path string) (string, error) {
	path, err := (&Files{home: home}).expand(path)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %s: write another path", path)
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no file: write the path of one", path)
	case info.Size() > maxFile:
		return "", fmt.Errorf("%s is larger than %d MB", path, maxFile>>20)
	}
	raw, err := os.ReadFile(path)
	text := string(raw)
	if line := clean.NotUTF8(text); err == nil && line > 0 {
		return "", fmt.Errorf("%s is no text in UTF-8, at line %d: save it so", path, line)
	}
	return text, err
}
