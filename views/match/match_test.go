package match

import "testing"

// TestLettersInOrderAndNotTooFarApartMatch with what people type for names.
func TestLettersInOrderAndNotTooFarApartMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "orders", false},
		{"orders", "orders", true},
		{"ord", "orders-enriched", true},
		{"oenr", "orders-enriched", true},
		{"kcrlm", "kafkaconsumer.records-lag-max", true},
		{"redro", "orders", false},
		{"orderss", "orders", false},
		{"x", "orders", false},
		{"éo", "été-orders", true},
		{"\xff", "orders", false},
		{"orders", "", false},
	} {
		if got := Fuzzy(c.pattern, c.text); got != c.want {
			t.Errorf("%q in %.30q: %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
}
