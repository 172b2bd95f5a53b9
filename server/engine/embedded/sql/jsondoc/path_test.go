package jsondoc_test

import (
	"errors"
	"testing"

	"drey/server/engine/embedded/sql/jsondoc"
)

func TestPathsLeadToOneValueOrToAList(t *testing.T) {
	doc, err := jsondoc.Parse(`{"b": {"y": 1, "x": [10, 20, 30]}, "a": [{"n": "p"}, {"n": "q"}, {}], "c d": 1e400}`)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"$.b": `{"x":[10,20,30],"y":1}`, "lax $.b.x[1]": "20", "$.b.x[-1]": "30", "$.b.x[0:2]": "[10,20]", "$.b.x[5:]": "[]",
		"$.a[*].n": `["p","q"]`, `$["c d"]`: "1E+400", "b.y": "1", "$.b.*": "[1,[10,20,30]]", "$.z": "nothing",
		"$.a[7]": "nothing",
	} {
		p, err := jsondoc.ParsePath(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		got := "nothing"
		if n := p.Find(doc); n != nil {
			got = n.String()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestWhatIsNoPathIsToldFromWhatIsNotKnown(t *testing.T) {
	for path, none := range map[string]bool{
		"$.a b": true, "$.a[last]": true, "$.": true, "$..a": false, "$.a[?(@.b > 1)]": false, "": false,
	} {
		_, err := jsondoc.ParsePath(path)
		if err == nil || errors.Is(err, jsondoc.ErrPath) != none {
			t.Errorf("%q: got %v, no path is %v", path, err, none)
		}
	}
}
