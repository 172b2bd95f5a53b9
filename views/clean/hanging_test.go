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
