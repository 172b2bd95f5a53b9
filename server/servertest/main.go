package servertest

import (
	"testing"

	"go.uber.org/goleak"
)

// Main serves in a process that Victim started; in others it runs the tests, and looks for
// goroutines that are left.
func Main(m *testing.M) {
	if childOfKillTest() {
		return
	}
	goleak.VerifyTestMain(m)
}
