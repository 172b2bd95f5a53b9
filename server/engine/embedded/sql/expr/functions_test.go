package expr

import (
	"strings"
	"testing"

	"drey/client/flinksql"
	"drey/server/engine/types"
)

// TestTheEngineAndTheCompletionAgree holds the functions that are computed, and
// their types, against the table that the editor reads.
func TestTheEngineAndTheCompletionAgree(t *testing.T) {
	var names []string
	for name := range builtins {
		names = append(names, name)
	}
	for name := range specials {
		names = append(names, name)
	}
	for name := range aggregates {
		names = append(names, name)
	}
	for _, name := range names {
		if name == "TRANSLATE3" { // what Calcite calls TRANSLATE: Flink takes it, and does not list it
			continue
		}
		if len(flinksql.FunctionsNamed(name)) == 0 && !strings.HasPrefix(name, "$") {
			t.Errorf("%s is not in flinksql.Functions", name)
		}
	}
	for name, f := range builtins {
		for _, listed := range flinksql.FunctionsNamed(name) {
			got := strings.ReplaceAll(strings.TrimSuffix(f.Type(samples(f)).Summary(), " NOT NULL"), "VARCHAR(2147483647)", "STRING")
			if listed.Returns != "" && got != listed.Returns {
				t.Errorf("%s: the table says %s, the engine gives %s", name, listed.Returns, got)
			}
		}
	}
}

// samples are arguments that a function takes.
func samples(f *Builtin) []*X {
	of := map[byte]types.Type{
		't': types.String, 'n': types.Of(types.Double), 'x': types.Dec(10, 2), 'i': types.Of(types.Integer), 'l': types.Of(types.Bigint),
		'b': types.Of(types.Boolean), 'd': {Root: types.Timestamp, P: 3}, 's': {Root: types.Timestamp, P: 3}, 'y': {Root: types.Varbinary, P: types.MaxLength}, 'a': types.String,
	}
	var args []*X
	for i := range f.min() {
		args = append(args, &X{Type: of[f.Args[i]|0x20]})
	}
	return args
}
