package sql

import (
	"encoding/json"
	"testing"
)

// TestTypesThatOnlyResultsHave are as the embedded engine has them.
func TestTypesThatOnlyResultsHave(t *testing.T) {
	for written, want := range map[string]string{
		"INTERVAL SECOND(3)":        `{"type":"INTERVAL_DAY_TIME","nullable":false,"precision":2,"resolution":"SECOND","fractionalPrecision":3}`,
		"INTERVAL DAY TO SECOND(3)": `{"type":"INTERVAL_DAY_TIME","nullable":false,"precision":2,"resolution":"SECOND","fractionalPrecision":3}`,
		"INTERVAL MONTH":            `{"type":"INTERVAL_YEAR_MONTH","nullable":false,"precision":2,"resolution":"MONTH"}`,
		"CHAR(0)":                   `{"type":"CHAR","nullable":false,"length":0}`,
		"CHAR(2)":                   `{"type":"CHAR","nullable":false,"length":2}`,
	} {
		got, err := json.Marshal(typeOf(written, false))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s %v, want %s", written, got, err, want)
		}
	}
}
