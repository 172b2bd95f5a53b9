package stream

// Jumper is a Source that gives any row at once.
type Jumper interface {
	Source
	// Jumps says whether it really does.
	Jumps() bool
}
