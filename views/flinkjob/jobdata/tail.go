package jobdata

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// TailBytes is how much of a log is held. While it is read again there is the tail
// before, and one that is twice as long: 8 MB in all.
const TailBytes = 2 << 20

// Tail is the end of a log: whole lines, of which begins says where each begins.
type Tail struct {
	Text    []byte
	Begins  []int32
	Skipped int64 // bytes before the text that are not held
	All     int64 // bytes of the log when it was read
}

// ReadTail reads a stream to its end and holds its last lines.
func ReadTail(r io.Reader, most int) (Tail, error) {
	buf := make([]byte, 0, 2*most)
	var t Tail
	for {
		if len(buf) == cap(buf) {
			drop := len(buf) - most
			copy(buf, buf[drop:])
			buf = buf[:most]
			t.Skipped += int64(drop)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		t.All += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Tail{}, err
		}
	}
	if drop := len(buf) - most; drop > 0 {
		buf = buf[drop:]
		t.Skipped += int64(drop)
	}
	if t.Skipped > 0 { // the first line is half of one
		if i := bytes.IndexByte(buf, '\n'); i >= 0 {
			buf = buf[i+1:]
			t.Skipped += int64(i + 1)
		}
	}
	t.Text = bytes.Clone(bytes.TrimRight(buf, "\n"))
	if len(t.Text) > 0 {
		t.Begins = append(t.Begins, 0)
	}
	for at := 0; ; {
		i := bytes.IndexByte(t.Text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		t.Begins = append(t.Begins, int32(at))
	}
	return t, nil
}

// Line is one of the lines that are held, without its end.
func (t *Tail) Line(i int) string {
	if i < 0 || i >= len(t.Begins) {
		return ""
	}
	end := len(t.Text)
	if i+1 < len(t.Begins) {
		end = int(t.Begins[i+1]) - 1
	}
	return string(bytes.TrimRight(t.Text[t.Begins[i]:end], "\r"))
}

func (t *Tail) Count() int { return len(t.Begins) }

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

// LineAt is the first line that was written at a time or later; the last one where
// all are older.
func (t *Tail) LineAt(at time.Time) int {
	for i := range t.Count() {
		if when, ok := timeOf(t.Line(i)); ok && !when.Before(at) {
			return i
		}
	}
	return max(t.Count()-1, 0)
}
