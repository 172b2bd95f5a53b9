package contract

import (
	"regexp"
	"strconv"
	"testing"

	"drey/server/servertest"
)

// neverAnswered are codes that the specification declares and the server has
// no use for, each with its reason.
var neverAnswered = map[string]string{
	"DELETE environments/{envName} 304":                        "a delete either deletes or is refused with its reason: not modified would say neither",
	"DELETE environments/{envName}/applications/{appName} 304": "as above",
	"GET c3/license 500":                                       "it is told without the store, so that nothing can fail",
	"GET system-information 500":                               "as above",
}

var variable = regexp.MustCompile(`\{\w+\}`)

// bodies are valid ones for writes whose path or reference is missing.
var bodies = map[string]string{
	"POST environments/{envName}/applications":                      servertest.Application("x", "", ""),
	"POST environments/{envName}/statements":                        servertest.Statement("x", "SELECT 1"),
	"POST environments/{envName}/compute-pools":                     servertest.Pool("x", "SHARED"),
	"POST environments/{envName}/secret-mappings":                   servertest.Mapping("x", "kafka"),
	"POST environments/{envName}/applications/{appName}/savepoints": servertest.Savepoint("x", ""),
	"POST environments/{envName}/statements/{stmtName}/savepoints":  servertest.Savepoint("x", ""),
	"POST catalogs/kafka/{catName}/databases":                       servertest.Database("x", "", ""),
	"PUT environments/{envName}/statements/{stmtName}":              servertest.Statement("missing", "SELECT 1"),
	"PUT environments/{envName}/compute-pools/{computePoolName}":    servertest.Pool("missing", "SHARED"),
	"PUT environments/{envName}/secret-mappings/{name}":             servertest.Mapping("missing", "kafka"),
	"PUT secrets/{secretName}":                                      servertest.Secret("missing", `"k":"v"`),
	"PUT catalogs/kafka/{catName}":                                  servertest.Catalog("missing", "", ""),
	"PUT catalogs/kafka/{catName}/databases/{dbName}":               servertest.Database("missing", "", ""),
	"PUT kubernetes-clusters/{kubernetesClusterName}": `{"apiVersion":"v",` +
		`"kind":"KubernetesCluster","metadata":{"name":"missing"},"spec":{}}`,
}

func TestEveryOperationIsServedAndAnswersEachOfItsCodes(t *testing.T) {
	w := &walker{World: servertest.NewWorld(t), seen: map[string]bool{}}
	w.furnish()
	all := servertest.Operations(t)
	if len(all) != 64 {
		t.Errorf("got %d operations, want 64", len(all))
	}
	for _, o := range all {
		w.look(o)
	}
	w.act()
	w.fault(all)
	for _, o := range all {
		for _, code := range o.Responses {
			key := o.String() + " " + strconv.Itoa(code)
			if never := neverAnswered[key] != ""; w.seen[key] == never {
				t.Errorf("%s: answered %v, said to be never answered %v", key, w.seen[key], never)
			}
		}
	}
}
