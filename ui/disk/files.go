package disk

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"drey/views/results"
	"drey/views/results/rowset"
)

// Files are the files of results: rows that are too many for the memory, and
// exports.
type Files struct{ cache, home string }

// NewFiles spills below cache, which is made when it is needed; home is what ~
// stands for in a path that is typed.
func NewFiles(cache, home string) *Files { return &Files{cache, home} }

// NewSpill implements results.Disk. The file has no name any more where the
// system allows that, so that it is gone however the program ends.
func (f *Files) NewSpill() (rowset.Spill, error) {
	if err := os.MkdirAll(f.cache, 0o700); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(f.cache, "rows-*")
	if err != nil {
		return nil, err
	}
	s := &spill{file: file}
	if os.Remove(file.Name()) != nil {
		s.path = file.Name()
	}
	return s, nil
}

type spill struct {
	file *os.File
	path string // to be removed at the end; "" when it is already
	mu   sync.Mutex
	size int64
}

// Append implements results.Spill.
func (s *spill) Append(p []byte) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.size
	if _, err := s.file.WriteAt(p, at); err != nil {
		return 0, err
	}
	s.size += int64(len(p))
	return at, nil
}

// ReadAt implements results.Spill.
func (s *spill) ReadAt(p []byte, at int64) (int, error) { return s.file.ReadAt(p, at) }

// Close implements results.Spill.
func (s *spill) Close() error {
	err := s.file.Close()
	if s.path != "" {
		err = errors.Join(err, os.Remove(s.path))
	}
	return err
}

// Export implements results.Disk.
func (f *Files) Export(path string, replace bool) (results.Export, error) {
	path, err := f.expand(path)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil {
		if info.IsDir() {
			return nil, fmt.Errorf("%s is a folder", path)
		}
		if !replace {
			return nil, fmt.Errorf("%s: %w", path, fs.ErrExist)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	return &export{path: path, file: file, out: bufio.NewWriterSize(file, 1<<18), replace: replace}, nil
}

// expand makes a path absolute.
func (f *Files) expand(path string) (string, error) {
	path = strings.TrimSpace(path)
	if path == "" {
		return "", errors.New("a path is wanted")
	}
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		if f.home == "" {
			return "", errors.New("it is not known what ~ stands for")
		}
		path = filepath.Join(f.home, rest)
	}
	return filepath.Abs(path)
}

// export is written beside its place and put there at the end.
type export struct {
	path    string
	file    *os.File
	out     *bufio.Writer
	replace bool
}

// Write implements results.Export.
func (e *export) Write(p []byte) (int, error) { return e.out.Write(p) }

// Commit implements results.Export. A file that came to be meanwhile is not
// replaced unless that was asked for.
func (e *export) Commit() (string, error) {
	err := errors.Join(e.out.Flush(), e.file.Sync(), e.file.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(e.file.Name()))
	}
	if !e.replace {
		if err = os.Link(e.file.Name(), e.path); err == nil {
			return e.path, os.Remove(e.file.Name())
		}
		if errors.Is(err, fs.ErrExist) {
			return "", errors.Join(err, os.Remove(e.file.Name()))
		}
	}
	return e.path, os.Rename(e.file.Name(), e.path)
}

// Abort implements results.Export.
func (e *export) Abort() {
	_ = e.file.Close()
	_ = os.Remove(e.file.Name()) // nobody asks for it any more
}
