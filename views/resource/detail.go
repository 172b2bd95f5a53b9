package resource

import (
	"encoding/json"
	"time"

	"drey/themes"
	"drey/views"
)

// Detail is what is asked for about the row under the cursor.
type Detail struct {
	Cause  string // the root cause of what is wrong, shown first; "" where nothing is
	Facts  []views.Fact
	Events []Event
	Source json.RawMessage // shown as YAML
}

// Event is one line of history.
type Event struct {
	At   time.Time
	Word string
	Text string
	Tone themes.Tone
}
