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

// TestLettersAreFoundHoweverFarApart in long names, those that are closest together first.
func TestLettersAreFoundHoweverFarApart(t *testing.T) {
	const long = "customer-lifetime-value-enrichment-of-the-european-region-v2"
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"clv2", long, true},
		{"cerv2", long, true},
		{"customerv2", long, true},
		{"c2", long, true},
		{"2c", long, false},
		{"x", "", false},
		{"éo", "été-orders", true},
	} {
		if _, got := Letters(c.pattern, c.text); got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
	near, _ := Letters("ord", "orders")
	words, _ := Letters("ord", "old-risk-data")
	far, _ := Letters("ord", "x-over-the-river-and-beyond")
	if min(near, words) <= far {
		t.Errorf("%d for the beginning, %d for words, %d for letters that are far apart", near, words, far)
	}
}

func TestAWordFitsBetterWhereATextBeginsWithIt(t *testing.T) {
	for text, want := range map[string]int{
		"orders": Whole, "orders-late": Begins, "late-orders": BeginsWord, "reorders": Holds, "é.orders": BeginsWord,
	} {
		if got, ok := Word("orders", text); got != want || !ok {
			t.Errorf("%s: %d, %v, want %d", text, got, ok, want)
		}
	}
	if _, ok := Word("orders", "clicks"); ok {
		t.Error("a text fits a word that is not in it")
	}
}
