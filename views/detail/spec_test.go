package detail

import (
	"strings"
	"testing"

	"drey/themes"
	"drey/views/diff"
)

// TestASpecificationSaysWhatCameFromElsewhere marks what the environment sets, leaves
// what a person wrote, and masks secrets.
func TestASpecificationSaysWhatCameFromElsewhere(t *testing.T) {
	theme, _ := themes.New(themes.Options{})
	own := map[string]any{
		"job":                map[string]any{"parallelism": 2.0},
		"flinkConfiguration": map[string]any{"a": "mine", "s3.secret-key": "hunter2"},
	}
	origin := map[string]any{"flinkConfiguration": map[string]any{"a": "theirs", "b": "set"}}
	effective := map[string]any{
		"job": own["job"], "args": []any{"x", "y"}, "env": []any{map[string]any{"name": "N", "value": "V"}},
		"text":               "one\ntwo",
		"flinkConfiguration": map[string]any{"a": "theirs", "b": "set", "s3.secret-key": "hunter2"},
	}
	var d Document
	d.Specification(theme, Spec{
		Effective: effective, Own: own, Origin: origin, From: "environment prod",
		Remark: func(path diff.Path, value any) string {
			if path.String() == "job.parallelism" && value == 2.0 {
				return "a pair"
			}
			return ""
		},
	})
	want := `  args: ["x","y"]
  env:
    -
      name: N
      value: V
  flinkConfiguration:
    a: theirs  → environment prod
    b: set  → environment prod
    s3.secret-key: *****
  job:
    parallelism: 2  → a pair
  text: |
    one
    two`
	if got := strings.Join(d.Plain, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
