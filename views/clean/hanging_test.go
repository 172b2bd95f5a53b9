package clean

import (
	"slices"
	"testing"
)

// TestALongKeyIsNotBrokenFromItsIndentation wraps lines of YAML.
func TestALongKeyIsNotBrokenFromItsIndentation(t *testing.T) {
	for line, want := range map[string][]string{
		"    execution.checkpointing.interval: 60 s":               {"    execution.checkpointing.interval:", "      60 s"},
		"    \x1b[1mexecution.checkpointing.interval:\x1b[0m 60 s": {"    execution.checkpointing.interval:", "      60 s"},
		"  short: 1": {"  short: 1"},
		"      \x1b[2mwhich caused RuntimeException: no row\x1b[0m": {
			"      which caused RuntimeException:", "        no row",
		},
		"    at io.acme.payments.deserializer.PaymentDeserializer.read(Payments.java:61)": {
			"    at io.acme.payments.deserializer.", "      PaymentDeserializer.read(Payments.",
			"      java:61)",
		},
	} {
		var got []string
		for _, part := range WrapHanging(line, 40) {
			got = append(got, Plain(part))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// TestALineOfColumnsGoesOnBelowItsLastOne unless that begins too far to the right.
func TestALineOfColumnsGoesOnBelowItsLastOne(t *testing.T) {
	for line, want := range map[string][]string{
		"18:30:08  x  exception   it is not found; error code: 404": {
			"18:30:08  x  exception   it is not found; error",
			"                         code: 404",
		},
		"cause       \x1b[31mit is not found; error code: 404 and more\x1b[0m": {
			"cause       it is not found; error code: 404 and",
			"            more",
		},
		"   at one.two.Three  and a text that is long enough": {
			"   at one.two.Three  and a text that is long",
			"                     enough",
		},
		"a text without any columns that is longer than one line": {
			"a text without any columns that is longer than",
			"  one line",
		},
		"a name that goes on beyond the half of it  and then a column": {
			"a name that goes on beyond the half of it  and",
			"  then a column",
		},
	} {
		var got []string
		for _, part := range WrapColumns(line, 50) {
			got = append(got, Plain(part))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q:\n%q, want\n%q", line, got, want)
		}
	}
}
