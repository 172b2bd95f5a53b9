package httpapi

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
)

// statusError is a refusal of HTTP itself.
type statusError struct {
	status  int
	message string
}

func (e *statusError) Error() string { return e.message }

var (
	errMethod    = &statusError{http.StatusMethodNotAllowed, "method not allowed"}
	errTooLarge  = &statusError{http.StatusRequestEntityTooLarge, "body: larger than 10 MB"}
	errMediaType = &statusError{
		http.StatusUnsupportedMediaType, "Content-Type: must be application/json or application/yaml",
	}
	errEncoding = &statusError{
		http.StatusUnsupportedMediaType, "Content-Encoding: bodies are taken as they are, not compressed",
	}
	errForeign = &statusError{
		http.StatusForbidden, "Host and Origin must be loopback: this server has no authentication",
	}
	errOrigin = &statusError{
		http.StatusForbidden, "Origin must be this server: a page of another host or port may not do this",
	}
	errHost     = &statusError{http.StatusForbidden, "Host is not a name of this server: give it with --allowed-host"}
	errReadOnly = &statusError{http.StatusForbidden, "your role is read-only"}
	errUnknown  = &statusError{
		http.StatusUnauthorized,
		"authentication required: a bearer token or a client certificate that this server knows",
	}
	errFull      = &statusError{http.StatusInsufficientStorage, "the disk of the server is full: nothing was written"}
	errUnwritten = &statusError{
		http.StatusInternalServerError, "the disk of the server cannot be written: nothing was written",
	}
	errDamaged = &statusError{
		http.StatusInternalServerError, "the database of the server is damaged: its log says more",
	}
	errInternal = &statusError{http.StatusInternalServerError, "internal error"}
)

// statuses is the table from a service's refusals to HTTP.
var statuses = map[model.Code]int{
	model.CodeInvalid:       http.StatusBadRequest,
	model.CodeUnprocessable: http.StatusUnprocessableEntity,
	model.CodeNotFound:      http.StatusNotFound,
	model.CodeConflict:      http.StatusConflict,
	model.CodeGone:          http.StatusGone,
	model.CodeUnavailable:   http.StatusServiceUnavailable,
	model.CodeUnchanged:     http.StatusNotModified,
}

// storageFaults are told as they are: no client can be to blame.
var storageFaults = map[error]*statusError{
	model.ErrStorageFull: errFull, model.ErrStorageUnwritable: errUnwritten, model.ErrStorageDamaged: errDamaged,
}

// CodesBeyondSpec are the answers that the specification does not declare, by
// "METHOD path" or "*" for every operation, each with its reason. The contract
// test takes no others.
var CodesBeyondSpec = []struct {
	Operation string
	Status    int
	Reason    string
}{
	{"*", http.StatusBadRequest, "malformed page, size, sort, filter, search, query or body"},
	{"*", http.StatusUnauthorized, "the caller is not known, where authentication is on"},
	{"*", http.StatusForbidden, "Host or Origin is not loopback (DNS rebinding), or the caller's role is read-only"},
	{"*", http.StatusNotFound, "the environment or the object of the path is missing"},
	{"*", http.StatusMethodNotAllowed, "the path has no such method"},
	{"*", http.StatusRequestEntityTooLarge, "bodies end at 10 MB"},
	{"*", http.StatusUnsupportedMediaType, "bodies are JSON or YAML"},
	{"*", http.StatusInsufficientStorage, "the disk of the server is full"},
	{"*", http.StatusServiceUnavailable, "the Flink that the engine runs on does not answer"},
	{"GET *", http.StatusNotModified, "every GET has an ETag and honours If-None-Match"},
	{"DELETE environments/{env}", http.StatusConflict, "the environment is not empty"},
	{"DELETE secrets/{name}", http.StatusConflict, "the secret is mapped to environments"},
	{"DELETE catalogs/kafka/{parent}/databases/{name}", http.StatusConflict, "the database is defined by its catalog's kafkaClusters"},
	{"POST environments/{env}/applications", http.StatusConflict, "an application of that name is being deleted"},
	{"POST environments/{env}/applications/{parent}/start", http.StatusConflict, "the application is being deleted"},
	{"POST environments/{env}/applications/{parent}/suspend", http.StatusConflict, "the application is being deleted"},
	{"POST environments/{env}/applications/{parent}/start", http.StatusUnprocessableEntity, "the savepoint is not COMPLETED"},
	{"POST environments/{env}/applications/{parent}/savepoints/{name}/detach", http.StatusUnprocessableEntity, "the savepoint is not COMPLETED, or the name is taken among the detached"},
}

// fail writes an error as the API's RestError.
func (a *API) fail(w *recorder, r *http.Request, id string, err error) {
	if w.status != 0 {
		return
	}
	status, messages := http.StatusInternalServerError, []string{"internal error, request " + id}
	var refused *model.Error
	var http1 *statusError
	for fault, message := range storageFaults {
		if errors.Is(err, fault) {
			a.log.Error("storage", "request", id, "error", err)
			err = message
		}
	}
	switch {
	case errors.As(err, &refused):
		status, messages = statuses[refused.Code], refused.Messages
	case errors.As(err, &http1) && http1 != errInternal:
		status, messages = http1.status, []string{http1.message}
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		status, messages = http.StatusBadRequest, []string{"the request was given up"}
	case http1 == nil:
		a.log.Error("request failed", "request", id, "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if status == http.StatusNotModified {
		w.WriteHeader(status)
		return
	}
	for i, message := range messages {
		messages[i] = clipTo(message, maxMessage)
	}
	body := cmf.RestError{}
	for _, message := range messages {
		body.Errors = append(body.Errors, cmf.ErrorMessage{Message: message})
	}
	a.writeBody(w, r, status, model.MustEncode(body))
}

// admit refuses callers that are not known or may not write, and what comes
// from a page of another site.
func (a *API) admit(w *recorder, r *http.Request) error {
	if a.authenticate != nil && !isPublic(r.URL.Path) {
		caller, known := a.authenticate(r)
		if !known {
			w.Header().Set("WWW-Authenticate", `Bearer realm="drey"`)
			return errUnknown
		}
		w.caller = caller.Name
		if caller.ReadOnly && r.Method != http.MethodGet && r.Method != http.MethodHead {
			return errReadOnly
		}
	}
	// HTTP/1.0 need not name one, browsers do
	if a.loopbackOnly && !loopbackHost(r.Host) && (r.Host != "" || r.ProtoAtLeast(1, 1)) {
		return errForeign
	}
	if a.allowedHost != nil && !a.allowedHost(hostOnly(r.Host)) {
		return errHost
	}
	return a.admitPage(r)
}

// admitPage refuses what a browser sends for a page that is not this server's.
// Other clients send neither Origin nor Sec-Fetch-Site. Reading is refused to
// pages of other machines only, so that links to a web UI work.
func (a *API) admitPage(r *http.Request) error {
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	switch foreign := err != nil || !sameHost(u, r.Host); {
	case origin != "" && a.loopbackOnly && (err != nil || !loopbackHost(u.Host)):
		return errForeign
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		if origin == "" || !foreign || a.loopbackOnly {
			return nil
		}
		return errOrigin // browsers send certificates by themselves
	case origin != "" && foreign:
		return errOrigin
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return errOrigin
	}
	if origin != "" && r.ContentLength != 0 && r.Header.Get("Content-Type") == "" {
		return errMediaType // a page may send such a body to any site
	}
	return nil
}

// sameHost compares an origin with a Host in host and port.
func sameHost(origin *url.URL, host string) bool {
	port := map[string]string{"http": ":80", "https": ":443"}[origin.Scheme]
	if port == "" {
		return false
	}
	return strings.EqualFold(strings.TrimSuffix(origin.Host, port), strings.TrimSuffix(host, port))
}

// hostOnly is a Host without its port and brackets.
func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

func loopbackHost(hostport string) bool {
	host := hostOnly(hostport)
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// maxMessage is how much of a message is shown: names and paths of requests
// stand in them.
const maxMessage = 4000

func clip(s string) string { return clipTo(s, 200) }

func clipTo(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
