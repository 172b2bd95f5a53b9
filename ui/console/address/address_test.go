package address

import (
	"strings"
	"testing"
)

func TestAddressesAreReadAsTheyAreWritten(t *testing.T) {
	for _, a := range []Address{
		{Context: "prod", Scopes: "environments", Scope: "payments", Tab: "applications", Filter: "state:failed !x", Row: "orders"},
		{Context: "prod", Tab: "applications"},
		{Context: "127.0.0.1:8080", Tab: "sql"},
		{Context: "a b/c", Scopes: "name spaces", Scope: "x/y#z?", Tab: "jobs", Row: "a/b c#d", Filter: "a=b&c"},
		{Context: "prod", Scopes: "environments", Scope: "payments"},
		{Context: "prod"},
	} {
		got, err := Parse(a.String())
		if err != nil || got != a {
			t.Errorf("%s: %+v, %v", a, got, err)
		}
	}
	for text, says := range map[string]string{
		"":                      "want an address such as",
		"http://x/y":            "want an address such as",
		"drey:///applications":  "names no context",
		"drey://a/b/c/d/e":      "too long",
		"drey://a/%zz":          "cannot be read",
		"drey://a/b?filter=%zz": "cannot be read",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
