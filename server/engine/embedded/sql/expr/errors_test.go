package expr

import (
	"testing"

	"drey/client/flinksql/ast"
	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
)

func TestComplaintsHaveCodes(t *testing.T) {
	object := sqlerr.NoObject(ast.Pos{}, "t", " within 'c.d'")
	if e, _ := sqlerr.AsError(object); e.Code != sqlerr.CodeNoObject || e.Object != "t" ||
		!sqlerr.HasCode(object, sqlerr.CodeNoObject) {
		t.Errorf("got %+v", object)
	}
	e := &Env{}
	for text, want := range map[string]sqlerr.Code{
		"CHAR(0)": sqlerr.CodeNoValue, "TIMESTAMP(12)": sqlerr.CodeNoValue, "DECIMAL(99)": sqlerr.CodeOther,
	} {
		tree, err := parse.ParseType(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := TypeOf(tree); err == nil || !sqlerr.HasCode(err, want) {
			t.Errorf("%s: got %v, want a complaint with code %d", text, err, want)
		}
	}
	r := &Resolver{Env: e, Scope: &Scope{Relations: []Relation{{Name: "t", Columns: []Column{{Name: "a"}}}}}}
	for text, want := range map[string]sqlerr.Code{
		"b": sqlerr.CodeNoColumn, "u.a": sqlerr.CodeNoColumn, "t.b": sqlerr.CodeNoColumn,
	} {
		tree, err := parse.Parse("SELECT " + text)
		if err != nil {
			t.Fatal(err)
		}
		column := tree.(*ast.QueryStatement).Query.Body.(*ast.Select).Items[0].Expr.(*ast.Ident)
		if _, _, err := r.findColumn(column); !sqlerr.HasCode(err, want) {
			t.Errorf("%s: got %v, want a complaint with code %d", text, err, want)
		}
	}
}
