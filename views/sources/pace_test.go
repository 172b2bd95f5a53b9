package sources

import (
	"errors"
	"testing"
	"time"

	"drey/client/fault"
)

type faulty struct{ kind fault.Kind }

func (faulty) Error() string { return "it is so" }

func (f faulty) Fault() fault.Fault { return fault.Fault{Kind: f.kind} }

// TestAServerThatIsAwayIsTriedMoreOften compares how long is waited after errors
// and after no answer.
func TestAServerThatIsAwayIsTriedMoreOften(t *testing.T) {
	for failures, want := range map[int]struct{ failing, offline time.Duration }{
		1: {2 * time.Second, 2 * time.Second}, 2: {4 * time.Second, 4 * time.Second},
		3: {8 * time.Second, 5 * time.Second}, 50: {30 * time.Second, 5 * time.Second},
	} {
		failing, offline := BackOff(failures, faulty{fault.Failing}), BackOff(
			failures, errors.Join(faulty{fault.Offline}),
		)
		if failing != want.failing || offline != want.offline {
			t.Errorf("after %d failures: %v, %v; want %+v", failures, failing, offline, want)
		}
	}
}
