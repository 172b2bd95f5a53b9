package cmf

import (
	"encoding/json"
	"testing"
)

func TestUnknownFieldsSurviveReadEditWrite(t *testing.T) {
	const in = `{"apiVersion":"cmf.confluent.io/v1","kind":"Statement","metadata":{"name":"s1","owner":{"team":"x"}},` +
		`"spec":{"statement":"SELECT 1 < 2","computePoolName":"p","stopped":false,"later":9007199254740993},"novel":[1,2]}`
	var s Statement
	if err := json.Unmarshal([]byte(in), &s); err != nil {
		t.Fatal(err)
	}
	s.Spec.Stopped = true
	out, err := marshalPlain(s)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"apiVersion":"cmf.confluent.io/v1","kind":"Statement","metadata":{"name":"s1","owner":{"team":"x"}},` +
		`"spec":{"statement":"SELECT 1 < 2","computePoolName":"p","stopped":true,"later":9007199254740993},"novel":[1,2]}`
	if string(out) != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
}

func TestObjectReadsPathsAndKeepsNumbersAsWritten(t *testing.T) {
	var app FlinkApplication
	const in = `{"metadata":{"name":"a\u0062c"},"spec":{"job":{"parallelism":4,"state":"suspended"},` +
		`"n":9007199254740993,"x":"\"}{"},"status":null}`
	if err := json.Unmarshal([]byte(in), &app); err != nil {
		t.Fatal(err)
	}
	if got := app.Name(); got != "abc" {
		t.Errorf("name: got %q, want abc", got)
	}
	if got := app.Parallelism(); got != 4 {
		t.Errorf("parallelism: got %d, want 4", got)
	}
	if got := app.JobState(); got != "" {
		t.Errorf("job state of an absent status: got %q, want empty", got)
	}
	edited := app.Spec.With("running", "job", "state")
	if got := edited.String("job", "state"); got != "running" {
		t.Errorf("edited state: got %q", got)
	}
	if got := edited.String("n"); got != "9007199254740993" {
		t.Errorf("number: got %s, want it as written", got)
	}
	if got := edited.String("x"); got != `"}{` {
		t.Errorf("string with braces: got %q", got)
	}
}

func TestObjectRefusesWhatIsNoObject(t *testing.T) {
	var app FlinkApplication
	if err := json.Unmarshal([]byte(`{"spec":"text"}`), &app); err == nil {
		t.Error("a string as spec was taken")
	}
}

func FuzzObjectPathsAgreeWithEncodingJSON(f *testing.F) {
	f.Add(`{"a":{"b":"c"}}`)
	f.Add(`{"a" : {"\u0062":[1,{"b":2}],"b":"x\"y"}, "z":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var o Object
		if json.Unmarshal([]byte(text), &o) != nil {
			return
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(o, &want) != nil {
			return
		}
		for name, value := range want {
			if got := o.Get(name); string(got) != string(value) {
				t.Errorf("member %q: got %s, want %s", name, got, value)
			}
		}
	})
}

func TestKindPathsAreEscaped(t *testing.T) {
	got := Events.ItemPath(Scope{Environment: "a/b", Parent: "c d"}, "..%2f")
	const want = "/cmf/api/v1alpha1/environments/a%2Fb/applications/c%20d/events/..%252f"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
