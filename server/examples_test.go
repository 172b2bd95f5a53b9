package server

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// example is a request body of the specification.
type example struct{ Name, Method, Path, Type, Body string }

// TestTheExamplesOfTheSpecificationAreTaken sends each as it stands, to a server
// that has what they name.
func TestTheExamplesOfTheSpecificationAreTaken(t *testing.T) {
	text, err := os.ReadFile("testdata/cmf-2.3.1.examples.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	if err := yaml.UnmarshalStrict(text, &all); err != nil || len(all) != 17 {
		t.Fatalf("got %d examples, %v", len(all), err)
	}
	for _, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			w := newWorld(t)
			w.furnishExamples(e)
			target := strings.NewReplacer(
				"{envName}", "home", "{catName}", "cat", "{kubernetesClusterName}", "azure-k8s-cluster",
			).Replace(e.Path)
			r := httptest.NewRequest(e.Method, "http://localhost"+target, strings.NewReader(e.Body))
			r.Header.Set("Content-Type", e.Type)
			rec := httptest.NewRecorder()
			w.api.ServeHTTP(rec, r)
			if rec.Code >= 300 || strings.Contains(rec.Body.String(), `"phase":"FAILED"`) {
				t.Errorf("got %d %s", rec.Code, rec.Body)
			}
		})
	}
}
