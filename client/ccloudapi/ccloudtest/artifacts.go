package ccloudtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"

	"drey/client/ccloud"
)

// LargestFile is how many bytes the store takes.
const LargestFile = 4 << 20

// store is the object store that files are uploaded to: another host, which refuses
// what its form does not allow, and what it must not hear of.
type store struct {
	web   *httptest.Server
	forms map[string]map[string]string // by upload id
	files map[string][]byte
	// address is where clients reach it.
	address string
	asked   int
}

func artifact(id, name string) map[string]any {
	return map[string]any{
		"api_version": "artifact/v1", "kind": "FlinkArtifact", "id": id, "cloud": "AWS", "region": Region,
		"environment":  Environment,
		"display_name": name, "class": "io.acme.Sum", "content_format": "JAR", "runtime_language": "JAVA",
		"metadata": map[string]any{"self": "https://api.confluent.cloud/artifact/v1/flink-artifacts/" + id, "created_at": "2026-01-02T15:04:05Z"},
		"versions": []any{},
	}
}

var classRule = regexp.MustCompile(`^(([a-zA-Z][a-zA-Z_$0-9]*(\.[a-zA-Z][a-zA-Z_$0-9]*)*)\.)?([a-zA-Z][a-zA-Z_$0-9]*)$`)

// File is what was uploaded for the artifact of a name.
func (s *Server) File(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.files[name]
}

// StoreAsked is how many requests came to the store of files.
func (s *Server) StoreAsked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.asked
}

func (s *Server) serveArtifacts(w http.ResponseWriter, r *http.Request, body []byte) {
	q := r.URL.Query()
	if q.Get("cloud") == "" || q.Get("region") == "" || r.Method != http.MethodPost && q.Get("environment") == "" {
		refuse(w, http.StatusBadRequest, "cloud, region and environment are required")
		return
	}
	id, one := strings.CutPrefix(r.URL.Path, ccloud.ArtifactsPath+"/")
	i := slices.IndexFunc(s.artifacts, func(a any) bool { return a.(map[string]any)["id"] == id })
	switch {
	case !one && r.Method == http.MethodPost:
		s.createArtifact(w, body)
	case !one:
		s.page(w, r, "FlinkArtifactList", slices.DeleteFunc(slices.Clone(s.artifacts), func(a any) bool {
			return a.(map[string]any)["region"] != q.Get("region") ||
				a.(map[string]any)["environment"] != q.Get("environment")
		}))
	case i < 0:
		refuse(w, http.StatusNotFound, "artifact not found")
	case r.Method == http.MethodDelete:
		s.artifacts = slices.Delete(s.artifacts, i, i+1)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodPatch:
		var change map[string]any
		_ = json.Unmarshal(body, &change)
		for name, value := range change {
			s.artifacts[i].(map[string]any)[name] = value
		}
		fallthrough
	default:
		answer(w, s.artifacts[i])
	}
}

// presign gives a form for one file, as an S3 store signs it.
func (s *Server) presign(w http.ResponseWriter, body []byte) {
	var in struct {
		Format      string `json:"content_format"`
		Cloud       string `json:"cloud"`
		Region      string `json:"region"`
		Environment string `json:"environment"`
	}
	if json.Unmarshal(body, &in) != nil || in.Format != "JAR" && in.Format != "ZIP" || in.Cloud == "" ||
		in.Region == "" || in.Environment == "" {
		refuse(w, http.StatusBadRequest, "content_format (JAR or ZIP), cloud, region and environment are required")
		return
	}
	id := fmt.Sprintf("e53bb2e8-8de3-49fa-9fb1-%012d", len(s.store.forms)+1)
	policy := fmt.Sprintf(
		`{"expiration":"2026-03-04T12:00:00Z","conditions":[{"bucket":"b"},["starts-with","$key","staging/"],`+
			`["content-length-range",1,%d]]}`,
		LargestFile,
	)
	if s.quirks.NoPolicyLimit {
		policy = `{"conditions":[{"bucket":"b"}]}`
	}
	form := map[string]string{
		"bucket": "b", "key": "staging/" + id + "/artifact.jar", "policy": base64.StdEncoding.EncodeToString([]byte(policy)),
		"x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-signature": FormSignature,
	}
	address := s.store.address + "/?signature=" + FormSignature
	if s.quirks.NoForm {
		form, address = map[string]string{}, s.store.address+"/staging/"+id+"?signature="+FormSignature
	}
	s.store.forms[id] = form
	answer(w, map[string]any{
		"api_version": "artifact/v1", "kind": "PresignedUrl", "upload_id": id, "upload_url": address,
		"upload_form_data": maps.Clone(form),
		"cloud":            in.Cloud, "region": in.Region, "environment": in.Environment, "content_format": in.Format,
	})
}

// FormSignature is the secret of a form.
const FormSignature = "s1gnature-of-the-form"

// take is the store's side of an upload.
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	lose, hangs, refuses := s.quirks.StoreFails, s.quirks.StoreHangs, s.quirks.StoreRefuses
	s.store.asked++
	s.mu.Unlock()
	says := func(status int, code, text string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(
			w,
			`<?xml version="1.0" encoding="UTF-8"?>`+"\n<Error><Code>"+code+"</Code><Message>"+text+
				"</Message><StringToSign>"+FormSignature+"</StringToSign></Error>",
		)
	}
	for _, name := range []string{"Authorization", "Cookie", "Confluent-Identity-Pool-Id"} {
		if r.Header.Get(name) != "" {
			s.t.Errorf("the store hears of %s", name)
		}
	}
	if hangs {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		return
	}
	if code, text, found := strings.Cut(refuses, ": "); found {
		says(http.StatusForbidden, code, text)
		return
	}
	if r.Method == http.MethodPut {
		s.takePut(w, r, says)
		return
	}
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case lose:
		says(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
		return
	case r.Method != http.MethodPost || err != nil || kind != "multipart/form-data" || r.ContentLength <= 0:
		says(
			http.StatusPreconditionFailed, "PreconditionFailed",
			"Bucket POST must be of the enclosure-type multipart/form-data",
		)
		return
	}
	fields, file, err := readForm(multipart.NewReader(r.Body, parameters["boundary"]))
	s.mu.Lock()
	defer s.mu.Unlock()
	id := strings.TrimSuffix(strings.TrimPrefix(fields["key"], "staging/"), "/artifact.jar")
	form := s.store.forms[id]
	switch {
	case err != nil:
		says(http.StatusBadRequest, "InvalidArgument", err.Error())
	case len(form) == 0:
		says(http.StatusForbidden, "AccessDenied", "Invalid according to Policy")
	case len(file) > LargestFile:
		says(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	default:
		for name, value := range form {
			if fields[name] != value {
				says(http.StatusForbidden, "AccessDenied", "Invalid according to Policy: "+name)
				return
			}
		}
		s.store.files[id] = file
		w.WriteHeader(http.StatusNoContent)
	}
}

// takePut takes a file at an address that is signed itself.
func (s *Server) takePut(w http.ResponseWriter, r *http.Request, says func(status int, code, text string)) {
	id, ok := strings.CutPrefix(r.URL.Path, "/staging/")
	file, err := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	form, known := s.store.forms[id]
	switch {
	case err != nil || r.ContentLength < 0:
		says(
			http.StatusLengthRequired, "MissingContentLengthHeader",
			"An HTTP header that is mandatory for this request is not specified.",
		)
	case !ok || !known || len(form) > 0 || r.URL.Query().Get("signature") != FormSignature:
		says(http.StatusForbidden, "AuthenticationFailed", "Server failed to authenticate the request.")
	case r.Header.Get("x-ms-blob-type") != "BlockBlob":
		says(
			http.StatusBadRequest, "MissingRequiredHeader",
			"x-ms-blob-type: an HTTP header that is mandatory for this request is not specified.",
		)
	default:
		s.store.files[id] = file
		w.WriteHeader(http.StatusCreated)
	}
}

// readForm reads fields and then one file; a field after it is none.
func readForm(parts *multipart.Reader) (fields map[string]string, file []byte, err error) {
	fields = map[string]string{}
	for {
		part, err := parts.NextPart()
		if err == io.EOF && file != nil {
			return fields, file, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("POST requires exactly one file upload per request: %w", err)
		}
		content, err := io.ReadAll(part)
		switch {
		case err != nil:
			return nil, nil, err
		case file != nil:
			return nil, nil, fmt.Errorf("the file is not the last part: %s comes after it", part.FormName())
		case part.FormName() == "file":
			file = content
		default:
			fields[part.FormName()] = string(content)
		}
	}
}

func (s *Server) createArtifact(w http.ResponseWriter, body []byte) {
	var in ccloud.NewArtifact
	if err := json.Unmarshal(body, &in); err != nil {
		refuse(w, http.StatusBadRequest, "cannot read the body: "+err.Error())
		return
	}
	file := s.store.files[in.Source.UploadID]
	switch {
	case in.DisplayName == "" || len(in.DisplayName) > 60 || in.Cloud == "" || in.Region == "" ||
		in.Environment == "" || in.Source.Location != ccloud.PresignedLocation:
		refuse(w, http.StatusBadRequest, "display_name, cloud, region, environment and upload_source are required")
	case in.Class != "" && !classRule.MatchString(in.Class):
		refuse(w, http.StatusUnprocessableEntity, "class: must be the name of a class")
	case file == nil:
		refuse(w, http.StatusBadRequest, "upload_source.upload_id: nothing was uploaded")
	case slices.ContainsFunc(s.artifacts, func(a any) bool {
		o := a.(map[string]any)
		return o["display_name"] == in.DisplayName && o["region"] == in.Region && o["environment"] == in.Environment
	}):
		refuse(w, http.StatusConflict, "an artifact of this name is there already")
	default:
		made := artifact(fmt.Sprintf("cfa-new%d", len(s.artifacts)), in.DisplayName)
		for name, value := range map[string]any{
			"cloud": in.Cloud, "region": in.Region, "environment": in.Environment, "class": in.Class,
			"content_format": in.ContentFormat, "runtime_language": in.RuntimeLanguage, "description": in.Description,
		} {
			made[name] = value
		}
		if in.Class == "" {
			delete(made, "class")
		}
		delete(s.store.files, in.Source.UploadID)
		s.store.files[in.DisplayName] = file
		s.artifacts = append(s.artifacts, made)
		w.WriteHeader(http.StatusCreated)
		answer(w, made)
	}
}
