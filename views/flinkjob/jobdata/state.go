package jobdata

import "drey/themes"

// StateOf is a job's state in Flink's word and what it means.
func StateOf(state string) (string, themes.Tone) {
	switch state {
	case "RUNNING":
		return state, themes.Good
	case "FAILED":
		return state, themes.Bad
	case "FAILING", "RESTARTING":
		return state, themes.Warn
	case "FINISHED":
		return state, themes.Done
	case "CANCELED", "SUSPENDED":
		return state, themes.Idle
	case "INITIALIZING", "CREATED", "CANCELLING", "CANCELING", "RECONCILING", "SCHEDULED", "DEPLOYING":
		return state, themes.Busy
	}
	return state, themes.Unknown
}

// Ended tells that a job will never run again.
func Ended(state string) bool {
	return state == "FAILED" || state == "FINISHED" || state == "CANCELED"
}
