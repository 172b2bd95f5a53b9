package diff

import (
	"encoding/json"
	"testing"
)

// TestTakingAValueTakesThatOneAlone, also where what it stands in is not there.
func TestTakingAValueTakesThatOneAlone(t *testing.T) {
	for _, c := range []struct {
		doc, from, want string
		path            Path
	}{
		{`{"a":1,"b":2}`, `{"a":3,"b":4}`, `{"a":3,"b":2}`, Path{"a"}},
		{`{"a":1}`, `{"labels":{"x":"1","y":"2"}}`, `{"a":1,"labels":{"x":"1"}}`, Path{"labels", "x"}},
		{`{"labels":{"x":"1","y":"2"}}`, `{}`, `{"labels":{"y":"2"}}`, Path{"labels", "x"}},
		{`{"a":1}`, `{}`, `{"a":1}`, Path{"labels", "x"}},
		{`{"l":[{"name":"m","v":1}]}`, `{"l":[{"name":"m","v":2}]}`, `{"l":[{"name":"m","v":2}]}`, Path{"l", "[m]", "v"}},
		{`{"l":[{"name":"m"}]}`, `{"l":[{"name":"n"}]}`, `{"l":[]}`, Path{"l", "[m]"}},
	} {
		doc, _ := Parse([]byte(c.doc))
		from, _ := Parse([]byte(c.from))
		got, err := json.Marshal(Take(doc, from, c.path))
		if err != nil || string(got) != c.want {
			t.Errorf("%s of %s into %s: got %s, %v, want %s", c.path, c.from, c.doc, got, err, c.want)
		}
		if again, _ := json.Marshal(doc); string(again) != c.doc {
			t.Errorf("%s became %s", c.doc, again)
		}
	}
}
