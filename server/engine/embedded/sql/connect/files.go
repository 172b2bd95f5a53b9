// Package connect reads and writes what tables stand for: files in folders
// that are allowed, generated rows, and sinks that keep nothing.
package connect

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"drey/server/engine/embedded/sql/sqlerr"
)

// Files are the folders that tables may use. Nothing outside is reached, not
// by .. and not by a link: every access goes through an os.Root.
type Files []string

// place is a path within one of the folders.
type location struct {
	root, rel string
	text      string // the path as Flink prints it
}

// errOutside refuses a path.
type errOutside struct{ reason string }

func (e *errOutside) Error() string { return e.reason }

// find gives the place of a path of a table.
func (f Files) find(text string) (location, error) {
	if len(f) == 0 {
		return location{}, &errOutside{
			"the connector filesystem, as the server was given no folder; start it with --files DIR",
		}
	}
	name, err := localPath(text)
	if err != nil {
		return location{}, err
	}
	if strings.Contains("/"+name+"/", "/../") {
		return location{}, &errOutside{"a path with .."}
	}
	name = filepath.Clean(name)
	for _, root := range f {
		if rel, ok := within(root, name); ok {
			return location{root, rel, "file:" + name}, nil
		}
		if real, err := filepath.EvalSymlinks(root); err == nil {
			if rel, ok := within(real, name); ok {
				return location{real, rel, "file:" + name}, nil
			}
		}
	}
	return location{}, &errOutside{"the path " + text + ", which is in no folder of --files"}
}

func localPath(text string) (string, error) {
	if !strings.HasPrefix(text, "file:") {
		if strings.Contains(text, "://") {
			return "", &errOutside{"the file system of the path " + text}
		}
		if !filepath.IsAbs(text) {
			return "", &errOutside{"the path " + text + ", which is not absolute"}
		}
		return text, nil
	}
	rest := strings.TrimPrefix(text, "file:")
	if strings.HasPrefix(rest, "//") && !strings.HasPrefix(rest, "///") {
		return "", &errOutside{"the path " + text + ", which names a host"}
	}
	name := "/" + strings.TrimLeft(rest, "/")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return name, nil
}

func within(root, name string) (string, bool) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(root, name)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return "", false
	}
	return rel, true
}

// open lends the root of a place.
func (p location) open(fn func(*os.Root) error) error {
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return p.missing()
	}
	defer root.Close()
	err = fn(root)
	if errors.Is(err, fs.ErrNotExist) {
		return p.missing()
	}
	return err
}

func (p location) missing() error {
	return &sqlerr.Failure{
		Class: "java.io.FileNotFoundException",
		Message: "File " + p.text + " does not exist or the user running Flink ('user') has insufficient permissions to " +
			"access it.",
	}
}

// file is one file of a table.
type file struct {
	rel  string
	size int64
}

// list gives the files of a place, which is a file or a folder. What begins
// with a dot or an underscore is not there.
func (p location) list() ([]file, error) {
	var files []file
	err := p.open(func(root *os.Root) error {
		info, err := root.Stat(p.rel)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			files = append(files, file{p.rel, info.Size()})
			return nil
		}
		return fs.WalkDir(root.FS(), filepath.ToSlash(p.rel), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			hidden := strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(path.Base(name), "_")
			switch {
			case name == filepath.ToSlash(p.rel):
				return nil
			case hidden && d.IsDir():
				return fs.SkipDir
			case hidden || !d.Type().IsRegular():
				return nil
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			files = append(files, file{name, info.Size()})
			return nil
		})
	})
	sort.Slice(files, func(i, j int) bool { return files[i].rel < files[j].rel })
	return files, err
}

// extent says whether the rows of a place may come in no certain order, and how
// many bytes there are.
func (p location) extent() (several bool, bytes int64) {
	files, err := p.list()
	for _, f := range files {
		bytes += f.size
	}
	return err != nil || len(files) != 1, bytes
}
