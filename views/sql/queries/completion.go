package queries

import (
	"time"

	"drey/client/statement"
	"drey/views/sql/buffer"
	"drey/views/sql/candidates"
)

// Completion is the list of offers beside the cursor, while it is open.
type Completion struct {
	Open    bool
	Asking  candidates.Asking
	Offers  []candidates.Offer
	Cursor  int
	Waiting bool          // more may come from the server
	Age     time.Duration // of the names that the server gave
}

// TextLocation is a place in one version of a buffer's text.
type TextLocation struct {
	version uint64
	At      buffer.Position
}

// Suggestions are what the platform said of a place.
type Suggestions struct {
	Of   TextLocation
	List []statement.Suggestion
}
