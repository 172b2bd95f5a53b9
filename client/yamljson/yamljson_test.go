package yamljson

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func parsed(t testing.TB, text string) *yaml.Node {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Skip(err)
	}
	return &node
}

func TestJSONComesBackFromYAMLAsItWas(t *testing.T) {
	for _, doc := range []string{
		`{"b":1,"a":[1.50,1E+2,-0.0,9007199254740993,true,null,[],{}]}`,
		`{"s":["yes","007","a b","# no","<&>","","x: y","- z","null","~","1.0","two\nlines","tab\t\n","\u0007","é"]}`,
		`[]`, `"text"`, `12`, `null`,
	} {
		text, err := YAML([]byte(doc))
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		got, err := Limits{}.JSON(t.Context(), parsed(t, string(text)))
		var want, same any
		if err != nil || json.Unmarshal([]byte(doc), &want) != nil || json.Unmarshal(got, &same) != nil {
			t.Fatalf("%s: got %s, %v", doc, got, err)
		}
		// numbers to the letter
		if !reflect.DeepEqual(same, want) || !strings.Contains(doc, `"s"`) && string(got) != doc {
			t.Errorf("got %s, want %s by way of %s", got, doc, text)
		}
	}
}

func TestWhatIsBeyondTheLimitsIsRefused(t *testing.T) {
	limits := Limits{MaxDepth: 3, MaxAliased: 4, MaxSize: 100}
	if got, err := limits.JSON(t.Context(), parsed(t, "a: &x {n: 0x10}\nb: *x\nc: {<<: *x, m: 1_000}")); err != nil ||
		string(got) != `{"a":{"n":16},"b":{"n":16},"c":{"m":1000,"n":16}}` {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := limits.JSON(t.Context(), parsed(t, "[[[[[1]]]]]")); !errors.Is(err, ErrDepth) {
		t.Errorf("got %v, want that it is too deep", err)
	}
	var wrong *Error
	if _, err := limits.JSON(t.Context(), parsed(t, "- &x [1,2,3]\n- *x\n- *x")); !errors.As(err, &wrong) {
		t.Errorf("got %v, want that aliases stand for too much", err)
	}
	if _, err := (Limits{}).JSON(t.Context(), parsed(t, "- &x 1\n- *x")); !errors.Is(err, ErrAliases) {
		t.Errorf("got %v, want that aliases are refused", err)
	}
	for _, text := range []string{"a: 1\na: 2", "[a]: 1", "<<: 1", ".inf"} {
		if _, err := limits.JSON(t.Context(), parsed(t, text)); !errors.As(err, &wrong) {
			t.Errorf("%s: got %v, want a refusal", text, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := limits.JSON(ended, parsed(t, "a: 1")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after the client left", err)
	}
}
