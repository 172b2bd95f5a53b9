package flink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"drey/server/engine/flink/rest"
	"drey/server/service"
)

// maxJar is Flink's own limit of an upload.
const maxJar = 100 << 20

// jar is the file of job.jarURI: local: and file: are below the jars folder or
// anywhere on this machine, http: and https: are fetched.
func (a applications) jar(ctx context.Context, j service.Job) (string, error) {
	uri := j.Spec.String("job", "jarURI")
	if uri == "" {
		return "", &service.Rejection{Reason: "spec.job.jarURI: is required"}
	}
	u, err := url.Parse(uri)
	if err != nil {
		return "", &service.Rejection{Reason: fmt.Sprintf("spec.job.jarURI %q: not an address", uri)}
	}
	var file string
	switch u.Scheme {
	case "local":
		file, err = a.local(u.Path)
	case "file", "":
		file = u.Path
	case "http", "https":
		return a.fetch(ctx, uri)
	default:
		return "", &service.Rejection{Reason: fmt.Sprintf("spec.job.jarURI %q: want local:, file:, http: or https:", uri)}
	}
	if err != nil {
		return "", err
	}
	info, err := os.Stat(file)
	switch {
	case err != nil || info.IsDir():
		return "", &service.Rejection{Reason: fmt.Sprintf("spec.job.jarURI %q: there is no jar %s", uri, file)}
	case info.Size() > maxJar:
		return "", &service.Rejection{Reason: fmt.Sprintf("spec.job.jarURI %q: the jar has %d MB, more than %d", uri, info.Size()>>20, maxJar>>20)}
	}
	return file, nil
}

// local finds a jar below the jars folder: by its path, else by the end of it,
// as images have their own folders before.
func (a applications) local(path string) (string, error) {
	if a.options.Jars == "" {
		return "", &service.Rejection{Reason: "spec.job.jarURI: local: needs a folder of jars; the server was started without --flink-jars"}
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
	return filepath.Join(a.options.Jars, filepath.Join(parts...)), nil
}

// upload gives a jar to Flink and returns its id there.
func (a applications) upload(ctx context.Context, file string) (string, error) {
	name := filepath.Base(file)
	if !strings.HasSuffix(name, ".jar") {
		name += ".jar"
	}
	var answer struct {
		Filename string `json:"filename"`
	}
	if err := a.jobs.Upload(ctx, "/jars/upload", file, name, &answer); err != nil {
		return "", err
	}
	return url.PathEscape(filepath.Base(answer.Filename)), nil
}

// unload deletes an uploaded jar: the job has its own copy.
func (a applications) unload(ctx context.Context, id string) {
	if err := a.jobs.Do(ctx, http.MethodDelete, "/jars/"+id, nil, nil); err != nil && !rest.NotFound(err) {
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

func (a applications) keep(id string, rec record) error {
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

func (a applications) forget(id string) error {
	if err := os.Remove(a.recordFile(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("record of a job: %w", err)
	}
	return nil
}
