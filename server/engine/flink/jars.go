package flink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"drey/client/flinkrest"
	"drey/server/engine"
)

// maxJar is Flink's own limit of an upload.
const maxJar = 100 << 20

// jar is the file of job.jarURI: local: is below the jars folder, and so is
// file:; http: and https: are fetched from the hosts that are allowed.
func (a applications) jar(ctx context.Context, j engine.Job) (string, error) {
	uri := j.Spec.String("job", "jarURI")
	if uri == "" {
		return "", &engine.Rejection{Reason: "spec.job.jarURI: is required"}
	}
	u, err := url.Parse(uri)
	if err != nil {
		return "", &engine.Rejection{Reason: "spec.job.jarURI: is not an address"} // it may hold a password
	}
	var file string
	switch u.Scheme {
	case "local":
		file, err = a.local(u.Path)
	case "file", "":
		file, err = a.below(u)
	case "http", "https":
		file, err = a.fetch(ctx, u)
	default:
		err = rejectJar(
			u, "want local:///… below --flink-jars, or http: or https: of a host that --flink-jar-host names",
		)
	}
	if err != nil {
		return "", err
	}
	return file, checkJar(u, file)
}

// rejectJar refuses an address, which is shown without its password.
func rejectJar(u *url.URL, format string, args ...any) error {
	return &engine.Rejection{Reason: fmt.Sprintf("spec.job.jarURI %q: ", u.Redacted()) + fmt.Sprintf(format, args...)}
}

// checkJar refuses what is no jar: they begin as zip files do.
func checkJar(u *url.URL, file string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return rejectJar(u, "there is no such jar below --flink-jars")
	case info.Size() > maxJar:
		return rejectJar(u, "the jar has %d MB, more than %d", info.Size()>>20, maxJar>>20)
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("open the jar: %w", err)
	}
	defer f.Close()
	var head [2]byte
	if _, err := io.ReadFull(f, head[:]); err != nil || string(head[:]) != "PK" {
		return rejectJar(u, "is not a jar: it does not begin with PK")
	}
	return nil
}

// below takes a file: that is in the folder of jars, whatever links say.
func (a applications) below(u *url.URL) (string, error) {
	refused := rejectJar(u, "files are taken below --flink-jars only: local:///PATH")
	if a.options.Jars == "" {
		return "", refused
	}
	folder, err := filepath.Abs(a.options.Jars)
	if err != nil {
		return "", fmt.Errorf("folder of jars: %w", err)
	}
	name, err := filepath.Rel(folder, filepath.Clean(u.Path))
	if err != nil || !filepath.IsLocal(name) {
		return "", refused
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", fmt.Errorf("folder of jars: %w", err)
	}
	defer root.Close()
	if _, err := root.Stat(name); err != nil {
		return "", refused
	}
	return filepath.Join(folder, name), nil
}

// local finds a jar below the jars folder: by its path, else by the end of it,
// as images have their own folders before.
func (a applications) local(path string) (string, error) {
	if a.options.Jars == "" {
		return "", &engine.Rejection{
			Reason: "spec.job.jarURI: local: needs a folder of jars; the server was started without --flink-jars",
		}
	}
	root, err := os.OpenRoot(a.options.Jars)
	if err != nil {
		return "", fmt.Errorf("folder of jars: %w", err)
	}
	defer root.Close()
	parts := strings.Split(strings.Trim(filepath.ToSlash(filepath.Clean("/"+path)), "/"), "/")
	for i := range parts {
		name := filepath.Join(parts[i:]...)
		if _, err := root.Stat(name); err == nil {
			return filepath.Join(a.options.Jars, name), nil
		}
	}
	return "", rejectJar(&url.URL{Scheme: "local", Path: path}, "there is no such jar below --flink-jars")
}

// upload gives a jar to Flink and returns its id there.
func (a applications) upload(ctx context.Context, file string) (string, error) {
	name := filepath.Base(file)
	if !strings.HasSuffix(name, ".jar") {
		name += ".jar"
	}
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	return a.jobs.UploadJar(ctx, name, f, info.Size())
}

// unload deletes an uploaded jar: the job has its own copy.
func (a applications) unload(ctx context.Context, id string) {
	if err := a.jobs.DeleteJar(ctx, id); err != nil && !flinkrest.NotFound(err) {
		a.options.Log.Debug("delete an uploaded jar", "error", err)
	}
}

// record is what is kept of a job that was submitted.
type record struct {
	// Checkpoint is the newest one that was seen.
	Checkpoint string `json:"checkpoint,omitempty"`
}

func (a applications) recordFile(id string) string {
	return filepath.Join(a.options.Dir, "jobs", filepath.Base(id)+".json")
}

func (a applications) record(id string) record {
	var rec record
	if b, err := os.ReadFile(a.recordFile(id)); err == nil {
		_ = json.Unmarshal(b, &rec) // a lost one only costs a look at Flink
	}
	return rec
}

func (a applications) saveRecord(id string, rec record) error {
	b, err := json.Marshal(rec)
	if err != nil {
		return fmt.Errorf("record of a job: %w", err)
	}
	file := a.recordFile(id)
	if err := os.WriteFile(file+".new", b, 0o600); err != nil {
		return fmt.Errorf("record of a job: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return fmt.Errorf("record of a job: %w", err)
	}
	return nil
}

func (a applications) removeRecord(id string) error {
	if err := os.Remove(a.recordFile(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("record of a job: %w", err)
	}
	return nil
}
