package contract

import (
	"strings"
	"testing"

	"drey/server/servertest"
)

func TestBadRequestsAreAnsweredInTheAPIsShape(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	deep := strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000)
	servertest.Play(w, []scenario{
		{"unknown path", "GET", "/nope", "", nil, 404, "no such path"},
		{"the root", "GET", "/", "", nil, 404, ""},
		{"an unknown method", "PATCH", "environments", "{}", nil, 405, "method not allowed"},
		{"truncated", "POST", "environments", `{"name":"pro`, nil, 400, "body"},
		{"an array", "POST", "environments", `[]`, nil, 400, "want an object"},
		{"empty", "POST", "environments", ``, nil, 400, "want an object"},
		{"a wrong type", "POST", "environments", `{"name":1}`, nil, 400, "name: want a string, got number"},
		{"a wrong type below", "POST", "environments/prod/compute-pools", `{"apiVersion":"v","kind":"ComputePool","metadata":{"name":"x","labels":[1]}}`, nil, 400, "want an object"},
		{"not UTF-8", "POST", "environments", "{\"name\":\"\xff\xfe\"}", nil, 400, "not UTF-8"},
		{"deep", "POST", "environments", `{"name":"deep","flinkApplicationDefaults":` + deep + `}`, nil, 400, "nested deeper"},
		{"deep YAML", "POST", "environments", strings.Repeat("- ", 10000), []string{"Content-Type", "application/yaml"}, 400, "nested deeper"},
		{"malformed YAML", "POST", "environments", "a: [", []string{"Content-Type", "application/yaml"}, 400, "malformed YAML"},
		{"32 MB", "POST", "environments", `{"name":"` + strings.Repeat("x", 32<<20) + `"}`, nil, 413, "10 MB"},
		{"another content type", "POST", "environments", "<a/>", []string{"Content-Type", "text/xml"}, 415, "Content-Type"},
		{"NUL in a name", "GET", "environments/a%00b", "", nil, 404, ""},
		{"dots in a name", "GET", "environments/..%2f..%2fetc", "", nil, 404, ""},
		{"dots", "GET", "environments/%2e%2e", "", nil, 404, ""},
		{"an escaped slash", "DELETE", "environments/a%2Fb", "", nil, 404, "Environment 'a/b' not found"},
		{"doubled slashes", "GET", "//cmf//api/v1/environments/", "", nil, 200, `"prod"`},
		{"a foreign host", "GET", "environments", "", []string{"Host", "evil.example"}, 403, "loopback"},
		{"a foreign origin", "GET", "environments", "", []string{"Origin", "http://evil.example"}, 403, "loopback"},
		{"a local origin", "GET", "environments", "", []string{"Origin", "http://localhost:3000"}, 200, ""},
		{"IPv6", "GET", "environments", "", []string{"Host", "[::1]:8080"}, 200, ""},
		{"a scope many times over", "GET", "environments?search=PRO&searchScope=" + strings.Repeat("name,", 5000) + "name", "", nil, 200, `"prod"`},
		{"many values", "GET", "environments?filter=name%20in%20(" + strings.Repeat("a,", 32999) + "a)", "", nil, 400, "filter: more than 10000 values, got 33000"},
		{"many stars", "GET", "environments?filter=name=" + strings.Repeat("*p", 1000), "", nil, 200, `"items":[]`},
		{"a long pattern", "GET", "environments?filter=name=*" + strings.Repeat("p", 60000), "", nil, 400, "a pattern longer than 2000 bytes"},
		{"a long prefix", "GET", "detached-savepoints?name=" + strings.Repeat("[*", 30000), "", nil, 200, `"items":[]`},
		{"a long pool", "GET", "environments/prod/statements?compute-pool=" + strings.Repeat("p", 60000), "", nil, 200, `"items":[]`},
		{"no phase", "GET", "environments/prod/statements?phase=sleeping", "", nil, 400, "phase: must be one of pending, running"},
		{"a phase that a filter does not know", "GET", "environments/prod/statements?filter=phase=sleeping", "", nil, 200, `"items":[]`},
		{"a long search", "GET", "environments?searchScope=name&search=" + strings.Repeat("p", 60000), "", nil, 200, `"items":[]`},
		{"system information", "GET", "system-information", "", nil, 200, `"version":"2.3.1" & "engine":"embedded"`},
		{"resource information", "GET", "resource-information", "", nil, 200, `"environments":1`},
	})
	if allow := w.Call("PATCH", "environments", "{}").Header().Get("Allow"); allow != "GET, HEAD, POST" {
		t.Errorf("Allow: got %q", allow)
	}
}

func TestUnknownFieldsAreNamedInAWarning(t *testing.T) {
	w := servertest.NewWorld(t)
	rec := w.Call(
		"POST", "environments",
		`{"name":"prod","kubernetesNamespace":"x","novel":1,"metadata":{"name":"prod","more":2}}`,
	)
	warnings := strings.Join(rec.Header().Values("Warning"), "\n")
	if rec.Code != 200 || !strings.Contains(warnings, "metadata.more") || !strings.Contains(warnings, "novel") {
		t.Errorf("got %d, warnings %q", rec.Code, warnings)
	}
	if strings.Contains(rec.Body.String(), "novel") {
		t.Errorf("the unknown field was kept: %s", rec.Body)
	}
}

func TestAPoolsJobIsIgnoredWithAWarning(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	rec := w.Call("POST", "environments/prod/compute-pools", strings.Replace(
		servertest.Pool("p2", "SHARED"), `"flinkVersion"`, `"job":{},"flinkVersion"`, 1,
	))
	if rec.Code != 200 || !strings.Contains(rec.Header().Get("Warning"), "spec.clusterSpec.job") ||
		strings.Contains(rec.Body.String(), `"job"`) {
		t.Errorf("got %d %s with warning %q", rec.Code, rec.Body, rec.Header().Get("Warning"))
	}
}
