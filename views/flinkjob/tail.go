package flinkjob

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// tailBytes is how much of a log is held. While it is read again there is the tail
// before, and one that is twice as long: 8 MB in all.
const tailBytes = 2 << 20

// tail is the end of a log: whole lines, of which begins says where each begins.
type tail struct {
	text    []byte
	begins  []int32
	skipped int64 // bytes before the text that are not held
	all     int64 // bytes of the log when it was read
}

// readTail reads a stream to its end and holds its last lines.
func readTail(r io.Reader, most int) (tail, error) {
	buf := make([]byte, 0, 2*most)
	var t tail
	for {
		if len(buf) == cap(buf) {
			drop := len(buf) - most
			copy(buf, buf[drop:])
			buf = buf[:most]
			t.skipped += int64(drop)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		t.all += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return tail{}, err
		}
	}
	if drop := len(buf) - most; drop > 0 {
		buf = buf[drop:]
		t.skipped += int64(drop)
	}
	if t.skipped > 0 { // the first line is half of one
		if i := bytes.IndexByte(buf, '\n'); i >= 0 {
			buf = buf[i+1:]
			t.skipped += int64(i + 1)
		}
	}
	t.text = bytes.Clone(bytes.TrimRight(buf, "\n"))
	if len(t.text) > 0 {
		t.begins = append(t.begins, 0)
	}
	for at := 0; ; {
		i := bytes.IndexByte(t.text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		t.begins = append(t.begins, int32(at))
	}
	return t, nil
}

// line is one of the lines that are held, without its end.
func (t *tail) line(i int) string {
	if i < 0 || i >= len(t.begins) {
		return ""
	}
	end := len(t.text)
	if i+1 < len(t.begins) {
		end = int(t.begins[i+1]) - 1
	}
	return string(bytes.TrimRight(t.text[t.begins[i]:end], "\r"))
}

func (t *tail) count() int { return len(t.begins) }

// timeOf is when a line was written, as Flink's logs begin their lines, by the
// clock of the machine that wrote it; ok is false for a line without a time.
func timeOf(line string) (at time.Time, ok bool) {
	for _, layout := range []string{"2006-01-02 15:04:05,000", "2006-01-02 15:04:05.000", "2006-01-02T15:04:05.000"} {
		if len(line) >= len(layout) {
			if at, err := time.Parse(layout, line[:len(layout)]); err == nil {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// lineAt is the first line that was written at a time or later; the last one where
// all are older.
func (t *tail) lineAt(at time.Time) int {
	for i := range t.count() {
		if when, ok := timeOf(t.line(i)); ok && !when.Before(at) {
			return i
		}
	}
	return max(t.count()-1, 0)
}
