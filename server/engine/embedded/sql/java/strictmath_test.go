package java

import (
	"math"
	"testing"
)

func TestFunctionsOfNumbersRoundOnce(t *testing.T) {
	for name, c := range map[string]struct{ got, want float64 }{
		"tan 1": {Tan(1), 1.5574077246549023}, "sin 1": {Sin(1), 0.8414709848078965}, "cos 100": {Cos(100), 0.8623188722876839},
		"exp 1": {Exp(1), 2.718281828459045}, "ln 10": {Ln(10), 2.302585092994046}, "log10 1000": {Log10(1000), 3},
		"pow 2 10": {Pow(2, 10), 1024}, "pow 2 0.5": {Pow(2, 0.5), math.Sqrt2}, "cosh 1": {Cosh(1), 1.543080634815244},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
}
