package connect

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
)

func writeFiles(f Files, t Table, o options) (Writing, error) {
	if t.Keyed {
		// Flink's filesystem ignores the key; updates are refused all the same.
		t.Keyed = false
	}
	ft, err := newFilesTable(f, t, o)
	if err != nil {
		return Writing{}, err
	}
	open := func(run Run, id string) (Sink, error) {
		return newFilesSink(ft, run, id)
	}
	return Writing{Open: open}, nil
}

// filesSink writes the rows of one statement into files that appear whole. A
// file's name says which rows of the statement it holds, so that after a
// restart the rows that are there already are not written again.
type filesSink struct {
	t       *filesTable
	format  format
	prefix  string
	done    int64 // rows that are in files
	seen    int64 // rows that came
	pending map[string][]byte
	part    value.Row
	size    int
	whole   bool
	hidden  []hiddenFile // on disk, and not yet visible
	stored  int64        // rows that are in files or hidden ones
}

type hiddenFile struct{ dir, name string }

// maxPending is how many bytes wait for a commit.
const maxPending = 8 << 20

func newFilesSink(t *filesTable, run Run, id string) (*filesSink, error) {
	s := &filesSink{
		t: t, format: t.format(run.Zone), prefix: "part-" + id + "-", pending: map[string][]byte{},
		part: make(value.Row, len(t.columns)), whole: run.Whole,
	}
	err := t.location.open(func(root *os.Root) error {
		if err := root.MkdirAll(t.location.rel, 0o755); err != nil {
			return err
		}
		return fs.WalkDir(root.FS(), filepath.ToSlash(t.location.rel), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if end, ok := s.endOf(path.Base(name)); ok {
				s.done = max(s.done, end)
			}
			if left, ok := strings.CutPrefix(path.Base(name), "."); ok && strings.HasPrefix(left, s.prefix) {
				return root.Remove(name) // of a process that ended before its commit
			}
			return nil
		})
	})
	s.stored = s.done
	return s, sinkError(err)
}

// endOf reads from the name of one of the sink's own files which row is the
// last in it.
func (s *filesSink) endOf(name string) (int64, bool) {
	rest, ok := strings.CutPrefix(name, s.prefix)
	if !ok {
		return 0, false
	}
	_, end, ok := strings.Cut(rest, "-")
	n, err := strconv.ParseInt(end, 10, 64)
	return n, ok && err == nil
}

func sinkError(err error) error {
	if err == nil {
		return nil
	}
	var f *sqlerr.Failure
	if errors.As(err, &f) {
		return err
	}
	return &sqlerr.Failure{
		Class: "java.io.IOException", Message: "Could not write to the table's files: " + err.Error(),
	}
}

// Write implements Sink.
func (s *filesSink) Write(row value.Row) error {
	if s.seen++; s.seen <= s.done {
		return nil
	}
	for i, at := range s.t.inFile {
		s.part[i] = row[at]
	}
	dir := s.dir(row)
	b, err := s.format.encode(s.pending[dir], s.t.columns, s.part)
	if err != nil {
		return err
	}
	s.size += len(b) - len(s.pending[dir])
	s.pending[dir] = b
	switch {
	case s.size < maxPending:
		return nil
	case s.whole:
		return s.hide()
	}
	return s.Commit()
}

// Written implements Sink.
func (s *filesSink) Written() int64 { return s.seen }

// Resume implements Sink.
func (s *filesSink) Resume(rows int64) { s.seen = rows }

// dir is where a row belongs: dt=2024 for a table that is partitioned.
func (s *filesSink) dir(row value.Row) string {
	var parts []string
	for _, at := range s.t.parts {
		c := s.t.Columns[at]
		text := defaultPartition
		if row[at].Valid {
			text = url.PathEscape(toText(row[at], c.Type, nil))
		}
		parts = append(parts, c.Name+"="+text)
	}
	return strings.Join(parts, "/")
}

// Commit implements Sink: every file is written under a hidden name, and
// appears when all of it is on disk. With several partitions the last one
// that appears carries the number of rows; the others are written again after
// a crash between them.
func (s *filesSink) Commit() error {
	if err := s.hide(); err != nil || len(s.hidden) == 0 {
		return err
	}
	err := s.t.location.open(func(root *os.Root) error {
		for _, f := range s.hidden {
			at := path.Join(filepath.ToSlash(s.t.location.rel), f.dir)
			if err := root.Rename(path.Join(at, "."+f.name), path.Join(at, f.name)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return sinkError(err)
	}
	s.done, s.hidden = s.stored, nil
	return nil
}

// hide writes what waits into hidden files.
func (s *filesSink) hide() error {
	if len(s.pending) == 0 {
		return nil
	}
	name := fmt.Sprintf("%s%d-%d", s.prefix, s.stored, s.seen)
	err := s.t.location.open(func(root *os.Root) error {
		for dir, b := range s.pending {
			if err := writeHidden(root, path.Join(filepath.ToSlash(s.t.location.rel), dir), name, b); err != nil {
				return err
			}
			s.hidden = append(s.hidden, hiddenFile{dir, name})
		}
		return nil
	})
	if err != nil {
		return sinkError(err)
	}
	s.stored, s.size = s.seen, 0
	clear(s.pending)
	return nil
}

// Discard implements Discarder.
func (s *filesSink) Discard() {
	_ = s.t.location.open(func(root *os.Root) error { // what stays is hidden, and removed by the next start
		for _, f := range s.hidden {
			_ = root.Remove(path.Join(filepath.ToSlash(s.t.location.rel), f.dir, "."+f.name))
		}
		return nil
	})
	s.hidden, s.size = nil, 0
	clear(s.pending)
}

func writeHidden(root *os.Root, dir, name string, b []byte) error {
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := root.Create(path.Join(dir, "."+name))
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
