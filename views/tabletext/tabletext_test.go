package tabletext

import (
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// TestATableIsCopiedWhole reads back what was written, with signs that each form has
// to escape.
func TestATableIsCopiedWhole(t *testing.T) {
	head, rows := []string{"NAME", "TEXT"}, [][]string{{"a", `x|y "z", <b>`}, {"b", "two\nlines"}}
	text, err := Of("CSV", head, rows)
	if err != nil {
		t.Fatal(err)
	}
	back, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if want := append([][]string{head}, rows...); err != nil || !reflect.DeepEqual(back, want) {
		t.Errorf("CSV: got %q, %v", back, err)
	}
	if text, err = Of("JSON", head, rows); err != nil {
		t.Fatal(err)
	}
	var objects []map[string]string
	if err := json.Unmarshal([]byte(text), &objects); err != nil || len(objects) != 2 ||
		objects[0]["text"] != rows[0][1] || objects[1]["text"] != rows[1][1] {
		t.Errorf("JSON: got %v, %v", objects, err)
	}
	want := "| NAME | TEXT |\n| --- | --- |\n| a | x\\|y \"z\", &lt;b> |\n| b | two<br>lines |\n"
	if text, err = Of("Markdown", head, rows); err != nil || text != want {
		t.Errorf("Markdown: got\n%s", text)
	}
}
