package cmf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

var listFields = []string{
	"metadata.name", "metadata.uid", "metadata.labels", "spec.job.state", "spec.flinkVersion",
	"status.jobStatus.savepointInfo.lastSavepoint", "status.lifecycleState",
}

const wholeApplication = `{"apiVersion":"cmf.confluent.io/v1","kind":"FlinkApplication","more":{"a":1},
	"metadata":{"name":"orders","uid":"u-%d","annotations":{"name":"x"},"labels":{"team":"a","tier":"b"}},
	"spec":{"image":"i","flinkVersion":"v1_20","job":{"jarURI":"j","state":"running","args":["a","b"]},
		"flinkConfiguration":{"state.dir":"s3://%s"}},
	"status":{"lifecycleState":"STABLE","jobStatus":{"state":"RUNNING","savepointInfo":{"lastSavepoint":{"location":"l"},"history":[1]}}}}`

func application(t *testing.T, text string) FlinkApplication {
	t.Helper()
	var a FlinkApplication
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestOfAListOnlyWhatIsWantedIsHeld(t *testing.T) {
	trim := NewTrim(listFields)
	long := strings.Repeat("x", 10_000)
	a := application(t, fmt.Sprintf(wholeApplication, 1, long))
	a.Trim(trim)
	for _, part := range []struct {
		is   Object
		want string
	}{
		{a.Metadata, `{"name":"orders","uid":"u-1","labels":{"team":"a","tier":"b"}}`},
		{a.Spec, `{"flinkVersion":"v1_20","job":{"state":"running"}}`},
		{a.Status, `{"lifecycleState":"STABLE","jobStatus":{"savepointInfo":{"lastSavepoint":{"location":"l"}}}}`},
	} {
		if string(part.is) != part.want || cap(part.is) > 2*len(part.want) {
			t.Errorf("got %s of %d bytes, want %s", part.is, cap(part.is), part.want)
		}
	}
	if len(a.Extra) != 0 || a.Kind != "FlinkApplication" {
		t.Errorf("got %v %s", a.Extra, a.Kind)
	}
	b := application(t, fmt.Sprintf(wholeApplication, 2, long))
	b.Trim(trim)
	if &a.Spec[0] != &b.Spec[0] {
		t.Error("two applications of the same specification have two of it")
	}
}

func TestATrimmedApplicationTellsThatItWasChanged(t *testing.T) {
	trim := NewTrim(listFields)
	sums := map[uint64]bool{}
	for _, dir := range []string{"a", "b", "a"} {
		a := application(t, fmt.Sprintf(wholeApplication, 1, dir))
		a.Trim(trim)
		sums[a.Sum] = true
	}
	if len(sums) != 2 {
		t.Errorf("two applications have %d sums", len(sums))
	}
	for _, text := range []string{`{}`, `{"metadata":null,"spec":{},"status":{"jobStatus":[1]}}`} {
		a := application(t, text)
		a.Trim(trim)
		if len(a.Metadata) > 0 || len(a.Spec) > 2 || len(a.Status) > 2 {
			t.Errorf("%s: got %s %s %s", text, a.Metadata, a.Spec, a.Status)
		}
	}
}

func FuzzTrimKeepsWhatIsWanted(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"c":[1,{"d":2}],"e":3},"x":{"b":4}}`))
	f.Add([]byte(` { "\u0061" : { } , "b" : { "c" : "\\\"" , "c" : 2 } } `))
	f.Fuzz(func(t *testing.T, data []byte) {
		var o Object
		if json.Unmarshal(data, &o) != nil || len(o) == 0 {
			return
		}
		trim := NewTrim([]string{"spec.a", "spec.b.c"})
		got := trim.of("spec", o)
		if !json.Valid(got) {
			t.Fatalf("%s: got %s", data, got)
		}
		if !bytes.Equal(got.Get("a"), o.Get("a")) || !bytes.Equal(got.Get("b", "c"), o.Get("b", "c")) {
			t.Errorf("%s: got %s", data, got)
		}
		if got.Get("x") != nil || got.Get("b", "e") != nil && o.Get("b", "e") == nil {
			t.Errorf("%s: got %s", data, got)
		}
	})
}
