package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// drafts keeps what was typed below the state folder. A draft is replaced
// whole or not at all.
type drafts struct{ dir string }

// Load gives "" for a draft that there is not.
func (d drafts) Load(name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(d.dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return string(data), err
}

// Save writes beside the draft and renames.
func (d drafts) Save(name, text string) error {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(d.dir, name+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(d.dir, name))
}
