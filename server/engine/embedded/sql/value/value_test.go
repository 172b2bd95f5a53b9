package value

import (
	"math"
	"testing"
)

func TestDoublesPrintAsInJava(t *testing.T) {
	for f, want := range map[float64]string{
		1: "1.0", 0.001: "0.001", 1e-4: "1.0E-4", 1234567: "1234567.0", 12345678: "1.2345678E7", 1e10: "1.0E10",
		-2.5: "-2.5", 0: "0.0", math.Inf(-1): "-Infinity", 1e300: "1.0E300", 1.0 / 3: "0.3333333333333333",
	} {
		if got := JavaFloat(f, 64); got != want {
			t.Errorf("%v: got %s, want %s", f, got, want)
		}
	}
}
