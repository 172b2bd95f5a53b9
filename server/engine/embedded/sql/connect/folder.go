package connect

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Holds says whether a folder, named as Flink names folders, is within one of
// the folders that may be used.
func (f Files) Holds(folder string) bool {
	_, err := f.find(folder)
	return err == nil
}

// Keep writes a file into a folder: it is there whole or not at all. A link
// that leads out of the folders that may be used is not followed.
func (f Files) Write(folder, name string, b []byte) error {
	at, err := f.find(folder)
	if err != nil {
		return err
	}
	return sinkError(at.open(func(root *os.Root) error {
		rel := filepath.ToSlash(at.rel)
		if err := writeHidden(root, rel, name, b); err != nil {
			return err
		}
		return root.Rename(path.Join(rel, "."+name), path.Join(rel, name))
	}))
}

// Kept reads a file of a folder.
func (f Files) Read(folder, name string) ([]byte, error) {
	at, err := f.find(folder)
	if err != nil {
		return nil, err
	}
	var b []byte
	err = at.open(func(root *os.Root) (err error) {
		b, err = root.ReadFile(path.Join(filepath.ToSlash(at.rel), name))
		return err
	})
	return b, err
}

// Drop deletes a file of a folder, or with the name "." the folder when it is
// empty. What is not there is no error.
func (f Files) Drop(folder, name string) error {
	at, err := f.find(folder)
	if err != nil {
		return err
	}
	return at.open(func(root *os.Root) error {
		err := root.Remove(path.Join(filepath.ToSlash(at.rel), name))
		if errors.Is(err, fs.ErrNotExist) || name == "." {
			return nil
		}
		return err
	})
}
