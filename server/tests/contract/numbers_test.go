package contract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"drey/client/cmf"
	"drey/server/servertest"
)

// number is one of a request body of the specification.
type number struct {
	path    []string
	format  string
	integer bool
}

// numbersOf walks a schema; a list's element is the member "0", and so is a
// free map's.
func numbersOf(ref *openapi3.SchemaRef, path []string, seen []*openapi3.Schema) []number {
	s := ref.Value
	if slices.Contains(seen, s) {
		return nil
	}
	seen = append(slices.Clone(seen), s)
	var all []number
	if s.Type.Is("integer") || s.Type.Is("number") {
		all = append(all, number{path: path, format: s.Format, integer: s.Type.Is("integer")})
	}
	for name, inner := range s.Properties {
		all = append(all, numbersOf(inner, append(slices.Clone(path), name), seen)...)
	}
	for _, list := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
		for _, inner := range list {
			all = append(all, numbersOf(inner, path, seen)...)
		}
	}
	if s.Items != nil {
		all = append(all, numbersOf(s.Items, append(slices.Clone(path), "[]"), seen)...)
	}
	if inner := s.AdditionalProperties.Schema; inner != nil {
		all = append(all, numbersOf(inner, append(slices.Clone(path), "any"), seen)...)
	}
	return all
}

// ends are values just within and just beyond a format.
func (n number) ends() (within, beyond []string) {
	switch {
	case n.format == "int64":
		return []string{"-9223372036854775808", "9223372036854775807"}, []string{
			"-9223372036854775809", "9223372036854775808", "1e30",
		}
	case n.integer:
		return []string{"-2147483648", "2147483647"}, []string{"-2147483649", "2147483648", "99999999999", "1e30"}
	}
	return []string{"-1.7e308", "1.7e308", "0"}, []string{"1e999", "-1e999", "1" + strings.Repeat("0", 400)}
}

// put gives the document a number at the path.
func (n number) put(doc, value string) string {
	nested := value
	for _, name := range slices.Backward(n.path) {
		if name == "[]" {
			nested = "[" + nested + "]"
			continue
		}
		nested = fmt.Sprintf("{%q:%s}", name, nested)
	}
	return string(mergeObjects(cmf.Object(doc), cmf.Object(nested)))
}

func mergeObjects(a, b cmf.Object) cmf.Object {
	b.EachMember(func(key, value []byte) {
		var name string
		_ = json.Unmarshal(key, &name)
		if old := a.Object(name); old != nil && value[0] == '{' {
			value = mergeObjects(old, value)
		}
		a = a.With(json.RawMessage(value), name)
	})
	return a
}

// TestNumbersOfTheSpecificationAreWithinTheirFormat posts each at both ends.
// What is beyond is refused with its field, or was the server's own and is not
// taken; lists are then read by typed clients.
func TestNumbersOfTheSpecificationAreWithinTheirFormat(t *testing.T) {
	w := &walker{World: servertest.NewWorld(t), seen: map[string]bool{}}
	w.furnish()
	doc, err := servertest.Document()
	if err != nil {
		t.Fatal(err)
	}
	walked := 0
	for _, o := range servertest.Operations(t) {
		target := w.target(o)
		body := valid(o, target)
		operation := doc.Paths.Value(servertest.Absolute(o.Path)).GetOperation(o.Method)
		if body == "" || operation.RequestBody == nil {
			continue
		}
		for _, n := range numbersOf(operation.RequestBody.Value.Content.Get("application/json").Schema, nil, nil) {
			walked++
			within, beyond := n.ends()
			for _, value := range within { // another rule may refuse it
				rec := w.Raw(o.Method, target, n.put(body, value))
				if rec.Code >= 500 || strings.Contains(rec.Body.String(), "want a whole number") ||
					strings.Contains(rec.Body.String(), "a double holds") {
					t.Errorf("%s: %s = %s: got %d %.200s", o, strings.Join(n.path, "."), value, rec.Code, rec.Body)
				}
			}
			for _, value := range beyond {
				rec := w.Raw(o.Method, target, n.put(body, value))
				if field := strings.TrimSuffix(
					strings.ReplaceAll(strings.Join(n.path, "."), ".[]", ""), ".any",
				); rec.Code != 400 && rec.Code != 422 ||
					!strings.Contains(strings.ReplaceAll(rec.Body.String(), "[0]", ""), field) {
					t.Errorf(
						"%s: %s = %s: got %d %.200s, want a refusal that names the field", o, field, value, rec.Code,
						rec.Body,
					)
				}
			}
		}
		w.typed(strings.TrimSuffix(target, "/"+target[strings.LastIndexByte(target, '/')+1:]))
	}
	if walked < 40 {
		t.Errorf("walked %d numbers, want all of the specification", walked)
	}
}

func TestTheEndsOfFormatsAreTaken(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", ""))
	w.Advance(10)
	servertest.Play(w, []scenario{
		{"most of parallelism", "POST", servertest.ProdStatements, string(cmf.Object(servertest.Statement("most", "SHOW CATALOGS")).With(2147483647, "spec", "parallelism")), nil, 200, `"parallelism":2147483647`},
		{"beyond", "POST", servertest.ProdStatements, string(cmf.Object(servertest.Statement("more", "SHOW CATALOGS")).With(2147483648, "spec", "parallelism")), nil, 400, "spec.parallelism"},
		{"none", "POST", servertest.ProdStatements, string(cmf.Object(servertest.Statement("none", "SHOW CATALOGS")).With(0, "spec", "parallelism")), nil, 422, "spec.parallelism: must be larger than 0"},
		{"most of backoffLimit", "POST", "detached-savepoints", servertest.Savepoint("most", `"path":"s3://a","backoffLimit":2147483647`), nil, 201, "2147483647"},
		{"beyond", "POST", "detached-savepoints", servertest.Savepoint("more", `"path":"s3://a","backoffLimit":99999999999`), nil, 400, "spec.backoffLimit"},
		{"endless in defaults", "POST", "environments", `{"name":"endless","kubernetesNamespace":"x","flinkApplicationDefaults":{"spec":{"a":[1,{"b":1e999}]}}}`, nil, 400, "flinkApplicationDefaults.spec.a[1].b"},
		{"in a specification", "POST", servertest.ProdApps, servertest.Application("endless", `"x":-1e400`, ""), nil, 400, "spec.job.x"},
		{"in a text it is text", "POST", servertest.ProdApps, servertest.Application("text", "", `"a":"1e999","b":"\"1e999"`), nil, 201, ""},
		{"small and exact ones stay", "POST", servertest.ProdApps, servertest.Application("exact", `"x":1e-999,"y":123456789012345678901234567890`, ""), nil, 201, `"x":1e-999`},
	})
}
