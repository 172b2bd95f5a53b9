package java

import (
	"testing"

	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// hashes are Murmur3 of the bytes of texts, with Flink's seed.
var hashes = []struct {
	text string
	want int32
}{
	{"", 142593372},
	{"a", 1485273170},
	{"ab", -97053317},
	{"abc", 1322437556},
	{"abcd", -396302900},
	{"abcde", 814637928},
	{"hello world", -1528836094},
	{"h\u00e9llo", 1212979866},
	{"\u65e5\u672c", -336983209},
}

func TestHashCodes(t *testing.T) {
	for _, c := range hashes {
		if got := int32(HashCode(types.String, value.Text(c.text))); got != c.want {
			t.Errorf("%q: %d, want %d", c.text, got, c.want)
		}
	}
	for _, c := range []struct {
		of   types.Type
		v    value.Value
		want int32
	}{
		{integer, value.Int(-5), -5},
		{bigint, value.Int(1 << 40), 256},
		{bigint, value.Int(-1), 0},
		{types.Of(types.Boolean), value.Bool(true), 1231},
		{types.Of(types.Boolean), value.Bool(false), 1237},
	} {
		if got := int32(HashCode(c.of, c.v)); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.of, c.v.Text(c.of, nil), got, c.want)
		}
	}
}
