package cmf

// PhaseFinal says whether a statement in the phase has come to its end for
// good: it cannot be stopped, resumed or rescaled.
func PhaseFinal(phase string) bool { return phase == PhaseCompleted || phase == PhaseFailed }

// PhaseEnded says whether nothing runs, or will by itself, of a statement in
// the phase: a final one, or STOPPED, which can be resumed.
func PhaseEnded(phase string) bool { return PhaseFinal(phase) || phase == PhaseStopped }

// PhaseActive says whether a statement in the phase runs or will by itself. A
// DELETING one does not, and has not ended.
func PhaseActive(phase string) bool {
	return phase == PhasePending || phase == PhaseRunning || phase == PhaseFailing
}

// JobEnded says whether a job in the state has come to its end: Flink's
// globally terminal states (JobStatus).
func JobEnded(state string) bool {
	return state == JobFinished || state == JobFailed || state == JobCanceled
}
