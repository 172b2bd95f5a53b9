package load

import (
	"testing"

	"drey/server/servertest"
)

func TestMain(m *testing.M) { servertest.Main(m) }

// scenario is one exchange of a table.
type scenario servertest.Scenario
