package jobdata

import (
	"drey/client/fault"
	"drey/views/clean"
)

// ErrorText is an error in one line: what it means, then its own words.
func ErrorText(err error) string {
	text := clean.Text(err.Error())
	if w := fault.Of(err).Word(); w != "" {
		return w + ": " + text
	}
	return text
}
