package contract

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/servertest"
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
			w := servertest.NewWorld(t)
			furnishExamples(w, e)
			target := strings.NewReplacer(
				"{envName}", "home", "{catName}", "cat", "{kubernetesClusterName}", "azure-k8s-cluster",
			).Replace(e.Path)
			r := httptest.NewRequest(e.Method, "http://localhost"+target, strings.NewReader(e.Body))
			r.Header.Set("Content-Type", e.Type)
			rec := httptest.NewRecorder()
			w.Handler().ServeHTTP(rec, r)
			if rec.Code >= 300 || strings.Contains(rec.Body.String(), `"phase":"FAILED"`) {
				t.Errorf("got %d %s", rec.Code, rec.Body)
			}
		})
	}
}

// furnishExamples makes what the examples name. The cluster's are about one
// that no environment runs on.
func furnishExamples(w *servertest.World, e example) {
	w.T.Helper()
	if strings.Contains(e.Path, "kubernetes-clusters") {
		err := w.Store().Update(w.T.Context(), func(tx model.Tx) error {
			record, err := tx.Get(model.Scope{Kind: model.KindCluster}, cmf.DefaultCluster)
			if err != nil {
				return err
			}
			record.Name, record.UID = "azure-k8s-cluster", "another"
			record.Doc = record.Doc.With("azure-k8s-cluster", "metadata", "name")
			return tx.Put(record)
		})
		if err != nil {
			w.T.Fatal(err)
		}
		return
	}
	w.Environment("home")
	if strings.Contains(e.Path, "databases") {
		w.Must("POST", "environments", `{"name":"production","kubernetesNamespace":"x"}`)
		w.Must("POST", "environments", `{"name":"staging","kubernetesNamespace":"x"}`)
	}
	w.Must("POST", "catalogs/kafka", servertest.Catalog("cat", "", ""))
	if !strings.Contains(e.Path, "statements") {
		return
	}
	for _, name := range []string{"test-pool", "streaming-pool"} {
		w.Must("POST", "environments/home/compute-pools", servertest.Pool(name, "DEDICATED"))
	}
	// The statement names no catalog: the tables are in the default one.
	for name, text := range map[string]string{
		"make-clicks": "CREATE TABLE clicks (click_id STRING) WITH ('connector'='datagen')",
		"make-sink":   "CREATE TABLE blackhole (click_id STRING) WITH ('connector'='blackhole')",
	} {
		w.Must("POST", "environments/home/statements", strings.ReplaceAll(
			servertest.Statement(name, text), `"pool"`, `"test-pool"`,
		))
	}
}
