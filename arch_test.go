package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// listed is what go list tells of a package.
type listed struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// within says whether path is one of roots or below it.
func within(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+"/")
	})
}

const (
	bubbletea = "github.com/charmbracelet/bubbletea"
	lipgloss  = "github.com/charmbracelet/lipgloss"
)

// wires are the packages with the types of servers' APIs.
var wires = []string{"drey/client/cmf", "drey/client/flinkrest", "drey/client/ccloud", "drey/client/vvp"}

// isGeneric tells the packages that serve every platform.
func isGeneric(p string) bool {
	return within(p, "drey/ui/console", "drey/views") && !within(
		p, "drey/views/platforms", "drey/views/flinkjob",
	)
}

// TestImportsFollowTheLayers holds who may import whom; a package's own tests
// may import more.
func TestImportsFollowTheLayers(t *testing.T) {
	rules := []struct {
		name      string
		from      func(string) bool
		forbidden func(string) bool
	}{
		{
			"leaves import nothing of ours", func(p string) bool {
				return within(
					p, "drey/client/cmf", "drey/client/flinkrest", "drey/client/flinksql", "drey/client/yamljson",
					"drey/client/fault", "drey/client/urgency", "drey/client/pause",
				)
			},
			func(i string) bool {
				return within(i, "drey") && !within(i, "drey/client/flinksql")
			},
		},
		{
			"wire packages are the standard library's", func(p string) bool { return within(p, wires...) },
			func(i string) bool { return strings.Contains(i, ".") || within(i, "drey") },
		},
		{
			"the server knows only the client's leaves", func(p string) bool { return within(p, "drey/server") },
			func(i string) bool {
				return within(i, "drey/client", "drey/views", "drey/ui", "drey/themes", "drey/keymap") &&
					!within(
						i, "drey/client/cmf", "drey/client/ccloud", "drey/client/flinkrest", "drey/client/flinksql",
						"drey/client/yamljson", "drey/client/fault",
					)
			},
		},
		{
			"the client does not know the server", func(p string) bool { return within(p, "drey/client") },
			func(i string) bool {
				return within(i, "drey/server", "drey/views", "drey/ui", "drey/themes", "drey/keymap")
			},
		},
		{
			"the transport knows no wire", func(p string) bool { return p == "drey/client" },
			func(i string) bool {
				return within(i, "drey") && i != "drey/client/fault" && i != "drey/client/urgency" &&
					i != "drey/client/pause"
			},
		},
		{
			"statements of any platform know only what errors mean", func(p string) bool { return p == "drey/client/statement" },
			func(i string) bool { return within(i, "drey") && i != "drey/client/fault" },
		},
		{
			"generic views and the console know no wire and no API", isGeneric,
			func(i string) bool {
				return slices.Contains(wires, i) || strings.HasPrefix(i, "drey/client/") && strings.HasSuffix(i, "api")
			},
		},
		{
			"the transport is seen by the seam and by the log of calls only",
			func(p string) bool { return isGeneric(p) && p != "drey/views/platform" && p != "drey/views/calls" },
			func(i string) bool { return i == "drey/client" },
		},
		{
			"only the composition root knows which platforms there are",
			func(p string) bool { return p != "drey/ui/cli" && !within(p, "drey/views/platforms") },
			func(i string) bool { return within(i, "drey/views/platforms") },
		},
		{
			"views know neither ui nor server and do no I/O", func(p string) bool { return within(p, "drey/views") },
			func(i string) bool {
				return within(i, "drey/ui", "drey/server") ||
					slices.Contains([]string{"os", "net/http", "database/sql"}, i)
			},
		},
		{
			"a kind is data: what it is does not know who lists, shows or changes it",
			func(p string) bool { return p == "drey/views/resource" },
			func(i string) bool {
				return within(
					i, "drey/views/sources", "drey/views/perform", "drey/views/ask", "drey/views/compare", "drey/views/browse",
				)
			},
		},
		{
			"listing and doing need no screen",
			func(p string) bool { return within(p, "drey/views/sources", "drey/views/perform") },
			func(i string) bool {
				return i == bubbletea || i == lipgloss || within(i, "drey/views/ask", "drey/views/compare", "drey/views/browse")
			},
		},
		{
			"terminal, clipboard, addresses and choosers know no context",
			func(p string) bool {
				return within(
					p, "drey/ui/console/tty", "drey/ui/console/clipboard", "drey/ui/console/address", "drey/ui/console/chooser",
				)
			},
			func(i string) bool { return i == "drey/ui/console/space" },
		},
		{
			"the engines' interfaces know the wire's types only", func(p string) bool { return p == "drey/server/engine" },
			func(i string) bool { return within(i, "drey") && i != "drey/client/cmf" },
		},
		{
			"engines know no part of the server", func(p string) bool { return within(p, "drey/server/engine") },
			func(i string) bool { return within(i, "drey/server") && !within(i, "drey/server/engine") },
		},
		{
			"the engine over Flink knows nothing of the embedded one",
			func(p string) bool { return within(p, "drey/server/engine/flink") },
			func(i string) bool { return within(i, "drey/server/engine/embedded") },
		},
		{
			"a model knows the engines' interfaces only", func(p string) bool { return p == "drey/server/model" },
			func(i string) bool { return within(i, "drey/server") && i != "drey/server/engine" },
		},
		{
			"rules, store and control know models and the engines' interfaces, not each other",
			func(p string) bool {
				return within(
					p, "drey/server/service", "drey/server/store", "drey/server/control", "drey/server/archive",
					"drey/server/metrics",
				)
			},
			func(i string) bool {
				return within(i, "drey/server") && i != "drey/server/model" && i != "drey/server/engine" &&
					!within(i, "drey/server/service")
			},
		},
		{
			"only the rules know their own parts, and what is above them",
			func(p string) bool {
				return within(
					p, "drey/server/store", "drey/server/control", "drey/server/archive", "drey/server/metrics",
				)
			},
			func(i string) bool { return within(i, "drey/server/service") },
		},
		{
			"only ui and views know bubbletea",
			func(p string) bool { return !within(p, "drey/ui", "drey/views", "drey/keymap") },
			func(i string) bool { return i == bubbletea },
		},
		{
			"only themes, ui/console and views know lipgloss",
			func(p string) bool { return !within(p, "drey/ui/console", "drey/views", "drey/themes") },
			func(i string) bool { return i == lipgloss },
		},
		{
			"only ui/cli sees both console and server", func(p string) bool { return within(p, "drey/ui/console") },
			func(i string) bool { return within(i, "drey/server") },
		},
	}
	for _, p := range listPackages(t) {
		for _, rule := range rules {
			if !rule.from(p.ImportPath) {
				continue
			}
			for _, i := range p.Imports {
				if rule.forbidden(i) {
					t.Errorf("%s: %s imports %s", rule.name, p.ImportPath, i)
				}
			}
		}
	}
}

// TestPlatformsDoNotKnowEachOther holds what is shared in the packages that all of
// them stand on.
func TestPlatformsDoNotKnowEachOther(t *testing.T) {
	const all = "drey/views/platforms/"
	for _, p := range listPackages(t) {
		own, _, _ := strings.Cut(strings.TrimPrefix(p.ImportPath, all), "/")
		for _, i := range p.Imports {
			if within(p.ImportPath, "drey/views/platforms") && within(i, "drey/views/platforms") &&
				!within(i, all+own) {
				t.Errorf("%s imports %s, of another platform", p.ImportPath, i)
			}
		}
	}
}

// TestPlatformsKnowTheirOwnWireOnly holds what a platform may import: its wire and
// API, and that of Flink's own REST for looking into jobs.
func TestPlatformsKnowTheirOwnWireOnly(t *testing.T) {
	for _, p := range listPackages(t) {
		name, ok := strings.CutPrefix(p.ImportPath, "drey/views/platforms/")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, "/") // its parts are of the same platform
		own := []string{"drey/client/" + name, "drey/client/" + name + "api", "drey/client/flinkrest"}
		for _, i := range p.Imports {
			isWire := slices.Contains(wires, i) || strings.HasPrefix(i, "drey/client/") && strings.HasSuffix(i, "api")
			if isWire && !slices.Contains(own, i) || within(i, "drey/ui", "drey/server") {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}

// TestGenericPackagesNameNoPlatform looks for the word in code and comments; pages
// of the documentation may be cited.
func TestGenericPackagesNameNoPlatform(t *testing.T) {
	named := regexp.MustCompile(`(?i)cmf|confluent`)
	files := 0
	for _, p := range listPackages(t) {
		if !isGeneric(p.ImportPath) {
			continue
		}
		paths, err := filepath.Glob(strings.TrimPrefix(p.ImportPath, "drey/") + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			files++
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for n, line := range strings.Split(string(text), "\n") {
				if named.MatchString(strings.ReplaceAll(line, "cmf-behaviour.md", "")) {
					t.Errorf("%s:%d: %s", path, n+1, strings.TrimSpace(line))
				}
			}
		}
	}
	if files < 50 {
		t.Errorf("only %d files were read", files)
	}
}

var (
	cited   = regexp.MustCompile(`([a-z][a-z0-9.-]*\.md)(?: §(\d+(?:\.\d+)*))?`)
	heading = regexp.MustCompile(`(?m)^#+ (\d+(?:\.\d+)*)\.?\s`)
)

// TestCitedPagesExist looks up each page and section that a comment names.
func TestCitedPagesExist(t *testing.T) {
	sections := map[string]map[string]bool{}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{"": true}
		for _, m := range heading.FindAllSubmatch(text, -1) {
			found[string(m[1])] = true
		}
		sections[filepath.Base(page)] = found
	}
	count := 0
	for _, path := range sources(t) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range file.Comments {
			for _, m := range cited.FindAllStringSubmatch(
				strings.Join(strings.Fields(strings.ReplaceAll(group.Text(), "\n", " ")), " "), -1,
			) {
				count++
				if found, ok := sections[m[1]]; m[2] != "" && (!ok || !found[m[2]]) {
					t.Errorf("%s: there is no §%s of docs/%s", set.Position(group.Pos()), m[2], m[1])
				}
			}
		}
	}
	if count < 50 {
		t.Errorf("only %d citations were found: the pattern is wrong", count)
	}
}

// sources lists the files of Go below this folder.
func sources(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(path, ".go"):
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// mostColumns is how long a line may be, with a tab as one.
const mostColumns = 120

// TestLinesAreShortButInTables holds how long a line is. A row of a table may be
// longer, since rows are compared from above to below, and a raw string of several
// lines is what somebody else wrote.
func TestLinesAreShortButInTables(t *testing.T) {
	paths := sources(t)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		long := longLines(string(text))
		if len(long) == 0 {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				forgetRaw(set, n, long)
			case *ast.CompositeLit:
				forgetRows(set, n, long)
			}
			return true
		})
		for line := range long {
			t.Errorf("%s:%d has more than %d columns and is no row of a table: give a part of it a name, "+
				"return early, or write one argument or field a line", path, line, mostColumns)
		}
	}
	if len(paths) < 500 {
		t.Errorf("only %d files were read", len(paths))
	}
}

// mostLines is how long a package may be without its tests: one purpose fits in it.
const mostLines = 3000

func TestPackagesHaveRoomForOnePurpose(t *testing.T) {
	lines := map[string]int{}
	for _, path := range sources(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines[filepath.Dir(path)] += bytes.Count(text, []byte("\n"))
	}
	for dir, n := range lines {
		if n > mostLines {
			t.Errorf("%s has %d lines, more than %d: give a subject of it a package of its own", dir, n, mostLines)
		}
	}
	if len(lines) < 100 {
		t.Errorf("only %d packages were read", len(lines))
	}
}

// longLines gives the lines of a text that are too long, by number.
func longLines(text string) map[int]bool {
	long := map[int]bool{}
	for i, line := range strings.Split(text, "\n") {
		if len(line) > mostColumns && utf8.RuneCountInString(line) > mostColumns {
			long[i+1] = true
		}
	}
	return long
}

// forgetRaw takes away the lines of a raw string that has several.
func forgetRaw(set *token.FileSet, text *ast.BasicLit, long map[int]bool) {
	from, to := set.Position(text.Pos()), set.Position(text.End())
	if text.Kind != token.STRING || text.Value[0] != '`' || from.Line == to.Line {
		return
	}
	for line := from.Line; line <= to.Line; line++ {
		if line > from.Line || from.Column <= mostColumns {
			delete(long, line)
		}
	}
}

// forgetRows takes away the rows of a table: elements that have a line of their own,
// with another of the same form.
func forgetRows(set *token.FileSet, table *ast.CompositeLit, long map[int]bool) {
	onLine := map[int]int{}
	for _, e := range table.Elts {
		from, to := set.Position(e.Pos()).Line, set.Position(e.End()).Line
		onLine[from]++
		if to != from {
			onLine[from]++ // it is no row, nor is what shares a line with its end
			onLine[to]++
		}
	}
	rows := map[string][]int{} // their lines by form
	for _, e := range table.Elts {
		if line := set.Position(e.Pos()).Line; onLine[line] == 1 {
			form := rowForm(e)
			rows[form] = append(rows[form], line)
		}
	}
	delete(rows, "")
	for _, lines := range rows {
		for _, line := range lines {
			if len(lines) > 1 {
				delete(long, line)
			}
		}
	}
}

// rowForm tells elements apart that are no rows of one table: a literal, a call of
// a function, a text. The fields of a struct are no rows.
func rowForm(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.KeyValueExpr:
		if _, field := e.Key.(*ast.Ident); field {
			return ""
		}
		return ": " + rowForm(e.Value)
	case *ast.CompositeLit:
		return "literal"
	case *ast.UnaryExpr:
		return e.Op.String() + rowForm(e.X)
	case *ast.CallExpr:
		return "call " + nameOf(e.Fun)
	case *ast.BasicLit:
		return e.Kind.String()
	case *ast.BinaryExpr:
		return rowForm(e.X)
	}
	return ""
}

// nameOf gives the name of a function as it is called.
func nameOf(fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return nameOf(fun.X) + "." + fun.Sel.Name
	case *ast.IndexExpr:
		return nameOf(fun.X)
	}
	return ""
}
