// Wordcheck reports declared names that have a word of a list in them: types,
// functions, methods, fields, constants, variables and parameters. Its
// arguments are the list and folders; one with a dash before it is left out.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// words are those of the list: whole for names alone, humps for parts of names.
type words struct{ whole, humps map[string]string }

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: wordcheck LIST FOLDER... [-FOLDER...]")
		os.Exit(2)
	}
	found, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "wordcheck:", err)
		os.Exit(2)
	}
	for _, line := range found {
		fmt.Println(line)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}

func run(list string, folders []string) ([]string, error) {
	w, err := read(list)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, folder := range folders {
		if strings.HasPrefix(folder, "-") {
			continue
		}
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && contains(folders, "-"+path):
				return filepath.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go"):
				return nil
			}
			lines, err := w.file(path)
			found = append(found, lines...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

func read(list string) (words, error) {
	w := words{whole: map[string]string{}, humps: map[string]string{}}
	f, err := os.Open(list)
	if err != nil {
		return w, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		word, instead, _ := strings.Cut(line, " ")
		instead = strings.TrimSpace(instead)
		if bare, ok := strings.CutPrefix(word, "^"); ok {
			w.whole[strings.TrimSuffix(bare, "$")] = instead
		} else {
			w.humps[word] = instead
		}
	}
	return w, lines.Err()
}

// file reports the names of one file.
func (w words) file(path string) ([]string, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []string
	check := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if word, instead := w.in(id.Name); word != "" {
				found = append(found, fmt.Sprintf(
					"%s: %s: %q is no word for a name %s", set.Position(id.Pos()), id.Name, word, instead,
				))
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if !strings.HasPrefix(n.Name.Name, "Test") { // they are sentences
				check(n.Name)
			}
		case *ast.TypeSpec:
			check(n.Name)
		case *ast.ValueSpec:
			check(n.Names...)
		case *ast.Field:
			check(n.Names...)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, left := range n.Lhs {
					if id, ok := left.(*ast.Ident); ok {
						check(id)
					}
				}
			}
		case *ast.RangeStmt:
			for _, x := range []ast.Expr{n.Key, n.Value} {
				if id, ok := x.(*ast.Ident); ok && n.Tok == token.DEFINE {
					check(id)
				}
			}
		}
		return true
	})
	return found, nil
}

func (w words) in(name string) (word, instead string) {
	if instead, ok := w.whole[strings.ToLower(name)]; ok {
		return strings.ToLower(name), instead
	}
	humps := split(name)
	for i := range humps {
		for j := i + 1; j <= min(i+2, len(humps)); j++ {
			part := strings.Join(humps[i:j], "")
			if instead, ok := w.humps[part]; ok {
				return part, instead
			}
		}
	}
	return "", ""
}

// split gives the humps of a name in lower case: takeUp is take and up.
func split(name string) []string {
	var humps []string
	start := 0
	runes := []rune(name)
	for i := 1; i <= len(runes); i++ {
		if i == len(runes) || unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1]) {
			humps = append(humps, strings.ToLower(string(runes[start:i])))
			start = i
		}
	}
	return humps
}
