package results_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client/statement"
	"drey/views/results"
	"drey/views/results/rowset"
)

func TestAnExistingFileIsReplacedOnlyWhenAsked(t *testing.T) {
	b := newBench(t, rowset.NewLog(traits(nil, "a VARCHAR"), false))
	b.add(changes("+I new")...)
	path := filepath.Join(b.home, "f.md")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	content := func() string {
		text, _ := os.ReadFile(path)
		return string(text)
	}
	b.press("w", "ctrl+u")
	b.write(path)
	b.press("enter")
	if got := b.screen(); !strings.Contains(got, "this file exists") || content() != "old" {
		t.Fatalf("it was not asked: %s\n%s", content(), got)
	}
	b.press("n")
	if content() != "old" {
		t.Fatal("it was replaced though not wanted")
	}
	b.press("enter", "y")
	if got := content(); got != "| a |\n| --- |\n| new |\n" {
		t.Errorf("got %q", got)
	}
	b.press("w", "ctrl+u")
	b.write("x.exe")
	b.press("enter")
	if got := b.screen(); !strings.Contains(got, "none of .csv") {
		t.Errorf("got\n%s", got)
	}
}

func TestFormatsKeepValuesApart(t *testing.T) {
	five := 5
	cols := []statement.Column{
		{Name: "id", Type: statement.DataType{Type: "BIGINT"}},
		{Name: "a b", Type: statement.DataType{Type: "VARCHAR", Length: &five}},
		{Name: "id", Type: statement.DataType{Type: "MAP", KeyType: &statement.DataType{Type: "VARCHAR"}, ValueType: &statement.DataType{Type: "INTEGER"}}},
		{Name: "r", Type: statement.DataType{Type: "ROW", Fields: []statement.Field{{Name: "x", Type: statement.DataType{Type: "DOUBLE"}}}}},
	}
	row := func(cells ...string) statement.Row {
		r := statement.Row{}
		for _, c := range cells {
			r.Cells = append(r.Cells, json.RawMessage(c))
		}
		return r
	}
	rows := []statement.Row{
		row(`"9007199254740993"`, `"it's \"x\",\n|"`, `[["k","1"]]`, `["NaN"]`), row(`null`, `""`, `null`, `null`),
	}
	for format, want := range map[string]string{
		"csv":    "id,a b,id_2,r\n9007199254740993,\"it's \"\"x\"\",\n|\",{k=1},(NaN)\n,\"\",,\n",
		"ndjson": `{"id":9007199254740993,"a b":"it's \"x\",\n|","id_2":{"k":1},"r":{"x":"NaN"}}` + "\n" + `{"id":null,"a b":"","id_2":null,"r":null}` + "\n",
		"md":     "| id | a b | id_2 | r |\n| ---: | --- | --- | --- |\n| 9007199254740993 | it's \"x\",<br>\\| | {k=1} | (NaN) |\n| NULL |  | NULL | NULL |\n",
		"sql":    "INSERT INTO target_table (id, `a b`, id_2, r) VALUES\n  (9007199254740993, 'it''s \"x\",\n|', MAP['k', 1], ROW(CAST('NaN' AS DOUBLE))),\n  (CAST(NULL AS BIGINT), '', CAST(NULL AS MAP<VARCHAR, INT>), CAST(NULL AS ROW<x DOUBLE>));\n",
	} {
		got, err := results.Written(cols, rows, format)
		if format == "sql" {
			got = strings.ReplaceAll(got, "MAP<STRING", "MAP<VARCHAR")
		}
		if err != nil || got != want {
			t.Errorf("%s: %v\n got %s\nwant %s", format, err, got, want)
		}
	}
	if _, err := results.Written(
		[]statement.Column{{Name: "m", Type: statement.DataType{
			Type: "MULTISET", ElementType: &statement.DataType{Type: "INTEGER"},
		}}},
		[]statement.Row{row(`[["1","2"]]`)}, "sql",
	); err == nil || !strings.Contains(err.Error(), "column m") {
		t.Errorf("got %v, want the column that has no literal", err)
	}
}
