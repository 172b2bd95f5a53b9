package sql

import (
	"testing"

	"drey/client/cmf"
	"drey/server/engine/flink/rest"
)

func TestBooleansAreInSmallLetters(t *testing.T) {
	c := cellsOf([]rest.Column{{Name: "a", Type: cmf.DataType{Type: "BOOLEAN"}}, {Name: "b", Type: cmf.DataType{Type: "VARCHAR"}}, {Name: "c", Type: cmf.DataType{Type: "BOOLEAN"}}})
	for row, want := range map[string]string{
		`["TRUE","TRUE","FALSE"]`: `["true","TRUE","false"]`,
		`[null,"FALSE",null]`:     `[null,"FALSE",null]`,
		`["TRUE"]`:                `["true"]`,
	} {
		page := rest.Page{Rows: []rest.Row{{Fields: []byte(row)}}}
		if err := c.read(t.Context(), rest.Gateway{}, "", &page); err != nil || string(page.Rows[0].Fields) != want {
			t.Errorf("%s: got %s, %v; want %s", row, page.Rows[0].Fields, err, want)
		}
	}
}
