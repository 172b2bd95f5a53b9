package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// files is where stand-ins keep their state: savepoints and checkpoints as
// Flink lays them out, a directory with _metadata.
type files struct{ dir string }

const snapshotFormat = "drey stand-in snapshot 1"

// snapshot is the content of a savepoint or checkpoint: real in that a restart
// reads it, and does not start without it.
type snapshot struct {
	Format      string    `json:"format"`
	Kind        string    `json:"kind"` // savepoint, checkpoint
	JobID       string    `json:"jobId"`
	Environment string    `json:"environment"`
	Application string    `json:"application"`
	EntryClass  string    `json:"entryClass,omitempty"`
	FormatType  string    `json:"formatType,omitempty"`
	At          time.Time `json:"at"`
	Records     int64     `json:"records"`
	Parallelism int       `json:"parallelism"`
	StateSize   int64     `json:"stateSize"`
	Checksum    string    `json:"checksum"`
}

func (s snapshot) sum() string {
	s.Checksum = ""
	raw, _ := json.Marshal(s)
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// local is where a path of the API lies. Anything outside of the folder, such
// as s3://bucket/x, is kept in it: stand-ins write nowhere else.
func (f files) local(path string) string {
	own := strings.TrimPrefix(path, "file:")
	if rel, err := filepath.Rel(f.dir, own); err == nil && filepath.IsLocal(rel) {
		return own
	}
	cleaned := filepath.Clean("/" + strings.ReplaceAll(path, "://", "/"))
	if len(cleaned) > 1000 || strings.ContainsRune(cleaned, 0) {
		sum := sha256.Sum256([]byte(cleaned))
		cleaned = "/" + hex.EncodeToString(sum[:])
	}
	return filepath.Join(f.dir, "state", "elsewhere", cleaned)
}

// savepointPath names a savepoint as Flink does: savepoint-<6 hex>-<12 hex>.
func (f files) savepointPath(directory, jobID, id string) string {
	if directory == "" {
		directory = "file:" + filepath.Join(f.dir, "state", "savepoints")
	}
	return fmt.Sprintf("%s/savepoint-%.6s-%.12s", strings.TrimRight(directory, "/"), jobID, id)
}

func (f files) checkpointPath(jobID string, n int64) string {
	return fmt.Sprintf("file:%s/chk-%d", filepath.Join(f.dir, "state", "checkpoints", jobID), n)
}

// write puts a snapshot on disk whole or not at all. One that is there stays.
func (f files) write(path string, s snapshot) error {
	target := filepath.Join(f.local(path), "_metadata")
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	s.Format = snapshotFormat
	s.Checksum = s.sum()
	return writeJSON(target, s)
}

func writeJSON(target string, v any) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(target), ".writing-*")
	if err != nil {
		return err
	}
	_, err = file.Write(append(raw, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// restoreError is why a job cannot go on from a path: class and message as
// Flink has them.
type restoreError struct{ class, message string }

func (e *restoreError) Error() string { return e.class + ": " + e.message }

// read returns a snapshot that is whole.
func (f files) read(path string) (snapshot, error) {
	var s snapshot
	local := f.local(path)
	if filepath.Base(local) != "_metadata" {
		local = filepath.Join(local, "_metadata")
	}
	raw, err := os.ReadFile(local)
	if err != nil {
		return s, &restoreError{
			"java.io.FileNotFoundException",
			fmt.Sprintf("Cannot find checkpoint or savepoint file/directory '%s' on file system.", path),
		}
	}
	if err := json.Unmarshal(raw, &s); err != nil || s.Format != snapshotFormat || s.Checksum != s.sum() {
		return s, &restoreError{
			"java.io.IOException", fmt.Sprintf("Cannot deserialize the metadata of '%s': the file is damaged.", path),
		}
	}
	return s, nil
}

// remove deletes a snapshot; one that is not there is no error.
func (f files) remove(path string) error {
	local := f.local(path)
	if filepath.Base(local) == "_metadata" {
		local = filepath.Dir(local)
	}
	err := os.Remove(filepath.Join(local, "_metadata"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_ = os.Remove(local) // stays when something else lies in it
	return nil
}
