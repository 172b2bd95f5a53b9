package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
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

// TestImportsFollowTheLayers holds who may import whom; a package's own tests
// may import more.
func TestImportsFollowTheLayers(t *testing.T) {
	rules := []struct {
		name      string
		from      func(string) bool
		forbidden func(string) bool
	}{
		{
			"leaves import nothing of ours", func(p string) bool { return within(p, "drey/client/cmf", "drey/client/flinksql") },
			func(i string) bool {
				return within(i, "drey") && !within(i, "drey/client/flinksql")
			},
		},
		{
			"client/cmf is the standard library's", func(p string) bool { return p == "drey/client/cmf" },
			func(i string) bool { return strings.Contains(i, ".") },
		},
		{
			"the server knows only the client's leaves", func(p string) bool { return within(p, "drey/server") },
			func(i string) bool {
				return within(i, "drey/client", "drey/views", "drey/ui", "drey/themes", "drey/keymap") &&
					!within(i, "drey/client/cmf", "drey/client/flinksql")
			},
		},
		{
			"the client does not know the server", func(p string) bool { return within(p, "drey/client") },
			func(i string) bool {
				return within(i, "drey/server", "drey/views", "drey/ui", "drey/themes", "drey/keymap")
			},
		},
		{
			"views know neither ui nor server and do no I/O", func(p string) bool { return within(p, "drey/views") },
			func(i string) bool {
				return within(i, "drey/ui", "drey/server") || slices.Contains([]string{"os", "net/http", "database/sql"}, i)
			},
		},
		{
			"service knows no neighbour", func(p string) bool { return p == "drey/server/service" },
			func(i string) bool {
				return within(i, "drey/server/httpapi", "drey/server/store", "drey/server/engine", "drey/server/control")
			},
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
