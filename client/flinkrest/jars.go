package flinkrest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
)

// UploadJar sends a jar of size bytes as the one part of a form
// (flink-engine.md §2.4), without holding it in memory, and gives its id.
func (m JobManager) UploadJar(ctx context.Context, name string, jar io.Reader, size int64) (string, error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", multipart.FileContentDisposition("jarfile", name))
	header.Set("Content-Type", "application/x-java-archive")
	if _, err := w.CreatePart(header); err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	head := form.Len()
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	before, after := form.Bytes()[:head], form.Bytes()[head:]
	answer, err := send(ctx, m, http.MethodPost, "/jars/upload", nil, &Body{
		ContentType: w.FormDataContentType(), Length: int64(form.Len()) + size,
		Content: io.MultiReader(bytes.NewReader(before), io.LimitReader(jar, size), bytes.NewReader(after)),
	})
	if err != nil {
		return "", err
	}
	var uploaded struct {
		Filename string `json:"filename"` // a path on Flink's machine; its last part is the id
	}
	if err := json.Unmarshal(answer, &uploaded); err != nil {
		return "", &Error{Status: http.StatusOK, Err: fmt.Errorf(
			"cannot read what Flink answered to the upload of %s: %w", name, err,
		)}
	}
	return path.Base(uploaded.Filename), nil
}

// Jar is an uploaded jar.
type Jar struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Uploaded int64  `json:"uploaded"` // milliseconds since 1970
	Entries  []struct {
		Class       string `json:"name"`
		Description string `json:"description"`
	} `json:"entry"`
}

// Jars lists the uploaded jars.
func (m JobManager) Jars(ctx context.Context) ([]Jar, error) {
	var answer struct {
		Files []Jar `json:"files"`
	}
	err := get(ctx, m, "/jars", nil, &answer)
	return answer.Files, found("files", answer.Files != nil, err)
}

// DeleteJar deletes an uploaded jar: a job has its own copy.
func (m JobManager) DeleteJar(ctx context.Context, id string) error {
	return call(ctx, m, http.MethodDelete, jarPath(id), nil, nil, nil)
}

// RunJar runs the main method of an uploaded jar. The request is what
// flink-engine.md §2.4 lists; the answer is the job's id.
func (m JobManager) RunJar(ctx context.Context, id string, request map[string]any) (string, error) {
	var answer struct {
		Job string `json:"jobid"`
	}
	err := call(ctx, m, http.MethodPost, jarPath(id)+"/run", nil, request, &answer)
	return answer.Job, err
}

func jarPath(id string) string { return "/jars/" + url.PathEscape(id) }
