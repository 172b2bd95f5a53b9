package contract

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"drey/client/cmf"
	"drey/server/servertest"
)

// fuzzed is a world for fuzzing: applications with labels and states, and
// one object of each other kind.
func fuzzed(f *testing.F) *walker {
	f.Helper()
	w := &walker{World: servertest.NewWorld(f), seen: map[string]bool{}}
	w.furnish()
	for i := range 12 {
		doc := cmf.Object(servertest.Application(fmt.Sprintf("app-%02d", i), `"state":"suspended"`, `"a.b":"c"`))
		if i > 2 {
			doc = doc.With(map[string]string{"team": fmt.Sprint("t", i%3), "k8s.io/x": "y"}, "metadata", "labels")
		}
		w.Must("POST", servertest.ProdApps, string(doc))
	}
	return w
}

func namesOf(items []cmf.Object) []string {
	var names []string
	for _, item := range items {
		names = append(names, item.String("metadata", "name"))
	}
	return names
}

// FuzzFilter: a filter is taken or refused by name; what it selects is there,
// and a term that all fulfil selects no fewer.
func FuzzFilter(f *testing.F) {
	w := fuzzed(f)
	for _, seed := range []string{
		"name=app-*", "labels.team=t1", "labels.team!=t1,name=*0*", "labels.team in (t0, t2)",
		"labels.k8s.io/x notin (z)", "!labels.team",
		"labels.team", "state=RUNNING", "state in ()", "name='; DROP TABLE objects; --", "name=", ",", "((((",
		"name=a\x00b", "ü in (é", "labels.=x",
	} {
		f.Add(seed)
	}
	all := namesOf(w.list(f, "sort", "name"))
	f.Fuzz(func(t *testing.T, filter string) {
		items := w.list(t, "filter", filter)
		names := namesOf(items)
		for _, name := range names {
			if !slices.Contains(all, name) {
				t.Errorf("%q selects %s, which there is not", filter, name)
			}
		}
		if items == nil || strings.TrimSpace(filter) == "" {
			return
		}
		if more := namesOf(w.list(t, "filter", filter+",name=*")); !slices.Equal(names, more) {
			t.Errorf("%q selects %v, and with name=* %v", filter, names, more)
		}
	})
}

// FuzzSort: an order is taken or refused by name, and loses nothing.
func FuzzSort(f *testing.F) {
	w := fuzzed(f)
	for _, seed := range []string{
		"name", "name,desc", "metadata.name,asc", "creationTimestamp,name,DESC", "state", ",", "name;drop",
		"name,up", "a b", "\x00", strings.Repeat("name,", 30),
	} {
		f.Add(seed)
	}
	all := namesOf(w.list(f, "sort", "name"))
	f.Fuzz(func(t *testing.T, sort string) {
		if sort == "" {
			return // the specification has no empty values
		}
		names := namesOf(w.list(t, "sort", sort))
		if names == nil {
			return
		}
		slices.Sort(names)
		if !slices.Equal(names, all) {
			t.Errorf("sort=%q: got %v, want %v in an order", sort, names, all)
		}
	})
}

// FuzzFields: a projection is never refused, and tells nothing but what the
// document says.
func FuzzFields(f *testing.F) {
	w := fuzzed(f)
	for _, seed := range []string{
		"metadata.name", "metadata.name,spec.job", "spec.flinkConfiguration.a.b", "..", ",,",
		"status.jobStatus.state.x", "\"metadata\"", "metadata\\.name", "a.\x00",
	} {
		f.Add(seed)
	}
	all := w.list(f, "filter", "name=*")
	f.Fuzz(func(t *testing.T, fields string) {
		items := w.list(t, "fields", fields)
		if len(items) != len(all) {
			t.Fatalf("fields=%q: got %d items, want %d", fields, len(items), len(all))
		}
		var part, whole any
		for i := range items {
			if json.Unmarshal(items[i], &part) != nil || json.Unmarshal(all[i], &whole) != nil || !within(part, whole) {
				t.Errorf("fields=%q: got %s of %s", fields, items[i], all[i])
			}
			if items[i].String("kind") != "FlinkApplication" {
				t.Errorf("fields=%q: got %s, want its kind", fields, items[i])
			}
		}
	})
}

// within reports whether one document is a part of another.
func within(part, whole any) bool {
	members, ok := part.(map[string]any)
	if !ok {
		return reflect.DeepEqual(part, whole)
	}
	from, ok := whole.(map[string]any)
	for name, value := range members {
		if _, there := from[name]; !there || !within(value, from[name]) {
			return false
		}
	}
	return ok
}

// FuzzName: any text in the place of a name is looked for, as it is; what is
// made under a name is found under it and nowhere else.
func FuzzName(f *testing.F) {
	w := fuzzed(f)
	for _, seed := range []string{
		"orders", "a b", "..", "a/b", "%2f", "a\x00b", "\x1b[31m", "Ünicode", "\xff", "a%",
		strings.Repeat("x", 300), "a.b-c", "*", "'--", "savepoint 1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		w.T = t
		escaped := url.PathEscape(name)
		for _, pattern := range []string{"environments/", servertest.ProdApps + "/", "secrets/", "detached-savepoints/"} {
			for _, method := range []string{"GET", "DELETE"} {
				if rec := w.Call(method, pattern+escaped, ""); rec.Code != 404 && !known(name) {
					t.Errorf("%s %s%q: got %d %s", method, pattern, name, rec.Code, rec.Body)
				}
			}
		}
		body, _ := json.Marshal(name)
		made := w.Call(
			"POST", "detached-savepoints",
			`{"apiVersion":"v","kind":"Savepoint","metadata":{"name":`+string(body)+`},"spec":{"path":"s3://x"}}`,
		)
		if made.Code != 201 {
			return
		}
		given := cmf.Object(made.Body.Bytes()).String("metadata", "name")
		if name != "" && given != name && utf8.ValidString(name) {
			t.Errorf("made %q, and got %q", name, given)
		}
		at := "detached-savepoints/" + url.PathEscape(given)
		if got := w.Must("GET", at, "").String("metadata", "name"); got != given {
			t.Errorf("made %q, and found %q", given, got)
		}
		w.Must("DELETE", at, "")
	})
}

// known are names of the furniture, and what is no name within a path.
func known(name string) bool {
	return slices.Contains([]string{"", ".", "..", "prod", "orders", "kafka", "old"}, name) ||
		strings.HasPrefix(name, "app-")
}

// FuzzBody: whatever is sent to whatever takes a body is taken or refused in
// the API's shape, and what is taken can be read again.
func FuzzBody(f *testing.F) {
	w := fuzzed(f)
	var writes []servertest.Operation
	for _, o := range servertest.Operations(f) {
		if o.Method == "POST" || o.Method == "PUT" {
			writes = append(writes, o)
		}
	}
	targets := map[string]string{}
	for i, o := range writes {
		targets[o.String()] = w.target(o)
		f.Add(uint8(i), false, []byte(valid(o, w.target(o))))
	}
	for _, seed := range []string{
		"", "null", "[]", `{"metadata":null}`, `{"spec":{"a":[[[[1e999]]]]}}`, "a: &a [*a]", "? x", "\xff",
		`{"name":"\u0000"}`,
	} {
		f.Add(uint8(0), true, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, which uint8, asYAML bool, body []byte) {
		w.T = t
		o := writes[int(which)%len(writes)]
		kind := "application/json"
		if asYAML {
			kind = "application/yaml"
		}
		target := targets[o.String()]
		r := httptest.NewRequest(o.Method, "http://localhost"+servertest.Absolute(target), strings.NewReader(string(body)))
		r.Header.Set("Content-Type", kind)
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, r)
		if rec.Code >= 500 {
			t.Fatalf("%s: got %d %s", o, rec.Code, rec.Body)
		}
		if rec.Code >= 400 {
			servertest.CheckRestError(t, r, rec)
			return
		}
		switch last := path.Base(target); {
		case last == "start" || last == "suspend" || last == "detach":
		case o.Method == "PUT":
			w.Must("GET", target, "")
		default:
			w.Must("GET", target+"/"+url.PathEscape(cmf.Object(rec.Body.Bytes()).String("metadata", "name")), "")
		}
	})
}
