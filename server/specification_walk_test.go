package server

import (
	"encoding/json"
	"net/http/httptest"
	"path"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"drey/client/cmf"

	"sigs.k8s.io/yaml"
)

// fault takes the store away and sends every operation once more, with a body
// that is taken otherwise: what fails within the server is told as such, in the
// API's shape, with a number to look for in the log and nothing else.
func (w *walker) fault(all []operation) {
	w.t.Helper()
	targets := map[string]string{}
	for _, o := range all {
		targets[o.String()] = w.target(o)
	}
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	for _, o := range all {
		r := httptest.NewRequest(o.method, "http://localhost"+absolute(targets[o.String()]), strings.NewReader(valid(o, targets[o.String()])))
		r.Header.Set("X-Request-Id", "id-to-look-for")
		rec := httptest.NewRecorder()
		w.api.ServeHTTP(rec, r)
		key := o.String() + " " + strconv.Itoa(rec.Code)
		w.seen[key] = true
		switch {
		case rec.Code == 200 && neverAnswered[o.String()+" 500"] != "":
		case rec.Code != 500:
			w.t.Errorf("%s without a store: got %d %s, want 500", o, rec.Code, rec.Body)
		case rec.Body.String() != `{"errors":[{"message":"internal error, request id-to-look-for"}]}`:
			w.t.Errorf("%s without a store: got %s, want the request's id alone", o, rec.Body)
		}
	}
}

// valid is a body that the operation takes at its target.
func valid(o operation, target string) string {
	body, ok := map[string]string{
		"POST environments":        `{"name":"more","kubernetesNamespace":"x"}`,
		"POST secrets":             secret("more", `"k":"v"`),
		"POST catalogs/kafka":      catalog("more", "", ""),
		"POST detached-savepoints": savepoint("more", `"path":"s3://b/z"`),
		"PUT kubernetes-clusters/{kubernetesClusterName}": cluster("", ""),
	}[o.String()]
	if ok {
		return body
	}
	return strings.ReplaceAll(bodies[o.String()], `"name":"missing"`, `"name":"`+path.Base(target)+`"`)
}

// absolute is a path of the API that may be given below its base.
func absolute(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	return cmf.BasePath + "/" + target
}

// TestEveryOperationSpeaksJSONAndYAML has every GET tell the same in both, and
// every write take its body as YAML and answer in it.
func TestEveryOperationSpeaksJSONAndYAML(t *testing.T) {
	w := &walker{world: newWorld(t), seen: map[string]bool{}}
	w.furnish()
	for _, o := range operations(t) {
		target := w.target(o)
		switch o.method {
		case "GET":
			w.sameInYAML(target)
		case "POST", "PUT":
			w.takesYAML(o, target)
		}
	}
}

func (w *walker) sameInYAML(target string) {
	w.t.Helper()
	asJSON, asYAML := w.call("GET", target, ""), w.call("GET", target, "", "Accept", "application/yaml")
	if got := asYAML.Header().Get("Content-Type"); got != "application/yaml" || asJSON.Header().Get("ETag") == asYAML.Header().Get("ETag") {
		w.t.Errorf("GET %s: got %s with the ETag %s, want YAML with one of its own", target, got, asYAML.Header().Get("ETag"))
	}
	var one, other any
	if err := json.Unmarshal(asJSON.Body.Bytes(), &one); err != nil {
		w.t.Fatal(err)
	}
	if err := yaml.Unmarshal(asYAML.Body.Bytes(), &other); err != nil || !reflect.DeepEqual(one, other) {
		w.t.Errorf("GET %s: got %s, %v, want what JSON tells: %s", target, asYAML.Body, err, asJSON.Body)
	}
}

func (w *walker) takesYAML(o operation, target string) {
	w.t.Helper()
	body := valid(o, target)
	if body == "" { // an action
		return
	}
	converted, err := yaml.JSONToYAML([]byte(body))
	if err != nil {
		w.t.Fatal(err)
	}
	rec := w.call(o.method, target, string(converted), "Content-Type", "application/yaml", "Accept", "application/yaml")
	if rec.Code >= 300 && rec.Code != 422 && rec.Code != 409 { // which refuse what it says
		w.t.Errorf("%s: got %d %s for %s", o, rec.Code, rec.Body, converted)
	}
	if rec.Code < 300 && rec.Body.Len() > 0 && rec.Header().Get("Content-Type") != "application/yaml" {
		w.t.Errorf("%s: answered in %s", o, rec.Header().Get("Content-Type"))
	}
}
