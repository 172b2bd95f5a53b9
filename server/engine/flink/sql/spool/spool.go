package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"drey/client/cmf"
	"drey/client/flinkrest"
	"drey/server/engine"
)

// Spool keeps rows on disk. Segments are files of lines: a digit, the kind of
// change, and the JSON list of the cells. Behind the rows of a page there is a
// mark: "@", a checksum and where the next page is, or "." for the place at the
// end. Rows count once their mark is there, so that a process that takes up
// another's, which was killed in the middle of a write, fetches none twice and
// leaves none out.
type Spool struct {
	dir string

	mu       sync.Mutex
	Segments []*segment
	next     string // place of the next page
	ended    bool
	lastRead time.Time
	asked    int64 // offset behind the last row that somebody wanted
	changed  chan struct{}
	page     bytes.Buffer // being written

	SegmentBytes int64 // when the next segment begins
	MaxSegments  int
}

// segment is a file of rows; marks has the place of every markEvery-th row.
type segment struct {
	File  *os.File
	first int64
	rows  int64
	size  int64 // in bytes, up to and with the last mark
	last  int64 // of the last mark, in bytes; 0: there is none
	marks []int64
}

const (
	markEvery    = 64
	segmentBytes = 16 << 20
	maxSegments  = 24
)

func Open(dir string) (*Spool, error) {
	s := &Spool{
		dir: dir, changed: make(chan struct{}), lastRead: time.Now(), SegmentBytes: segmentBytes,
		MaxSegments: maxSegments,
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.rows"))
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := s.recover(name); err != nil {
			return nil, fmt.Errorf("spool: %w", err)
		}
	}
	return s, nil
}

// Append adds a page's rows and where to go on; next is "" at the end. The mark
// of a page without rows replaces the one before.
func (s *Spool) Append(rows []flinkrest.Row, next string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.segment()
	if err != nil {
		return err
	}
	at := g.size
	if len(rows) == 0 {
		at -= g.last
	}
	b := &s.page
	b.Reset()
	for i, row := range rows {
		if (g.rows+int64(i))%markEvery == 0 {
			g.marks = append(g.marks, at+int64(b.Len()))
		}
		b.WriteByte('0' + byte(row.Op))
		b.Write(row.Fields)
		b.WriteByte('\n')
	}
	line := mark(next)
	b.WriteString(line)
	end := at + int64(b.Len())
	_, err = g.File.WriteAt(b.Bytes(), at)
	if err == nil && end < g.size {
		err = g.File.Truncate(end)
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	g.size, g.last = end, int64(len(line))
	g.rows += int64(len(rows))
	s.next, s.ended = next, next == ""
	s.tell()
	return nil
}

// tell wakes who waits for rows.
func (s *Spool) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// segment is the one to write to; the oldest go when there are too many.
func (s *Spool) segment() (*segment, error) {
	if n := len(s.Segments); n > 0 && s.Segments[n-1].size < s.SegmentBytes {
		return s.Segments[n-1], nil
	}
	first := s.end()
	f, err := os.OpenFile(
		filepath.Join(s.dir, fmt.Sprintf("%018d.rows", first)), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600,
	)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	g := &segment{File: f, first: first}
	s.Segments = append(s.Segments, g)
	if len(s.Segments) > s.MaxSegments {
		old := s.Segments[0]
		s.Segments = s.Segments[1:]
		_ = old.File.Close()
		_ = os.Remove(old.File.Name())
	}
	return g, nil
}

// end is the offset behind the last row.
func (s *Spool) end() int64 {
	if len(s.Segments) == 0 {
		return 0
	}
	last := s.Segments[len(s.Segments)-1]
	return last.first + last.rows
}

func (s *Spool) Done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// Ahead is how many rows there are that nobody has asked for.
func (s *Spool) Ahead() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end() - s.asked
}

// Read gives at most limit rows from an offset on, what is there, and a channel
// that is closed once there may be more.
func (s *Spool) Read(offset int64, limit int) (engine.ResultPage, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if offset == engine.OldestRow {
		if offset = 0; len(s.Segments) > 0 {
			offset = s.Segments[0].first
		}
	}
	s.asked, s.lastRead = max(s.asked, offset+int64(limit)), time.Now()
	page := engine.ResultPage{Next: offset}
	if len(s.Segments) > 0 && offset < s.Segments[0].first {
		return page, nil, engine.ErrResultsGone
	}
	for _, g := range s.Segments {
		if page.Next >= g.first+g.rows || limit == len(page.Rows) {
			continue
		}
		rows, err := g.read(page.Next-g.first, limit-len(page.Rows))
		if err != nil {
			return page, nil, err
		}
		page.Rows = append(page.Rows, rows...)
		page.Next += int64(len(rows))
	}
	page.Done = s.ended && page.Next >= s.end()
	return page, s.changed, nil
}

// read gives rows of a segment.
func (g *segment) read(from int64, limit int) ([]cmf.ResultRow, error) {
	to := min(from+int64(limit), g.rows)
	start, end := g.marks[from/markEvery], g.size
	if m := to/markEvery + 1; m < int64(len(g.marks)) {
		end = g.marks[m]
	}
	b := make([]byte, end-start)
	if _, err := g.File.ReadAt(b, start); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("spool: %w", err)
	}
	rows := make([]cmf.ResultRow, 0, to-from)
	var cells []json.RawMessage // of all rows
	at := from / markEvery * markEvery
	for at < to {
		n := bytes.IndexByte(b, '\n')
		if n < 0 {
			return nil, fmt.Errorf("spool: %s ends early", filepath.Base(g.File.Name()))
		}
		line := b[:n]
		b = b[n+1:]
		if isMark(line) {
			continue
		}
		if at++; at <= from {
			continue
		}
		begin, ok := len(cells), false
		if cells, ok = flinkrest.AppendElements(cells, line[1:]); !ok {
			return nil, fmt.Errorf("spool: a row of %s cannot be read", filepath.Base(g.File.Name()))
		}
		rows = append(rows, cmf.ResultRow{Op: cmf.Op(line[0] - '0'), Row: cells[begin:len(cells):len(cells)]})
		if len(rows) == 1 {
			cells = slices.Grow(cells, len(cells)*int(to-from-1))
		}
	}
	return rows, nil
}

func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, g := range s.Segments {
		errs = append(errs, g.File.Close())
	}
	s.Segments = nil
	return errors.Join(errs...)
}

// place is where the next page is; "" before the first and after the last.
func (s *Spool) NextPage() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}

// Rows is how many there ever were.
func (s *Spool) Rows() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end()
}

// Lonely reports whether nobody has read for a while.
func (s *Spool) Lonely(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(s.lastRead) > 10*time.Second
}

// WakeAll wakes who waits for rows that will not come.
func (s *Spool) WakeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell()
}

// All makes every row wanted: a job that is stopped must be able to hand on
// what it has.
func (s *Spool) All() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = max(s.asked, s.end()+1<<40)
}
