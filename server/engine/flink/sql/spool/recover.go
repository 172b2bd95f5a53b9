package spool

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// recover reads a segment of an earlier process.
func (s *Spool) recover(name string) error {
	first, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(name), ".rows"), 10, 64)
	if err != nil {
		return nil //nolint:nilerr // not a file of ours
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	g := &segment{File: f, first: first}
	s.Segments = append(s.Segments, g)
	b, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	s.scan(g, b)
	if err := f.Truncate(g.size); err != nil {
		return err
	}
	return nil
}

// scan finds the rows and the last mark.
func (s *Spool) scan(g *segment, b []byte) {
	var rows int64
	for at := 0; at < len(b); {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			break
		}
		line := b[at : at+n]
		if !isMark(line) {
			if rows%markEvery == 0 {
				g.marks = append(g.marks, int64(at))
			}
			rows++
		} else if next, ended, ok := readMark(line); ok {
			s.next, s.ended = next, ended
			g.rows, g.size, g.last = rows, int64(at+n+1), int64(n+1)
		}
		at += n + 1
	}
	g.marks = g.marks[:(g.rows+markEvery-1)/markEvery]
}

func isMark(line []byte) bool { return len(line) > 0 && line[0] == '@' }

// mark is the line that tells where the next page is; "." is the end.
func mark(next string) string {
	if next == "" {
		next = "."
	}
	return fmt.Sprintf("@%08x%s\n", crc32.ChecksumIEEE([]byte(next)), next)
}

func readMark(line []byte) (next string, ended, ok bool) {
	if len(line) < 10 || mark(string(line[9:])) != string(line)+"\n" {
		return "", false, false
	}
	if next = string(line[9:]); next == "." {
		return "", true, true
	}
	return next, false, true
}
