package client

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestAPostWithoutABodySaysThatItsLengthIsZero is for proxies that answer 411
// to a request in chunks.
func TestAPostWithoutABodySaysThatItsLengthIsZero(t *testing.T) {
	var lengths []string
	var chunked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lengths, chunked = append(lengths, r.Header.Get("Content-Length")), r.TransferEncoding
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	c, err := New(Config{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Do(t.Context(), Request{Method: http.MethodPost, Path: "/suspend"}); err != nil {
		t.Fatal(err)
	}
	if len(lengths) != 1 || lengths[0] != "0" || len(chunked) != 0 {
		t.Errorf("got Content-Length %q and Transfer-Encoding %q, want 0 and none", lengths, chunked)
	}
}

func TestAnAddressWithoutASchemeIsHTTP(t *testing.T) {
	for raw, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080", "localhost:8080/cmf/api/v1": "http://localhost:8080",
		"cmf.example": "http://cmf.example",
		"[::1]:80/x/": "http://[::1]:80/x", "https://cmf.example/flink/": "https://cmf.example/flink",
	} {
		if got, err := ParseURL(raw); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{"", "ftp://x", "http://", "://x", "a b", "http://u:p@x"} {
		if got, err := ParseURL(raw); err == nil {
			t.Errorf("%q: got %q, want an error", raw, got)
		}
	}
}
