package contract

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"drey/server/servertest"
)

// described are the operations of the specification with all that it says of
// them, in one order.
var described = sync.OnceValues(func() ([]describedOperation, error) {
	doc, err := servertest.Document()
	if err != nil {
		return nil, err
	}
	var all []describedOperation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			all = append(all, describedOperation{method, path, op, append(item.Parameters, op.Parameters...)})
		}
	}
	slices.SortFunc(all, func(a, b describedOperation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all, nil
})

type describedOperation struct {
	method, path string
	*openapi3.Operation
	parameters openapi3.Parameters
}

// specified is a call that the specification describes, with values of the
// types that it gives, and now and then of others.
func (d rng) specified(t *testing.T) (method, target, body string) {
	all, err := described()
	if err != nil {
		t.Fatal(err)
	}
	o := all[d.IntN(len(all))]
	for segment := range strings.SplitSeq(strings.TrimPrefix(o.path, "/"), "/") {
		if strings.HasPrefix(segment, "{") {
			segment = d.known(strings.Trim(segment, "{}"))
		}
		target += "/" + segment
	}
	query := url.Values{}
	for _, p := range o.parameters {
		if p.Value.In == "query" && servertest.OneIn(d, 3) {
			if text := fmt.Sprint(d.instance(p.Value.Name, p.Value.Schema, 0)); text != "" {
				query.Add(p.Value.Name, text)
			}
		}
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	if o.RequestBody != nil {
		text, err := json.Marshal(d.instance("", o.RequestBody.Value.Content["application/json"].Schema, 0))
		if err != nil {
			t.Fatal(err)
		}
		body = string(text)
	}
	return o.method, target, body
}

// known is mostly a name that there is, by the variable or property it is for.
func (d rng) known(variable string) string {
	switch variable {
	case "envName":
		return d.environment()
	case "appName":
		return d.name("order", "click", "app")
	case "stmtName":
		return d.name("query", "insert", "show")
	case "computePoolName":
		return d.name("pool", "shared")
	case "secretName":
		return d.name("kafka", "registry")
	case "catName":
		return d.name("shop", "open")
	case "dbName", "databaseName":
		return d.name("db", "inline")
	case "kubernetesClusterName":
		return d.name("default-k8s-cluster")
	case "savepointName", "detachedSavepointName":
		return d.name("sp1", "sp2", "old")
	}
	return d.name("prod", "order", "query", "pool", "kafka", "conn", "shop", "db", "sp1")
}

// instance is a value of a schema, for a property of that name.
func (d rng) instance(name string, ref *openapi3.SchemaRef, depth int) any {
	schema := ref.Value
	if servertest.OneIn(d, 25) {
		return servertest.Pick[any](
			d, nil, -7, 1.5, "", "x y", true, []any{}, map[string]any{"a": nil}, strings.Repeat("z", 400),
		)
	}
	for _, choice := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf} {
		if len(choice) > 0 {
			return d.instance(name, choice[d.IntN(len(choice))], depth+1)
		}
	}
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[d.IntN(len(schema.Enum))]
	case len(schema.AllOf) > 0 || schema.Type.Is("object") || len(schema.Properties) > 0:
		return d.object(schema, depth)
	case schema.Type.Is("array"):
		values := []any{}
		for range d.IntN(3) {
			values = append(values, d.instance(name, schema.Items, depth+1))
		}
		return values
	case schema.Type.Is("boolean"):
		return servertest.OneIn(d, 2)
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return servertest.Pick(d, 0, 1, 2, 10, -1, 1<<40)
	}
	return d.text(name, schema)
}

func (d rng) object(schema *openapi3.Schema, depth int) map[string]any {
	set := map[string]any{}
	for _, part := range schema.AllOf {
		if inner, ok := d.instance("", part, depth).(map[string]any); ok {
			for name, value := range inner {
				set[name] = value
			}
		}
	}
	for _, name := range sortedNames(schema.Properties) {
		if depth < 8 && (slices.Contains(schema.Required, name) || servertest.OneIn(d, 3)) {
			set[name] = d.instance(name, schema.Properties[name], depth+1)
		}
	}
	if len(schema.Properties)+len(schema.AllOf) == 0 && !servertest.OneIn(d, 3) { // a free map
		set["k"+fmt.Sprint(d.IntN(3))] = servertest.Pick[any](d, "v", 9007199254740993, map[string]any{"job": nil})
	}
	return set
}

func sortedNames(properties openapi3.Schemas) []string {
	var names []string
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (d rng) text(name string, schema *openapi3.Schema) string {
	switch {
	case schema.Format == "date-time":
		return servertest.Pick(d, "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123456789Z", "yesterday")
	case name == "apiVersion":
		return "cmf.confluent.io/v1"
	case name == "kind":
		return servertest.Pick(
			d, "", "Statement", "Savepoint", "Secret", "FlinkApplication", "ComputePool", "KafkaCatalog",
			"KafkaDatabase", "EnvironmentSecretMapping", "KubernetesCluster",
		)
	case name == "statement":
		return servertest.Pick(d, "SELECT 1", "SHOW TABLES", "nonsense")
	case name == "sort":
		return servertest.Pick(d, "name", "name,desc", "metadata.name,asc", "nothing")
	case name == "filter":
		return d.filter()
	case name == "searchScope":
		return servertest.Pick(d, "name", "statement", "message")
	}
	return d.known(name)
}

// invent is a call that the specification describes, or one from further off.
func (d rng) invent(t *testing.T) (method, target, body string) {
	if servertest.OneIn(d, 2) {
		return d.specified(t)
	}
	target = d.path()
	if q := d.query(); q != "" && servertest.OneIn(d, 3) {
		target += "?" + q
	}
	if method = d.method(target); method == "POST" || method == "PUT" {
		body = d.body(target)
	}
	return method, target, body
}
