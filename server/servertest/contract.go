package servertest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"drey/client/cmf"
	"drey/server/httpapi"
)

// Routes are those of CMF's specification, with one repair: both alternatives of EventData take
// any object, so oneOf holds for none; anyOf is meant.
var Routes = sync.OnceValues(func() (routers.Router, error) {
	doc, err := Document()
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	data := doc.Components.Schemas["EventData"].Value
	data.AnyOf, data.OneOf = data.OneOf, nil
	return legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
})

// CheckContract holds an exchange against the specification: a request that was
// taken is valid, an answer has a declared code (or one of
// httpapi.CodesBeyondSpec) and its schema, and a refusal is a RestError.
func CheckContract(t testing.TB, r *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	router, err := Routes()
	if err != nil {
		t.Fatal(err)
	}
	if rec.Code >= 500 {
		t.Errorf("%s %s: %d %s", r.Method, r.URL, rec.Code, rec.Body)
	}
	if rec.Code >= 400 {
		CheckRestError(t, r, rec)
	}
	route, vars, err := router.FindRoute(r)
	if err != nil {
		if rec.Code < 400 && !strings.Contains(r.URL.Path, "//") && r.Method != http.MethodHead {
			t.Errorf("%s %s: %d, but the specification has no such operation", r.Method, r.URL, rec.Code)
		}
		return
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true, ExcludeReadOnlyValidations: true, ExcludeWriteOnlyValidations: true,
	}
	request := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Route: route, Options: options}
	// whose own examples are not valid
	if rec.Code < 300 && !clears(r) && !strings.HasPrefix(route.Path, cmf.BasePath+"/kubernetes-clusters") {
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			t.Errorf("%s %s was taken, but is no valid request: %v", r.Method, r.URL, err)
		}
	}
	if route.Operation.Responses.Status(rec.Code) == nil {
		if !beyondSpec(r.Method, route.Path, rec.Code) {
			t.Errorf("%s %s: status %d is neither declared nor in CodesBeyondSpec", r.Method, r.URL, rec.Code)
		}
		return
	}
	if r.URL.Query().Has("fields") {
		return // a projection may lack what the schema requires (cmf-behaviour.md §3.5)
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: rec.Code, Header: rec.Header(),
		Body: io.NopCloser(bytes.NewReader(rec.Body.Bytes())), Options: options,
	})
	if err != nil {
		t.Errorf("%s %s: answer breaks the specification: %v\n%s", r.Method, r.URL, err, rec.Body)
	}
}

// clears tells that the body has a null, which clears what is stored though
// the schemas know no null.
func clears(r *http.Request) bool {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return bytes.Contains(body, []byte("null"))
}

// CheckRestError wants a refusal in the API's shape, in JSON.
func CheckRestError(t testing.TB, r *http.Request, rec *httptest.ResponseRecorder) {
	t.Helper()
	if r.Method == http.MethodHead || strings.Contains(rec.Header().Get("Content-Type"), "yaml") {
		return
	}
	var body cmf.RestError
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil || len(body.Errors) == 0 ||
		body.Errors[0].Message == "" {
		t.Errorf("%s %s: %d with %q, want a RestError", r.Method, r.URL, rec.Code, rec.Body)
	}
}

// beyondSpec looks a status up in the server's table.
func beyondSpec(method, specPath string, status int) bool {
	pattern := strings.TrimPrefix(specPath, cmf.BasePath+"/")
	for _, c := range httpapi.CodesBeyondSpec {
		wantMethod, wantPath, _ := strings.Cut(c.Operation, " ")
		any := c.Operation == "*" || wantMethod == method && (wantPath == "*" || samePath(wantPath, pattern))
		if any && c.Status == status {
			return true
		}
	}
	return false
}

// samePath compares patterns whatever their variables are called.
func samePath(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] && !(strings.HasPrefix(x[i], "{") && strings.HasPrefix(y[i], "{")) {
			return false
		}
	}
	return true
}
