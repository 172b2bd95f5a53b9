package stream

// AlignedTo is the greatest multiple of size, moved by offset, up to t.
func AlignedTo(t, size, offset int64) int64 {
	rest := (t - offset) % size
	if rest < 0 {
		rest += size
	}
	return t - rest
}

// Passed says whether a window has ended.
func Passed(end, watermark int64) bool { return end-1 <= watermark }
