package main

import (
	"bytes"
	"encoding/json"
	"errors"
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
			"the engine over Flink knows nothing of the embedded one", func(p string) bool { return within(p, "drey/server/engine/flink") },
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
			"only ui and views know bubbletea", func(p string) bool { return !within(p, "drey/ui", "drey/views", "drey/keymap") },
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
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
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
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 50 {
		t.Errorf("only %d citations were found: the pattern is wrong", count)
	}
}
