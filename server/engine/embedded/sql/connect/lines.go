package connect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
)

const (
	chunkSize = 256 << 10
	maxRecord = memory.MaxRow
)

// lines reads the records of a file piece by piece. No file is open between
// two calls, so that a statement that is forgotten leaves nothing behind.
type lines struct {
	location location
	file     file
	quote    byte // records go on over line ends within these; 0: none
	offset   int64
	buffer   []byte
	at       int
}

// next gives a record without its line end; io.EOF after the last one.
func (l *lines) next() ([]byte, error) {
	l.release()
	scanned, quoted := l.at, false
	for {
		for i := scanned; i < len(l.buffer); i++ {
			switch c := l.buffer[i]; {
			case c == l.quote && c != 0:
				quoted = !quoted
			case c == '\n' && !quoted:
				record := l.buffer[l.at:i]
				l.at = i + 1
				return bytes.TrimSuffix(record, []byte{'\r'}), nil
			}
		}
		scanned = len(l.buffer) - l.at
		more, err := l.fill()
		if err != nil {
			return nil, err
		}
		if !more {
			if l.at == len(l.buffer) {
				return nil, io.EOF
			}
			record := l.buffer[l.at:]
			l.at = len(l.buffer)
			return record, nil
		}
	}
}

// fill reads the next piece behind what is left of the buffer.
func (l *lines) fill() (bool, error) {
	left := len(l.buffer) - l.at
	if left > maxRecord {
		return false, l.tooLong(int64(left))
	}
	// twice as much each time
	want := min(max(int64(chunkSize), int64(left)), int64(maxRecord+chunkSize-left), l.file.size-l.offset)
	if want <= 0 {
		l.buffer, l.at = l.buffer[l.at:], 0
		return false, nil
	}
	buffer := make([]byte, left, left+int(want))
	copy(buffer, l.buffer[l.at:])
	var n int
	err := l.location.open(func(root *os.Root) error {
		f, err := root.Open(l.file.rel)
		if err != nil {
			return err
		}
		defer f.Close()
		n, err = f.ReadAt(buffer[left:left+int(want)], l.offset)
		if errors.Is(err, io.EOF) {
			l.file.size, err = l.offset+int64(n), nil // it has become shorter
		}
		return err
	})
	l.buffer, l.at = buffer[:left+n], 0
	l.offset += int64(n)
	return n > 0, err
}

// release gives back the buffer of a long record.
func (l *lines) release() {
	if left := len(l.buffer) - l.at; cap(l.buffer) > 4*chunkSize && left <= chunkSize {
		l.buffer, l.at = append([]byte(nil), l.buffer[l.at:]...), 0
	}
}

// tooLong is the failure at a record of which so much was read. How long it is
// is found without holding it.
func (l *lines) tooLong(size int64) error {
	chunk := make([]byte, chunkSize)
	err := l.location.open(func(root *os.Root) error {
		f, err := root.Open(l.file.rel)
		if err != nil {
			return err
		}
		defer f.Close()
		for at := l.offset; ; {
			n, err := f.ReadAt(chunk, at)
			if i := bytes.IndexByte(chunk[:n], '\n'); i >= 0 {
				size += int64(i)
				return nil
			}
			size += int64(n)
			if at += int64(n); err != nil {
				return nil
			}
		}
	})
	if err != nil {
		return err
	}
	return &sqlerr.Failure{Class: "java.io.IOException", Message: fmt.Sprintf(
		"a record takes %s (%d bytes); the embedded engine reads records of at most %s", memory.Text(size), size,
		memory.Text(maxRecord))}
}
