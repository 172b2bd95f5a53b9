package ccloudapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/fault"
)

// Upload is an artifact that is to be made from a file.
type Upload struct {
	Environment string
	Artifact    ccloud.NewArtifact // without its source
	FileName    string
	Size        int64 // bytes of Content
	Content     io.Reader
}

// Steps of an upload, as Client.Upload tells of them.
const (
	UploadForm   = iota // the form is asked for
	UploadFile          // the file is sent, sent of its bytes so far
	UploadCreate        // the artifact is made
)

// Upload makes an artifact: a presigned form is asked for, the file is sent to the
// form's host, which hears of none of our credentials, and the artifact is made of it
// (platforms.md A2). step is told of each as it begins, and again while bytes leave.
// Only the last request makes something that lists show.
func (c *Client) Upload(ctx context.Context, u Upload, step func(
	at int, host string, sent int64,
),
) (ccloud.Artifact, error) {
	control, err := c.needControl()
	if err != nil {
		return ccloud.Artifact{}, err
	}
	step(UploadForm, "", 0)
	a := u.Artifact
	form, err := send[ccloud.PresignedForm](
		ctx, control, "ask for a form to upload with", http.MethodPost, ccloud.PresignedPath, nil,
		map[string]any{
			"content_format": a.ContentFormat, "cloud": a.Cloud, "region": a.Region, "environment": u.Environment,
		},
	)
	if err != nil {
		return ccloud.Artifact{}, fault.NotLost(err)
	}
	if err := c.sendFile(ctx, u, form, func(sent int64) { step(UploadFile, form.Host(), sent) }); err != nil {
		return ccloud.Artifact{}, fault.NotLost(fmt.Errorf("%s was not uploaded: %w%s", u.FileName, err, advice(err)))
	}
	step(UploadCreate, "", 0)
	a.Environment = u.Environment
	a.Source = ccloud.UploadSource{Location: ccloud.PresignedLocation, UploadID: form.UploadID}
	query := c.artifactQuery(u.Environment, a.Region)
	query.Set("cloud", a.Cloud)
	query.Del("environment") // the body says it
	return send[ccloud.Artifact](
		ctx, control, "create artifact "+a.DisplayName, http.MethodPost, ccloud.ArtifactsPath, query, a,
	)
}

// expired is how object stores say that what was signed is too old: S3 of a form's
// policy and of a token, Azure's store of an address.
var expired = regexp.MustCompile(`(?i)expired|not valid in the specified time frame`)

// advice is what to do about a store that did not take a file.
func advice(err error) string {
	switch status := client.StatusOf(err); {
	case status == 0:
		return ""
	case status < 500 && expired.MatchString(err.Error()):
		return ": what the server signed is good for an hour, and is over: upload again, which asks for a new form"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return ": upload again, which asks for a new form; if that is refused, too, something between may " +
			"change what is sent (a proxy), or this machine's clock is wrong"
	case status == http.StatusTooManyRequests || status >= 500:
		return ": upload again later; no artifact was made"
	}
	return ""
}

// sendFile sends the form's fields and then the file (platforms-supplement.md §3),
// without holding the file in memory.
func (c *Client) sendFile(ctx context.Context, u Upload, form ccloud.PresignedForm, sent func(int64)) error {
	switch most := largest(form.Fields["policy"]); {
	case form.UploadID == "" || form.UploadURL == "":
		return errors.New(
			"the server gave no form to upload with: confluent flink artifact create may know another way",
		)
	case most > 0 && u.Size > most:
		return fmt.Errorf("it has %d bytes, and the server takes %d at most", u.Size, most)
	}
	sent(0)
	file := &countedReader{Reader: io.LimitReader(u.Content, u.Size), every: max(u.Size/100, 64<<10), tell: sent}
	if len(form.Fields) == 0 {
		return c.putFile(ctx, u, form, file)
	}
	var around bytes.Buffer
	w := multipart.NewWriter(&around)
	for _, name := range slices.Sorted(maps.Keys(form.Fields)) {
		if err := w.WriteField(name, form.Fields[name]); err != nil {
			return err
		}
	}
	if _, err := w.CreateFormFile("file", filepath.Base(u.FileName)); err != nil {
		return err
	}
	head := around.Len()
	if err := w.Close(); err != nil {
		return err
	}
	before, after := around.Bytes()[:head], around.Bytes()[head:]
	return c.control.Deposit(ctx, client.Deposit{
		Address: form.UploadURL, ContentType: w.FormDataContentType(), Length: int64(around.Len()) + u.Size,
		Content: io.MultiReader(bytes.NewReader(before), file, bytes.NewReader(after)),
	})
}

// putFile puts the file at an address that is signed itself, which a form without
// fields means: there is nothing to send beside it. Azure's store wants to hear what
// kind of blob it is (its operation Put Blob); others pass over a header that is not
// signed.
func (c *Client) putFile(ctx context.Context, u Upload, form ccloud.PresignedForm, file io.Reader) error {
	return c.control.Deposit(ctx, client.Deposit{
		Method: http.MethodPut, Address: form.UploadURL, ContentType: "application/octet-stream", Length: u.Size,
		Content: file,
		Header:  map[string]string{"x-ms-blob-type": "BlockBlob"},
	})
}

// largest reads how many bytes a form's policy takes at most; 0 where it does not
// say. It is base64 of a JSON object whose conditions may have one called
// content-length-range.
func largest(policy string) int64 {
	text, err := base64.StdEncoding.DecodeString(policy)
	var p struct{ Conditions []json.RawMessage }
	if err != nil || json.Unmarshal(text, &p) != nil {
		return 0
	}
	for _, raw := range p.Conditions {
		var name string
		var least, most int64
		if json.Unmarshal(raw, &[]any{&name, &least, &most}) == nil && strings.EqualFold(name, "content-length-range") {
			return most
		}
	}
	return 0
}

// countedReader tells how many bytes have left, every so many of them.
type countedReader struct {
	io.Reader
	every       int64
	n, reported int64
	tell        func(int64)
}

func (r *countedReader) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.n += int64(n)
	if r.n-r.reported >= r.every || errors.Is(err, io.EOF) && r.n != r.reported {
		r.reported = r.n
		r.tell(r.n)
	}
	return n, err
}

// ArtifactNamed looks for an artifact by its name; region "" is any of the context's.
func (c *Client) ArtifactNamed(ctx context.Context, environment, region, name string) (ccloud.Artifact, error) {
	l, _, err := c.Artifacts(environment)(ctx)
	if err != nil {
		return ccloud.Artifact{}, err
	}
	for _, a := range l.Items {
		if a.DisplayName == name && (region == "" || strings.EqualFold(a.Region, region)) {
			return a, nil
		}
	}
	if err := failureOf(l.Broken); err != nil {
		return ccloud.Artifact{}, err
	}
	return ccloud.Artifact{}, missingObject{"artifact " + name}
}

// ChangeArtifact changes members of an artifact, by those of PATCH: its description
// and its documentation_link.
func (c *Client) ChangeArtifact(ctx context.Context, environment, id string, change map[string]any) error {
	a, err := c.Artifact(ctx, environment, id)
	if err != nil {
		return err
	}
	query := c.artifactQuery(environment, a.Region)
	_, err = send[json.RawMessage](
		ctx, c.control, "change artifact "+id, http.MethodPatch, ArtifactPath(id), query, change,
	)
	return err
}
