package statement_test

import (
	"testing"

	"drey/client/statement"
)

func TestPhasesAreReadAsTheyAreWritten(t *testing.T) {
	for p := statement.Unknown; p <= statement.Deleting; p++ {
		if got := statement.ParsePhase(p.String()); got != p {
			t.Errorf("%s is read as %s", p, got)
		}
	}
	if got := statement.ParsePhase("SOMETHING_NEW"); got != statement.Unknown {
		t.Errorf("a word that is none is read as %s", got)
	}
}

func TestWhatPhasesMean(t *testing.T) {
	for p, want := range map[statement.Phase]struct{ ended, final, active, readable bool }{
		statement.Unknown:   {},
		statement.Pending:   {active: true},
		statement.Running:   {active: true, readable: true},
		statement.Degraded:  {active: true, readable: true},
		statement.Stopping:  {readable: true},
		statement.Stopped:   {ended: true, readable: true},
		statement.Completed: {ended: true, final: true, readable: true},
		statement.Failed:    {ended: true, final: true},
		statement.Deleting:  {},
	} {
		got := struct{ ended, final, active, readable bool }{p.Ended(), p.Final(), p.Active(), p.Readable()}
		if got != want {
			t.Errorf("%s: %+v, want %+v", p, got, want)
		}
	}
}
