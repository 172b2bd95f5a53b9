package service

import (
	"encoding/json"
	"testing"

	"drey/client/cmf"
	"drey/server/model"
)

func TestResultsAreEncodedAsTheirType(t *testing.T) {
	rows := []cmf.ResultRow{
		{Op: cmf.OpInsert, Row: []json.RawMessage{json.RawMessage(`"a <b> & \"c\""`), json.RawMessage("null")}},
		{Op: cmf.OpDelete, Row: []json.RawMessage{json.RawMessage(`[["1"],null]`)}},
		{Op: cmf.OpUpdateAfter, Row: []json.RawMessage{}},
	}
	for n := range len(rows) + 1 {
		for _, token := range []string{"", "abc"} {
			got := encodeResult("2026-01-01T00:00:00Z", rows[:n], token)
			if want := model.MustEncode(model.NewStatementResult(
				"2026-01-01T00:00:00Z", rows[:n], token,
			)); string(got) != string(want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
	}
}
