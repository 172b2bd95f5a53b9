package sql

import (
	"testing"

	"drey/client/cmf"
	"drey/client/flinkrest"
)

func TestBooleansAreInSmallLetters(t *testing.T) {
	c := cellsOf([]cmf.ResultColumn{
		{Name: "a", Type: cmf.DataType{Type: "BOOLEAN"}},
		{Name: "b", Type: cmf.DataType{Type: "VARCHAR"}},
		{Name: "c", Type: cmf.DataType{Type: "BOOLEAN"}},
	})
	for row, want := range map[string]string{
		`["TRUE","TRUE","FALSE"]`: `["true","TRUE","false"]`,
		`[null,"FALSE",null]`:     `[null,"FALSE",null]`,
		`["TRUE"]`:                `["true"]`,
	} {
		page := flinkrest.Page{Rows: []flinkrest.Row{{Fields: []byte(row)}}}
		if err := c.read(t.Context(), flinkrest.Gateway{}, "", &page); err != nil ||
			string(page.Rows[0].Fields) != want {
			t.Errorf("%s: got %s, %v; want %s", row, page.Rows[0].Fields, err, want)
		}
	}
}
