package flink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"drey/server/service"
)

// fetch downloads a jar into the engine's folder, unless the copy there is as
// new as the server's. The copy serves while its server does not answer.
func (a applications) fetch(ctx context.Context, uri string) (string, error) {
	sum := sha256.Sum256([]byte(uri))
	file := filepath.Join(a.options.Dir, "jars", hex.EncodeToString(sum[:8])+".jar")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return "", &service.Rejection{Reason: fmt.Sprintf("spec.job.jarURI %q: %v", uri, err)}
	}
	kept, err := os.Stat(file)
	if err == nil {
		req.Header.Set("If-Modified-Since", kept.ModTime().UTC().Format(http.TimeFormat))
	}
	resp, err := http.DefaultClient.Do(req)
	switch {
	case err != nil && kept != nil:
		a.options.Log.Warn("a jar's server does not answer; its copy is taken", "error", err)
		return file, nil
	case err != nil:
		return "", fmt.Errorf("fetch the jar: %w", err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && kept != nil:
		return file, nil
	case resp.StatusCode >= http.StatusInternalServerError:
		return "", fmt.Errorf("fetch the jar %s: the server answered %s", uri, resp.Status)
	case resp.StatusCode != http.StatusOK:
		return "", &service.Rejection{Reason: fmt.Sprintf("spec.job.jarURI %q: the server answered %s", uri, resp.Status)}
	}
	if err := download(resp, file); err != nil {
		return "", fmt.Errorf("fetch the jar %s: %w", uri, err)
	}
	return file, nil
}

// download writes a jar whole or not at all, as old as its server says.
func download(resp *http.Response, file string) error {
	if resp.ContentLength > maxJar {
		return errTooLarge
	}
	out, err := os.CreateTemp(filepath.Dir(file), ".fetch-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	n, err := io.Copy(out, io.LimitReader(resp.Body, maxJar+1))
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	if n > maxJar {
		return errTooLarge
	}
	changed, err := http.ParseTime(resp.Header.Get("Last-Modified"))
	if err != nil { // nothing to compare the next one with
		changed = time.Unix(0, 0)
	}
	if err := os.Chtimes(out.Name(), changed, changed); err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}

var errTooLarge error = &service.Rejection{Reason: fmt.Sprintf("the jar has more than %d MB", maxJar>>20)}
