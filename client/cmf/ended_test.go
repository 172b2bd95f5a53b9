package cmf

import "testing"

func TestAPhaseIsActiveEndedOrNeither(t *testing.T) {
	for phase, want := range map[string][3]bool{ // active, ended, final
		PhasePending: {true, false, false}, PhaseRunning: {true, false, false}, PhaseFailing: {true, false, false},
		PhaseCompleted: {false, true, true}, PhaseFailed: {false, true, true}, PhaseStopped: {false, true, false},
		PhaseDeleting: {}, "": {}, "NEW": {},
	} {
		if got := [3]bool{PhaseActive(phase), PhaseEnded(phase), PhaseFinal(phase)}; got != want {
			t.Errorf("%s: got active, ended, final = %v, want %v", phase, got, want)
		}
	}
}

func TestAJobHasEndedInFlinksGloballyTerminalStates(t *testing.T) {
	for _, state := range []string{
		JobInitializing, JobCreated, JobRunning, JobFailing, JobFailed, JobCancelling, JobCanceled, JobFinished,
		JobRestarting, JobSuspended, JobReconciling, JobUnknown, "",
	} {
		want := state == "FINISHED" || state == "FAILED" || state == "CANCELED"
		if got := JobEnded(state); got != want {
			t.Errorf("%q: got %v, want %v", state, got, want)
		}
	}
}
