package expr

import (
	"math"
	"testing"

	"drey/client/flinksql"
)

func TestEveryComputedFunctionIsOfferedByTheCompletion(t *testing.T) {
	listed := map[string]bool{}
	for _, f := range flinksql.Functions {
		listed[f.Name] = true
	}
	// Other names of listed functions, and those that Flink does not document.
	for _, name := range []string{"CHARACTER_LENGTH", "CEILING", "SUBSTR", "PI", "STDDEV", "CURRENT_ROW_TIMESTAMP", "MOD", "SHA384", "TYPEOF", "PROCTIME", "HASH_CODE", "JSON", "IS_DECIMAL", "PRINTF", "$DIFFERENCE"} {
		listed[name] = true
	}
	for name := range builtins {
		if !listed[name] {
			t.Errorf("%s is not in flinksql.Functions", name)
		}
	}
	for name := range specials {
		if !listed[name] {
			t.Errorf("%s is not in flinksql.Functions", name)
		}
	}
}

func TestFunctionsOfNumbersRoundOnce(t *testing.T) {
	for name, c := range map[string]struct{ got, want float64 }{
		"tan 1": {tan(1), 1.5574077246549023}, "sin 1": {sin(1), 0.8414709848078965}, "cos 100": {cos(100), 0.8623188722876839},
		"exp 1": {exp(1), 2.718281828459045}, "ln 10": {ln(10), 2.302585092994046}, "log10 1000": {log10(1000), 3},
		"pow 2 10": {pow(2, 10), 1024}, "pow 2 0.5": {pow(2, 0.5), math.Sqrt2}, "cosh 1": {cosh(1), 1.543080634815244},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
}
