package views

import (
	"drey/client/statement"
	"drey/themes"
)

// PhaseTone is what a statement's phase means to a person, on every platform.
func PhaseTone(p statement.Phase) themes.Tone {
	switch p {
	case statement.Running:
		return themes.Good
	case statement.Completed:
		return themes.Done
	case statement.Failed:
		return themes.Bad
	case statement.Degraded:
		return themes.Warn
	case statement.Stopped:
		return themes.Idle
	case statement.Pending, statement.Stopping, statement.Deleting:
		return themes.Busy
	}
	return themes.Unknown
}
