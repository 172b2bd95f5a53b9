package sql

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestNothingDecidesByTheTextOfAnError reads the engine's code and that of its
// parser: no function of strings is asked about the text of an error. What code
// goes on from has a code.
func TestNothingDecidesByTheTextOfAnError(t *testing.T) {
	files, found := token.NewFileSet(), 0
	for _, root := range []string{".", "../../../../client/flinksql"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			found++
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isFrom(call.Fun, "strings") {
					for _, arg := range call.Args {
						if isErrorText(arg) {
							t.Errorf("%s: the text of an error decides", files.Position(call.Pos()))
						}
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 100 {
		t.Fatalf("read %d files, want those of the engine", found)
	}
}

func isFrom(fun ast.Expr, pkg string) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == pkg
}

func isErrorText(e ast.Expr) bool {
	if call, ok := e.(*ast.CallExpr); ok {
		sel, ok := call.Fun.(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Error" && len(call.Args) == 0
	}
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Message"
}
