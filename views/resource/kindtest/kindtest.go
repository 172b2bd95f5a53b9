// Package kindtest holds what rows of kinds show against tables: an object as its server
// writes it, the cells of its row, its state, and what may not be done to it.
package kindtest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"drey/themes"
	"drey/views/resource"
)

// Case is an object and how a row of its kind shows it. Long texts may go on in lines of
// their own.
type Case struct {
	Name    string
	At      resource.Location
	Object  string // as the server writes it
	Cells   string // TITLE=text of each that says something
	State   string // word and tone
	Refused string // verb: reason of each action that may not be done, one a line
}

// Rows holds a table against a kind whose objects are JSON.
func Rows[T any](t *testing.T, k resource.Kind[T], cases []Case) {
	t.Helper()
	RowsOf(t, k, func(text string) (object T, err error) {
		err = json.Unmarshal([]byte(text), &object)
		return object, err
	}, cases)
}

// RowsOf is the same for objects that are read in another way.
func RowsOf[T any](t *testing.T, k resource.Kind[T], read func(text string) (T, error), cases []Case) {
	t.Helper()
	var items []resource.Item[T]
	for _, c := range cases {
		t.Run(k.Singular+" "+c.Name, func(t *testing.T) {
			value, err := read(c.Object)
			if err != nil {
				t.Fatal(err)
			}
			at := c.At
			item := resource.Item[T]{Location: &at, Value: value}
			items = append(items, item)
			for what, texts := range map[string][2]string{
				"cells":   {cellsOf(k, item), strings.ReplaceAll(withoutIndent(c.Cells), ",\n", ", ")},
				"state":   {stateOf(k, item), c.State},
				"refused": {refusedOf(t, k, item), withoutIndent(c.Refused)},
			} {
				if got, want := texts[0], texts[1]; got != want {
					t.Errorf("%s\n got %s\nwant %s", what, got, want)
				}
			}
		})
	}
	sameHaveOneKey(t, k, items)
}

// sameHaveOneKey fails where two objects of one place are the same and have two keys: one
// would be shown in the row of the other.
func sameHaveOneKey[T any](t *testing.T, k resource.Kind[T], items []resource.Item[T]) {
	t.Helper()
	for i, a := range items {
		for _, b := range items[:i] {
			if k.Same != nil && *a.Location == *b.Location && k.Same(a.Value, b.Value) && k.Key(a) != k.Key(b) {
				t.Errorf("%s: %s and %s are the same", k.Singular, k.Key(a), k.Key(b))
			}
		}
	}
}

// withoutIndent takes the indentation of the code away.
func withoutIndent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

func cellsOf[T any](k resource.Kind[T], item resource.Item[T]) string {
	var shown []string
	for _, column := range k.Columns {
		if cell := column.Cell(item); cell.Text != "" && cell.Text != "—" {
			shown = append(shown, column.Title+"="+cell.Text)
		}
	}
	return strings.Join(shown, ", ")
}

func stateOf[T any](k resource.Kind[T], item resource.Item[T]) string {
	if k.State == nil {
		return ""
	}
	word, tone := k.State(item.Value)
	return strings.TrimSpace(word + " " + ToneName(tone))
}

// ToneName is a tone as tables write it.
func ToneName(tone themes.Tone) string { return toneNames[tone] }

var toneNames = map[themes.Tone]string{
	themes.Plain: "plain", themes.Good: "good", themes.Busy: "busy", themes.Bad: "bad", themes.Warn: "warn",
	themes.Idle: "idle", themes.Done: "done", themes.Unknown: "unknown", themes.Dim: "dim",
}

func refusedOf[T any](t *testing.T, k resource.Kind[T], item resource.Item[T]) string {
	t.Helper()
	var refused []string
	for _, a := range k.Actions {
		if err := a.Refusal(item); err != nil {
			refused = append(refused, a.Verb(item.Value).Do+": "+err.Error())
			if _, next, _ := strings.Cut(err.Error(), ": "); !strings.Contains(next, " ") {
				t.Errorf("%q does not say what can be done instead", err)
			}
		}
	}
	return strings.Join(refused, "\n")
}

// EachKindHasRows fails where a function of the package of this test gives a kind and no
// test of the package holds a table against it.
func EachKindHasRows(t *testing.T) {
	t.Helper()
	kinds, parts, tested := map[string]bool{}, map[string]bool{}, map[string]bool{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") {
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isRows(call) {
					addCalls(call.Args[1], tested)
				}
				return true
			})
			continue
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && givesKind(f) {
				kinds[f.Name.Name] = true
				addCalls(f.Body, parts)
			}
		}
	}
	count := 0
	for name := range kinds {
		if parts[name] { // a kind of each of those that call it, and none of its own
			continue
		}
		if count++; !tested[name] {
			t.Errorf("%s gives a kind, and no table holds what its rows show", name)
		}
	}
	if count < 3 {
		t.Errorf("only %d kinds were found", count)
	}
}

// givesKind tells a function whose result is a kind of one type of objects.
func givesKind(f *ast.FuncDecl) bool {
	if f.Type.TypeParams != nil || f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	of, ok := f.Type.Results.List[0].Type.(*ast.IndexExpr)
	return ok && isOf(of.X, "resource", "Kind")
}

// isRows tells a call of Rows or RowsOf.
func isRows(call *ast.CallExpr) bool {
	return len(call.Args) > 1 && (isOf(call.Fun, "kindtest", "Rows") || isOf(call.Fun, "kindtest", "RowsOf"))
}

func isOf(e ast.Expr, pkg, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// addCalls adds the functions that are called below a node by their plain name.
func addCalls(n ast.Node, to map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name, ok := call.Fun.(*ast.Ident); ok {
				to[name.Name] = true
			}
		}
		return true
	})
}
