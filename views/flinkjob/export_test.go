package flinkjob

import "io"

// ReadTail reads a log as the view does.
func ReadTail(r io.Reader) (lines int, skipped int64, err error) {
	t, err := readTail(r, tailBytes)
	return t.count(), t.skipped, err
}
