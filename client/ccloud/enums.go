package ccloud

import (
	"slices"
	"strings"
)

// phases are those of any kind of object.
var phases = []string{
	PhasePending, PhaseRunning, PhaseCompleted, PhaseDeleting, PhaseFailing, PhaseFailed, PhaseStopping, PhaseStopped,
	PhaseDegraded, PhaseCreating, PhaseAltering, PoolProvisioning, PoolProvisioned, PoolDeprovisioning,
}

// Phases that materialized tables have beside those of statements.
const (
	PhaseCreating = "CREATING"
	PhaseAltering = "ALTERING"
)

// inCapitals writes the names of values that are known as the specifications do: some
// answers have them in small letters. One that is not known stays as it came.
func inCapitals(phase *string) {
	if upper := strings.ToUpper(*phase); slices.Contains(phases, upper) {
		*phase = upper
	}
}

func (s *StatementStatus) inCapitals() {
	inCapitals(&s.Phase)
	s.ScalingStatus.State = strings.ToUpper(s.ScalingStatus.State)
	s.StateLimitStatus.State = strings.ToUpper(s.StateLimitStatus.State)
	if s.Traits != nil {
		s.Traits.SQLKind = strings.ToUpper(s.Traits.SQLKind)
	}
}
