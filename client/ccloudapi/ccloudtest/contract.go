package ccloudtest

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

//go:embed testdata/*.yaml
var specifications embed.FS

// misplaced are members that the specifications require under names that objects
// have not: a statement has name, beside spec (A3), a workspace organization_id and
// environment_id.
var misplaced = regexp.MustCompile(`(?m)^ +- (statement_name|org|environment)\n`)

// specification is one API: its operations, and what its errors look like.
type specification struct {
	routers.Router
	failure *openapi3.SchemaRef
}

// routes are those of each specification, by the beginning of its paths.
var routes = sync.OnceValues(func() (map[string]specification, error) {
	all := map[string]specification{}
	for prefix, file := range map[string]string{
		"/sql/": "flink-gateway-v1", "/fcpm/": "fcpm-v2", "/artifact/": "flink-artifact-v1",
		"/ws/": "flink-workspaces-v1", "/org/": "org-v2", "/cmk/": "cmk-v2", "/v2/metrics/": "metrics-v2",
	} {
		text, err := specifications.ReadFile("testdata/" + file + ".openapi.yaml")
		if err != nil {
			return nil, err
		}
		doc, err := openapi3.NewLoader().LoadFromData(misplaced.ReplaceAll(text, nil))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		doc.Servers = nil
		doc.Info.Version = cmp.Or(doc.Info.Version, "unknown") // that of metrics has none
		if results := doc.Components.Schemas["sql.v1.StatementResult"]; results != nil {
			results.Value.Required = []string{"api_version", "kind", "metadata"} // it has results instead of data (A5)
		}
		for name, meta := range doc.Components.Schemas {
			if strings.HasSuffix(name, "Meta") {
				meta.Value.Required = nil // clients send labels alone, and self is the server's to say
			}
		}
		router, err := legacy.NewRouter(
			doc, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(),
		)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all[prefix] = specification{router, doc.Components.Schemas["Failure"]}
	}
	return all, nil
})

// undeclaredConflict tells of the operations that answer 409 although the
// specification does not say so: results that are not ready (platforms.md A5) and a PUT
// of a statement that somebody else changed meanwhile (A2, A4).
func undeclaredConflict(r *http.Request) bool {
	if r.Method == http.MethodGet {
		return strings.HasSuffix(r.URL.Path, "/results")
	}
	return r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/statements/")
}

// asFailure holds an answer against what every error of the API looks like.
func asFailure(of specification, rec *httptest.ResponseRecorder) error {
	if of.failure == nil {
		return errors.New("the specification has no Failure")
	}
	var body any
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		return fmt.Errorf("the answer is no JSON: %w", err)
	}
	if err := of.failure.Value.VisitJSON(body); err != nil {
		return fmt.Errorf("the answer is no Failure: %w\n%s", err, rec.Body)
	}
	return nil
}

// validate holds an exchange against its specification: what was taken is a valid
// request, and each answer is as it is declared.
func validate(r *http.Request, rec *httptest.ResponseRecorder) error {
	all, err := routes()
	if err != nil {
		return err
	}
	var router specification
	for prefix, of := range all {
		if strings.HasPrefix(r.URL.Path, prefix) {
			router = of
		}
	}
	if router.Router == nil {
		return nil
	}
	route, vars, err := router.FindRoute(r)
	if err != nil {
		if rec.Code < 400 {
			return fmt.Errorf("taken, but the specification has no such operation: %w", err)
		}
		return nil
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true, ExcludeReadOnlyValidations: true, ExcludeWriteOnlyValidations: true,
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}
	request := &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Route: route, Options: options}
	if rec.Code < 300 || rec.Code == http.StatusConflict { // what conflicts was understood
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			return fmt.Errorf("taken, but no valid request: %w", err)
		}
	}
	if route.Operation.Responses.Status(rec.Code) == nil {
		if rec.Code == http.StatusConflict && undeclaredConflict(r) {
			return asFailure(router, rec)
		}
		// PUT with 200: A2; a missing role
		if rec.Code == http.StatusOK || rec.Code == http.StatusMethodNotAllowed || rec.Code == http.StatusForbidden {
			return nil
		}
		return errors.New("status " + http.StatusText(rec.Code) + " is not declared")
	}
	if rec.Code == http.StatusUnauthorized || rec.Code == http.StatusTooManyRequests {
		return nil // hosts differ in what they say (A7)
	}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: rec.Code, Header: rec.Header(),
		Body: io.NopCloser(bytes.NewReader(rec.Body.Bytes())), Options: options,
	})
	if err != nil {
		return fmt.Errorf("the answer breaks the specification: %w\n%s", err, rec.Body)
	}
	return nil
}
