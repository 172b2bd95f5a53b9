package corpus

import (
	"encoding/json"
	"testing"
)

// caseOf reads a case as a file has it.
func caseOf(t *testing.T, text string) Case {
	t.Helper()
	var c Case
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// rowsOf reads rows as a file has them.
func rowsOf(t *testing.T, text string) []Row {
	t.Helper()
	var rows []Row
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRowsAreEqualWhereFlinkPromisesTheSame(t *testing.T) {
	for _, c := range []struct {
		name, recorded, rows string
		form                 Form
		want                 Verdict
	}{
		{
			name:     "the same rows",
			recorded: `{"mode":"batch","columns":[{"name":"a"}],"rows":[{"op":"+I","row":["1"]},{"op":"+I","row":["2"]}]}`,
			rows:     `[{"op":"+I","row":["1"]},{"op":"+I","row":["2"]}]`,
			want:     Exact,
		},
		{
			name:     "another order in batch mode",
			recorded: `{"mode":"batch","columns":[{"name":"a"}],"rows":[{"op":"+I","row":["1"]},{"op":"+I","row":["2"]}]}`,
			rows:     `[{"op":"+I","row":["2"]},{"op":"+I","row":["1"]}]`,
			want:     Different,
		},
		{
			name: "another order where none is promised",
			recorded: `{"mode":"batch","unordered":true,"columns":[{"name":"a"}],
				"rows":[{"op":"+I","row":["1"]},{"op":"+I","row":["2"]}]}`,
			rows: `[{"op":"+I","row":["2"]},{"op":"+I","row":["1"]}]`,
			want: Equal,
		},
		{
			name: "other changes that leave the same",
			recorded: `{"mode":"streaming","columns":[{"name":"n"}],
				"rows":[{"op":"+I","row":["1"]},{"op":"-U","row":["1"]},{"op":"+U","row":["2"]}]}`,
			rows: `[{"op":"+I","row":["2"]}]`,
			want: Equal,
		},
		{
			name:     "a row is twice",
			recorded: `{"mode":"streaming","columns":[{"name":"n"}],"rows":[{"op":"+I","row":["1"]}]}`,
			rows:     `[{"op":"+I","row":["1"]},{"op":"+I","row":["1"]}]`,
			want:     Different,
		},
		{
			name:     "a row is taken back that never came",
			recorded: `{"mode":"streaming","columns":[{"name":"n"}],"rows":[{"op":"+I","row":["1"]}]}`,
			rows:     `[{"op":"+I","row":["1"]},{"op":"-D","row":["2"]}]`,
			want:     Different,
		},
		{
			name: "a row replaces that of its key",
			recorded: `{"mode":"streaming","upsert_key":["k"],"columns":[{"name":"k"},{"name":"n"}],
				"rows":[{"op":"+U","row":["a","1"]},{"op":"+U","row":["a","2"]}]}`,
			rows: `[{"op":"+U","row":["a","2"]}]`,
			want: Equal,
		},
		{
			name:     "NULL is no text",
			recorded: `{"mode":"batch","columns":[{"name":"a"}],"rows":[{"op":"+I","row":[null]}]}`,
			rows:     `[{"op":"+I","row":["NULL"]}]`,
			want:     Different,
		},
		{
			name:     "a text with the sign between two values",
			recorded: `{"mode":"batch","columns":[{"name":"a"},{"name":"b"}],"rows":[{"op":"+I","row":["x\", \"y","z"]}]}`,
			rows:     `[{"op":"+I","row":["x","y\", \"z"]}]`,
			want:     Different,
		},
		{
			name:     "plain text has digits that JSON loses",
			recorded: `{"mode":"batch","columns":[{"name":"d"}],"rows":[{"op":"+I","row":["3.5"],"plain":["3.50"]}]}`,
			rows:     `[{"op":"+I","row":["3.50"]}]`,
			want:     Exact,
		},
		{
			name:     "other values of which as many come",
			recorded: `{"mode":"batch","volatile":true,"columns":[{"name":"a"}],"rows":[{"op":"+I","row":["0.1"]}]}`,
			rows:     `[{"op":"+I","row":["0.7"]}]`,
			want:     Equal,
		},
		{
			name:     "fewer values than come each time",
			recorded: `{"mode":"batch","volatile":true,"columns":[{"name":"a"}],"rows":[{"op":"+I","row":["0.1"]}]}`,
			rows:     `[]`,
			want:     Different,
		},
		{
			name:     "an engine that writes booleans as JSON does",
			recorded: `{"mode":"batch","columns":[{"name":"a","type":"BOOLEAN"}],"rows":[{"op":"+I","row":["TRUE"]}]}`,
			rows:     `[{"op":"+I","row":["true"]}]`,
			form:     Form{LowerBooleans: true},
			want:     Exact,
		},
		{
			name: "beside a hidden column the others are compared",
			recorded: `{"mode":"batch","columns":[{"name":"a","type":"ARRAY<INT>"},{"name":"b","type":"INT"}],
				"rows":[{"op":"+I","row":["[1]","1"]}]}`,
			rows: `[{"op":"+I","row":["1","2"]}]`,
			form: Form{Hidden: IsNested},
			want: Different,
		},
	} {
		if got, detail := c.form.compare(caseOf(t, c.recorded), rowsOf(t, c.rows)); got != c.want {
			t.Errorf("%s: got %s, want %s: %s", c.name, got, c.want, detail)
		}
	}
}

func TestErrorsAreComparedByWhatAPersonReads(t *testing.T) {
	const want = "No column 'b' in collect$1\n\nCaused by: a stack"
	if !SameHead("No column 'b' in collect$27", want) {
		t.Error("the number of a result and the cause made a difference")
	}
	if SameHead("No column 'c' in collect$1", want) {
		t.Error("another column is the same error")
	}
	if !HasHead("SQL validation failed: No column 'b' in collect$2 (at line 1, column 8)", want) {
		t.Error("the API's words around an error made a difference")
	}
}

func TestACaseIsJudgedByItsFirstFailure(t *testing.T) {
	one := "1"
	rows := []Row{{Op: "+I", Cells: []*string{&one}}}
	for _, c := range []struct {
		name, recorded string
		got            played
		want           Verdict
	}{
		{
			name:     "set-up that is not supported",
			recorded: `{"setup":["CREATE TABLE t"],"query":"SELECT 1"}`,
			got:      played{setUp: "CREATE TABLE t", Answer: Answer{Error: "not supported"}},
			want:     SetUpRefused,
		},
		{
			name:     "set-up that fails",
			recorded: `{"setup":["CREATE TABLE t"],"query":"SELECT 1","error":{"message":"no such table"}}`,
			got:      played{setUp: "CREATE TABLE t", Answer: Answer{Error: "no such table"}},
			want:     Different,
		},
		{
			name:     "the error that was wanted",
			recorded: `{"query":"SELECT 1","error":{"message":"no such table"}}`,
			got:      played{Answer: Answer{Error: "no such table"}},
			want:     Exact,
		},
		{
			name:     "another error",
			recorded: `{"query":"SELECT 1","error":{"message":"no such table"}}`,
			got:      played{Answer: Answer{Error: "no such column"}},
			want:     OtherMessage,
		},
		{
			name:     "rows instead of an error",
			recorded: `{"query":"SELECT 1","error":{"message":"no such table"}}`,
			got:      played{Answer: Answer{Rows: rows}},
			want:     Different,
		},
		{
			name:     "another column",
			recorded: `{"query":"SELECT 1","columns":[{"name":"a","type":"INT"}],"rows":[{"op":"+I","row":["1"]}]}`,
			got:      played{Answer: Answer{Rows: rows, Columns: []Column{{Name: "b"}}}},
			want:     Different,
		},
		{
			name:     "another type",
			recorded: `{"query":"SELECT 1","columns":[{"name":"a","type":"INT"}],"rows":[{"op":"+I","row":["1"]}]}`,
			got:      played{Answer: Answer{Rows: rows, Columns: []Column{{Name: "a", Type: "BIGINT"}}}},
			want:     Different,
		},
		{
			name:     "a type that is not told",
			recorded: `{"query":"SELECT 1","columns":[{"name":"a","type":"INT"}],"rows":[{"op":"+I","row":["1"]}]}`,
			got:      played{Answer: Answer{Rows: rows, Columns: []Column{{Name: "a"}}}},
			want:     Exact,
		},
	} {
		r := Runner{Refused: func(message string) bool { return message == "not supported" }}
		if got, detail := r.compare(caseOf(t, c.recorded), c.got); got != c.want {
			t.Errorf("%s: got %s, want %s: %s", c.name, got, c.want, detail)
		}
	}
}

func TestWhatASessionKeepsGoesWithEachStatement(t *testing.T) {
	s := Statement{Configuration: map[string]string{}, Properties: map[string]string{}}
	for text, want := range map[string]bool{
		"SET 'b' = '2'": true, "USE CATALOG c": true, "USE d": true, "SET": false, "USE MODULES core": false,
		"CREATE TABLE t (x INT)": false,
	} {
		if got := s.set(text); got != want {
			t.Errorf("%s: kept %v, want %v", text, got, want)
		}
	}
	if s.Configuration["b"] != "2" || s.Properties["sql.current-catalog"] != "c" ||
		s.Properties["sql.current-database"] != "d" {
		t.Errorf("got %+v", s)
	}
}
