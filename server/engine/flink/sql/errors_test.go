package sql

import (
	"testing"

	"drey/client/flinksql"
)

func TestASetThatIsMadeOneByOneIsRefused(t *testing.T) {
	for sql, want := range map[string]bool{
		"BEGIN STATEMENT SET": true, "  begin statement set ;": true,
		"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END": false,
		"BEGIN STATEMENT SET; INSERT INTO t SELECT 1; END":        false,
	} {
		if err := refused(flinksql.KindOf(sql), sql); (err != nil) != want {
			t.Errorf("%q: got %v, want refused: %v", sql, err, want)
		}
	}
}
