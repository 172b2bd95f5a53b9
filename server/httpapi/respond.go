package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"drey/client/yamljson"
	"drey/server/service"
)

// respond writes a success. Every GET has a strong ETag by content.
func (a *API) respond(w *recorder, r *http.Request, query url.Values, answer reply) {
	for _, warning := range warningsShown(answer.Warnings) {
		w.Header().Add("Warning", `299 drey "`+quoteHeader(warning)+`"`)
	}
	status := map[service.Outcome]int{
		service.OutcomeOK: http.StatusOK, service.OutcomeCreated: http.StatusCreated,
		service.OutcomeAccepted: http.StatusAccepted, service.OutcomeNoContent: http.StatusNoContent,
	}[answer.Outcome]
	if answer.Body == nil {
		w.WriteHeader(status)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		a.writeBody(w, r, status, answer.Body)
		return
	}
	etag := etagOf(answer.Body, formOf(r))
	w.Header().Set("ETag", etag)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Vary", "Accept, Accept-Encoding")
	if !answer.Volatile {
		a.cache.put(cacheKey(r, query), cached{etag: etag, topics: answer.Topics, sequence: answer.Sequence})
	}
	if matches(r, etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	a.writeBody(w, r, status, answer.Body)
}

// write200 writes a JSON document, as YAML where that is asked for.
func (a *API) writeBody(w *recorder, r *http.Request, status int, doc []byte) {
	kind := typeJSON
	if wantsYAML(r) {
		leave, err := a.limits.convert(r.Context(), len(doc))
		if err != nil {
			a.fail(w, r, w.Header().Get("X-Request-Id"), err)
			return
		}
		defer leave()
		if converted, err := yamljson.YAML(doc); err == nil {
			doc, kind = converted, typeYAML
		}
	}
	w.Header().Set("Content-Type", kind)
	if len(doc) >= minCompressed && status == http.StatusOK && takesGzip(r) {
		doc = compressed(doc)
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(doc) // the client has gone: there is nobody to tell
	}
}

// formOf is how a document is sent to the client: as JSON or YAML, as it is or
// compressed.
func formOf(r *http.Request) string {
	form := ""
	if wantsYAML(r) {
		form = "-y"
	}
	if takesGzip(r) {
		form += "-g"
	}
	return form
}

// etagOf is by content; each form of a document has a tag of its own.
func etagOf(doc []byte, form string) string {
	sum := sha256.Sum256(doc)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + form + `"`
}

// matches compares weakly, as If-None-Match asks for.
func matches(r *http.Request, etag string) bool {
	for tag := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}

func quoteHeader(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return '_'
		}
		return c
	}, clip(s))
}
