package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"drey/server/model"
)

// checkFolder looks at the data folder before it is opened. An empty database
// beside a key is one that was lost: the key is made after the first schema is
// on disk. A folder that others can look into is told.
func (s *Server) checkFolder() error {
	dir := s.config.Data
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		s.notices = append(s.notices, fmt.Sprintf("warning: others on this machine can look into the data folder %s "+
			"(mode %04o): chmod 700 it",
			dir, info.Mode().Perm()))
	}
	database, err := os.Stat(filepath.Join(dir, "drey.db"))
	if err != nil || database.Size() > 0 {
		return nil //nolint:nilerr // it is made, or opening it says what is wrong
	}
	if _, err := os.Stat(filepath.Join(dir, "secret.key")); err == nil {
		return fmt.Errorf("%w: %s is empty, though its key is there; put back a copy of the folder, or begin anew "+
			"with an empty folder (drey serve --import reads an export into it)", model.ErrStorageDamaged,
			filepath.Join(dir, "drey.db"))
	}
	return nil
}
