package sql

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"drey/server/engine"
	"drey/server/engine/embedded/sql/connect"
	"drey/server/engine/embedded/sql/sqlerr"
)

// The files of a savepoint.
const (
	metadataFile = "_metadata"
	stateFile    = "state"
)

// writeSavepoint writes into the directory when it is in one of the folders
// that statements may use, and always into the engine's own folder, where any
// other path is found by its last part: whoever names a directory does not
// choose where the process writes.
func (s *Statements) writeSavepoint(j *job, run engine.StatementRun, directory, id string) (string, int64, error) {
	name := savepointName(run.ID, id)
	own := filepath.Join(s.opts.Dir, "savepoints", name)
	state, err := j.snapshot()
	if err != nil {
		return "", 0, err
	}
	head, err := json.Marshal(j.position(run.SQL))
	if err != nil {
		return "", 0, fmt.Errorf("write the savepoint: %w", err)
	}
	size := int64(len(head) + len(state))
	if err := writeFile(filepath.Join(own, stateFile), state); err != nil {
		return "", 0, err
	}
	if err := writeFile(filepath.Join(own, metadataFile), head); err != nil {
		return "", 0, err
	}
	if directory == "" {
		return own, size, nil
	}
	path := strings.TrimRight(directory, "/") + "/" + name
	files := connect.Files(s.opts.Files)
	if !files.Holds(directory) {
		return path, size, nil
	}
	if err := files.Write(path, stateFile, state); err != nil {
		return "", 0, fmt.Errorf("write the savepoint: %w", err)
	}
	if err := files.Write(path, metadataFile, head); err != nil {
		return "", 0, fmt.Errorf("write the savepoint: %w", err)
	}
	return path, size, nil
}

func savepointName(run, id string) string {
	run, id = (run + "000000")[:6], (id + "000000000000")[:12]
	return "savepoint-" + filepath.Base(run) + "-" + filepath.Base(id)
}

// readSavepoint finds a savepoint in the folders that statements may use, then
// in the engine's own. One without a state is good: all is computed again.
func (s *Statements) readSavepoint(path string) (p position, state []byte, err error) {
	read := func(file string) ([]byte, error) { return connect.Files(s.opts.Files).Read(path, file) }
	b, err := read(metadataFile)
	if own, ok := s.ownSavepoint(path); err != nil && ok {
		read = func(file string) ([]byte, error) { return os.ReadFile(filepath.Join(own, file)) }
		b, err = read(metadataFile)
	}
	if err != nil {
		return p, nil, &sqlerr.Failure{
			Class:   "java.io.FileNotFoundException",
			Message: "Cannot find checkpoint or savepoint file/directory '" + path + "'.",
		}
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return p, nil, fmt.Errorf("the savepoint '%s' is damaged: %w", path, err)
	}
	state, _ = read(stateFile)
	return p, state, nil
}

// ownSavepoint is where the engine keeps what it gave this path to.
func (s *Statements) ownSavepoint(path string) (string, bool) {
	name := filepath.Base(path)
	return filepath.Join(s.opts.Dir, "savepoints", name), strings.HasPrefix(name, "savepoint-")
}

// DisposeSavepoint deletes a savepoint of a statement: the engine's own copy,
// and the one in a folder that statements may use. One that is not there is no
// error.
func (s *Statements) DisposeSavepoint(path string) error {
	own, ok := s.ownSavepoint(path)
	if !ok {
		return nil
	}
	files := connect.Files(s.opts.Files)
	if files.Holds(path) {
		for _, file := range []string{metadataFile, stateFile, "."} {
			if err := files.Drop(path, file); err != nil {
				return fmt.Errorf("dispose of the savepoint: %w", err)
			}
		}
	}
	if err := os.RemoveAll(own); err != nil {
		return fmt.Errorf("dispose of the savepoint: %w", err)
	}
	return nil
}
