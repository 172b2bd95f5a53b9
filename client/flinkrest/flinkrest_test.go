package flinkrest

import (
	"testing"
)

const planning = `org.apache.flink.table.gateway.api.utils.SqlGatewayException: org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.
	at org.apache.flink.X.y(X.java:91)
Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Failed to execute the operation 1.
	... 1 more
Caused by: org.apache.flink.table.api.ValidationException: Unable to create a source for reading table 'a.b.c'.

Table options are:

'connector'='nope'
	... 7 more
Caused by: org.apache.flink.table.api.ValidationException: Could not find any factory for identifier 'nope'
	... 33 more

End of exception on server side>`

const running = `org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.
	at org.apache.flink.X.y(X.java:91)
Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Error while retrieving result.
Caused by: java.lang.RuntimeException: Failed to fetch next result
Caused by: org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy
Caused by: java.lang.ArithmeticException: / by zero`

func TestAPersonReadsTheTellingCause(t *testing.T) {
	c, ok := Telling(planning)
	if want := "Unable to create a source for reading table 'a.b.c'.\n\nTable options are:\n\n" +
		"'connector'='nope'\n\nCaused by: Could not find any factory for identifier 'nope'"; !ok || c.Message != want {
		t.Errorf("planning: got %q, want %q", c.Message, want)
	}
	if c, _ := Telling(running); c.String() != "java.lang.ArithmeticException: / by zero" {
		t.Errorf("running: got %q", c)
	}
	if _, ok := Telling(""); ok {
		t.Error("nothing has a cause")
	}
}

func TestOnlyASessionThatIsGoneIsGone(t *testing.T) {
	for text, want := range map[string]bool{
		"java.lang.RuntimeException: Failed to fetch next result\nCaused by: java.io.FileNotFoundException: File file:/x.csv does not exist": false,
		"org.apache.flink.table.gateway.api.utils.SqlGatewayException: Session '5d2c' does not exist.":                                       true,
		"org.apache.flink.table.api.ValidationException: Table with identifier 'a.b.c' does not exist.":                                      false,
	} {
		if got := SessionGone(&Error{Status: 500, Texts: []string{"Internal server error.", text}}); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestPagesAreCutWithoutDecoding(t *testing.T) {
	var p Page
	err := p.parse([]byte(`{"resultType":"PAYLOAD","isQueryResult":true,"jobID":"0b","resultKind":"SUCCESS_WITH_CONTENT",
		"results":{"columns":[{"name":"a","logicalType":{"type":"VARCHAR","nullable":true,"length":3},"comment":null}],"rowFormat":"JSON",
		"data":[{"kind":"INSERT","fields":["a\"]}",null]},{"kind":"UPDATE_AFTER","fields":[{"x":[1,2]},-1.5e3]}]},"nextResultUri":"/v2/s/result/1?rowFormat=JSON"}`))
	if err != nil || p.Type != "PAYLOAD" || p.JobID != "0b" || !p.IsQuery || p.Columns[0].Name != "a" ||
		string(p.Columns[0].Type) != `{"type":"VARCHAR","nullable":true,"length":3}` || len(p.Rows) != 2 {
		t.Fatalf("got %+v, %v", p, err)
	}
	if p.Rows[1].Op != UpdateAfter {
		t.Errorf("got op %v", p.Rows[1].Op)
	}
	first, ok := Elements(p.Rows[0].Fields)
	second, ok2 := Elements(p.Rows[1].Fields)
	if !ok || !ok2 || len(first) != 2 || string(first[0]) != `"a\"]}"` || string(first[1]) != "null" ||
		string(second[0]) != `{"x":[1,2]}` || string(second[1]) != "-1.5e3" {
		t.Errorf("got %q, %q", first, second)
	}
	for _, broken := range []string{"", "{", `{"a"`, `{"results":{"data":[{"kind":"X"}]}}`, "[1,", "<html>"} {
		if err := p.parse([]byte(broken)); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}

// TestADescriptionIsTextAgain: Flink escapes what a job's code named and breaks lines
// by a tag.
func TestADescriptionIsTextAgain(t *testing.T) {
	for description, want := range map[string]string{
		"Source: a<br/>+- Calc(where=[&lt;b&gt; &amp; &quot;c&quot; &lt;&gt; &#39;d&#39; &#92;])<br/>": "Source: a\n+- Calc(where=[<b> & \"c\" <> 'd' \\])",
		"&lt;script&gt;&amp;lt;": "<script>&lt;",
		"":                       "",
	} {
		if got := (PlanNode{Description: description}).PlainDescription(); got != want {
			t.Errorf("%q: got %q, want %q", description, got, want)
		}
	}
}

// TestARefusalIsReadWhoeverWritesIt: Flink, a server that forwards to it, or a page.
func TestARefusalIsReadWhoeverWritesIt(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":["Internal server error.","<Exception on server side:\norg.apache.flink.X: no\n\tat x"]}`: "no",
		`{"errors":[{"message":"Application 'orders' has no Flink job now"}]}`:                               "Application 'orders' has no Flink job now",
		`{"errors":[{"code":5,"message":"one"},{"message":"two"}]}`:                                          "two",
		`{"message":"suspended"}`: "suspended",
		`{"errors":[]}`:           "Flink answered 503 Service Unavailable",
		`{"errors":[7,null]}`:     "Flink answered 503 Service Unavailable",
		`{"errors":"no"}`:         "Flink answered 503 Service Unavailable",
		`<html>502</html>`:        "Flink answered 503 Service Unavailable",
		``:                        "Flink answered 503 Service Unavailable",
	} {
		if got := Refusal(503, []byte(body)).Error(); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}
