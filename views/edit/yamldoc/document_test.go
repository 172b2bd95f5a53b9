package yamldoc

import (
	"encoding/json"
	"testing"

	"drey/views/diff"
)

// FuzzATextOfAnObjectReadsAsThatObject wants what is written of an object to be read as
// it, whatever strings, numbers and names are in it.
func FuzzATextOfAnObjectReadsAsThatObject(f *testing.F) {
	for _, doc := range []string{
		`{"a":"yes","b":"0777","c":"1e400","d":1e400,"e":-0.0,"f":123456789012345678901234567890}`,
		`{"a":"x\n\ty\n","b":" lead","c":"a: b","d":"# no","e":"","f":"\r\n","g":"\u0000","h":"\ufeff"}`,
		`{"<<":{"a":1},"? ":[{"name":"x"},[],{},null,[[1]]],"null":null,"~":true,"- a":"- b","=":"="}`,
		`{"multi":"a\n\n\n","trail":"a \nb","tab":"\ta","key\nline":{"2020-01-01":"2020-01-01","12:30":"12:30"}}`,
	} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		want, err := diff.Parse([]byte(doc))
		if _, isObject := want.(map[string]any); err != nil || !isObject {
			return
		}
		raw, err := json.Marshal(want) // without members that stand twice
		if err != nil {
			return
		}
		text, err := Render(raw, nil)
		if err != nil {
			return // it is nested too deep
		}
		got := Read(t.Context(), text, nil)
		if Errors(got.Problems) > 0 || !diff.Equal(got.Value, want) {
			t.Errorf("of %s\n%s\nis read %v %v", raw, text, got.Value, got.Problems)
		}
	})
}
