package match_test

import (
	"testing"

	"drey/server/engine/embedded/sql/plan/plantest"
)

func TestPlans(t *testing.T) { plantest.Check(t, "testdata/plans.txt") }
