package sql_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// How long a function and a package of the engine and of its front end may be;
// tests do not count for packages.
const (
	longestFunction = 60
	longestPackage  = 3000
)

// TestNothingOfTheEngineIsLong counts the lines of functions and packages.
func TestNothingOfTheEngineIsLong(t *testing.T) {
	packages := map[string]int{}
	for _, root := range []string{".", filepath.Join("..", "..", "..", "..", "client", "flinksql")} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if n := files.Position(fn.End()).Line - files.Position(fn.Pos()).Line + 1; n > longestFunction {
					t.Errorf("%s: %s has %d lines, want at most %d", path, fn.Name.Name, n, longestFunction)
				}
			}
			if !strings.HasSuffix(path, "_test.go") {
				packages[filepath.Dir(path)] += files.Position(file.End()).Line
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(packages) < 30 {
		t.Errorf("only %d packages were found", len(packages))
	}
	for dir, n := range packages {
		if n > longestPackage {
			t.Errorf("%s has %d lines, want at most %d", dir, n, longestPackage)
		}
	}
}
