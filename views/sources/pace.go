package sources

import (
	"time"

	"drey/client/fault"
)

// How often a list is asked for.
const (
	// Every is how often while somebody looks and it changes.
	Every = 2 * time.Second
	// CalmAfter is how many answers in a row change nothing until it is asked for less
	// often.
	CalmAfter = 8

	calmEvery    = 5 * time.Second  // once nothing changed for CalmAfter answers
	mostBackOff  = 30 * time.Second // after errors
	offlineEvery = 5 * time.Second  // while there is no answer at all
)

// Pace is how often to ask for what did not change for so many answers.
func Pace(same int) time.Duration {
	if same >= CalmAfter {
		return calmEvery
	}
	return Every
}

// BackOff is how long to wait after so many failures in a row. A server that does
// not answer is tried more often than one that answers with errors: the transport
// sends one small request each few seconds, whoever asks.
func BackOff(failures int, err error) time.Duration {
	d := min(Every<<min(failures-1, 5), mostBackOff)
	if fault.Is(err, fault.Offline) {
		return min(d, offlineEvery)
	}
	return d
}
