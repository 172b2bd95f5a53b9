package queries

import (
	"time"

	"drey/client/statement"
)

type (
	// ObserveMsg says that it is time to look at a statement.
	ObserveMsg struct{ Run *Run }
	// ObservedMsg is a statement as it was observed, or why it could not be.
	ObservedMsg struct {
		Run    *Run
		Status statement.Status
		Err    error
	}
)

// WatchEvery is how often the statements of buffers that are not seen are
// looked at.
const WatchEvery = 5 * time.Second
