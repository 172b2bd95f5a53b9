package contract

import (
	"path"
	"strings"
	"testing"

	"drey/server/servertest"
)

// valid is a body that the operation takes at its target.
func valid(o servertest.Operation, target string) string {
	body, ok := map[string]string{
		"POST environments":        `{"name":"more","kubernetesNamespace":"x"}`,
		"POST secrets":             servertest.Secret("more", `"k":"v"`),
		"POST catalogs/kafka":      servertest.Catalog("more", "", ""),
		"POST detached-savepoints": servertest.Savepoint("more", `"path":"s3://b/z"`),
		"PUT kubernetes-clusters/{kubernetesClusterName}": servertest.Cluster("", ""),
	}[o.String()]
	if ok {
		return body
	}
	return strings.ReplaceAll(bodies[o.String()], `"name":"missing"`, `"name":"`+path.Base(target)+`"`)
}

// TestEveryOperationSpeaksJSONAndYAML has every GET tell the same in both, and
// every write take its body as YAML and answer in it.
func TestEveryOperationSpeaksJSONAndYAML(t *testing.T) {
	w := &walker{World: servertest.NewWorld(t), seen: map[string]bool{}}
	w.furnish()
	for _, o := range servertest.Operations(t) {
		target := w.target(o)
		switch o.Method {
		case "GET":
			w.sameInYAML(target)
		case "POST", "PUT":
			w.takesYAML(o, target)
		}
	}
}
