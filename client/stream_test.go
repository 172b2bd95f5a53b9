package client_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client"
	"drey/client/fault"
)

// TestAStreamIsNotHeldInMemory sends and reads more than Do would, with the length
// that proxies want to know before.
func TestAStreamIsNotHeldInMemory(t *testing.T) {
	const size = 20 << 20
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if n != size || err != nil || r.ContentLength != size || len(r.TransferEncoding) > 0 {
			t.Errorf("got %d of %d bytes, %v", n, r.ContentLength, err)
		}
		_, _ = io.CopyN(w, zeros{}, size)
	}))
	defer web.Close()
	c, err := client.New(client.Config{URL: web.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	status, body, err := c.Stream(t.Context(), client.Exchange{
		Method: "POST", Path: "/x", ContentType: "application/java-archive", Length: size,
		Content: io.LimitReader(zeros{}, size),
	})
	if err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	n, err := io.Copy(io.Discard, body)
	if err := errors.Join(err, body.Close()); err != nil || n != size {
		t.Errorf("got %d bytes, %v", n, err)
	}
	if calls := c.Calls().Snapshot(); len(calls) != 1 || calls[0].Bytes != size || calls[0].Status != 200 ||
		len(calls[0].RequestBody) != 0 {
		t.Errorf("the log of calls has %+v", calls)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// TestWhatAStreamIsRefusedWith tells the API's own error from a proxy's page.
func TestWhatAStreamIsRefusedWith(t *testing.T) {
	own := errors.New("an error of the API")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/own":
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "own")
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html><title>Sign in</title></html>")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer web.Close()
	c, err := client.New(client.Config{URL: web.URL, Dialect: client.Dialect{Product: "a robot"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send := func(path string) error {
		_, _, err := c.Stream(
			t.Context(),
			client.Exchange{Method: "GET", Path: path, Refusal: func(_ int, body []byte) (string, fault.Kind, error) {
				if string(body) == "own" {
					return "in words", fault.NotFound, own
				}
				return "", fault.None, nil
			}},
		)
		return err
	}
	if err := send("/own"); !errors.Is(err, own) || !fault.Is(err, fault.NotFound) || err.Error() != "in words (500)" {
		t.Errorf("got %v", err)
	}
	if err := send("/page"); err == nil || !strings.Contains(err.Error(), "Sign in; is this the address of a robot?") {
		t.Errorf("got %v", err)
	}
	if err := send("/nothing"); !fault.Is(err, fault.Unsupported) {
		t.Errorf("got %v", err)
	}
	web.Close()
	if err := send("/own"); !fault.Is(err, fault.Offline) {
		t.Errorf("got %v", err)
	}
}
