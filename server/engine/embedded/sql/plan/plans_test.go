package plan_test

import (
	"path/filepath"
	"testing"

	"drey/server/engine/embedded/sql/plan/plantest"
)

func TestPlans(t *testing.T) {
	for _, file := range []string{"", "joins", "match", "over", "windows"} {
		t.Run(file, func(t *testing.T) { plantest.Check(t, filepath.Join(file, "testdata", "plans.txt")) })
	}
}
