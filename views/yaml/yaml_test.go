package yaml

import (
	"encoding/json"
	"reflect"
	"testing"

	sigs "sigs.k8s.io/yaml"
)

func TestFromJSONKeepsOrderAndDigits(t *testing.T) {
	const in = `{"spec":{"z":1,"a":9007199254740993,"list":[1,{"x":"v","k":[true,null]},[]],"map":{},` +
		`"job":{"jarURI":"local:///opt/a.jar","on":"no","ver":"1.20"}},"log":"one\ntwo\n","s":"a: b"}`
	const want = `spec:
  z: 1
  a: 9007199254740993
  list:
  - 1
  - x: v
    k:
    - true
    - null
  - []
  map: {}
  job:
    jarURI: local:///opt/a.jar
    "on": "no"
    ver: "1.20"
log: |
  one
  two
s: "a: b"
`
	got, err := FromJSON([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestFromJSONRefusesWhatIsNoJSON(t *testing.T) {
	if _, err := FromJSON([]byte(`{"a":`)); err == nil {
		t.Error("half a document was taken")
	}
}

func FuzzYAMLReadsBackAsTheSame(f *testing.F) {
	for _, s := range []string{
		`{"a":"x"}`, `{"a":[[1],[{"b":"c"}]]}`, `{"t":"a\n b\n"}`, `{"t":"\n\nx"}`, `"- a"`, `{"- a":"? b"}`,
		`[" lead","trail ","1e3","0x1f","~","!x","&a","*b","%c","@d"]`,
		`{"a":"a\n\nb"}`, `{"t":"x\n  y"}`, `["a\n-"]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var want any
		if json.Unmarshal([]byte(in), &want) != nil {
			return
		}
		out, err := FromJSON([]byte(in))
		if err != nil {
			return
		}
		var got any
		if err := sigs.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%q became unreadable YAML: %v\n%s", in, err, out)
		}
		if !reflect.DeepEqual(got, want) && json.Valid([]byte(in)) {
			// duplicate members and numbers beyond float64 differ in ways that say nothing
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(want)
			if string(a) != string(b) {
				t.Errorf("%q: got %s, want %s\n%s", in, a, b, out)
			}
		}
	})
}
