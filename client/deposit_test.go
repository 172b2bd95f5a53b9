package client_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client"
	"drey/client/fault"
)

// TestADepositStaysWhereItWasAddressed follows no redirect, goes nowhere in plain text
// where the server's own address does not, and nowhere at all while read-only.
func TestADepositStaysWhereItWasAddressed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the redirect was followed")
	}))
	t.Cleanup(elsewhere.Close)
	asked := 0
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Header.Get("Authorization") != "" || r.Header.Get("X-Own") != "" {
			t.Errorf("the host hears of %v", r.Header)
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(store.Close)
	for _, c := range []struct {
		url, address, want string
		readOnly           bool
		asked              int
	}{
		{"http://127.0.0.1:1", store.URL + "/?signature=abc", "307", false, 1},
		{"https://api.example", store.URL + "/?signature=abc", "in plain text", false, 1},
		{"http://127.0.0.1:1", store.URL + "/?signature=abc", "read-only", true, 1},
		{"http://127.0.0.1:1", "store", "gave no address", false, 1},
	} {
		api, err := client.New(client.Config{
			URL: c.url, ReadOnly: c.readOnly,
			Auth:    client.Basic("k", func(context.Context, bool) (string, error) { return "s", nil }),
			Headers: map[string]string{"X-Own": "1"},
		})
		if err != nil {
			t.Fatal(err)
		}
		err = api.Deposit(t.Context(), client.Deposit{
			Address: c.address, ContentType: "text/plain", Length: 1, Content: strings.NewReader("x"),
		})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "signature") ||
			c.readOnly != fault.Is(err, fault.ReadOnly) || asked != c.asked {
			t.Errorf("%s to %s: %v, asked %d times", c.url, c.address, err, asked)
		}
		for _, call := range api.Calls().All() {
			if strings.Contains(call.URL, "signature") {
				t.Errorf("the log has %s", call.URL)
			}
		}
		api.Close()
	}
}
