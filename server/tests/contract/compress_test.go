package contract

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"testing"

	"drey/server/servertest"
)

func TestListsAreCompressedForThoseWhoTakeIt(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	for i := range 60 {
		w.Must("POST", servertest.ProdApps, servertest.Application(fmt.Sprint("app-", i), "", ""))
	}
	plain := w.GetWith(servertest.ProdApps + "?size=100").Body.Bytes()
	for _, c := range []struct {
		accepts string
		gzip    bool
	}{
		{"gzip", true},
		{"deflate, GZIP;q=0.5", true},
		{"*", true},
		{"identity", false},
		{"gzip;q=0, *", false},
		{"gzip;q=0", false},
	} {
		rec := w.GetWith(servertest.ProdApps+"?size=100", "Accept-Encoding", c.accepts)
		if got := rec.Header().Get("Content-Encoding") == "gzip"; got != c.gzip {
			t.Errorf("%s: compressed: got %v, want %v", c.accepts, got, c.gzip)
		}
		if !c.gzip {
			continue
		}
		if rec.Body.Len()*5 > len(plain) {
			t.Errorf("%s: %d bytes of %d", c.accepts, rec.Body.Len(), len(plain))
		}
		reader, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(reader); err != nil || !bytes.Equal(text, plain) {
			t.Errorf("%s: another document, %v", c.accepts, err)
		}
		tag := rec.Header().Get("ETag")
		if again := w.GetWith(
			servertest.ProdApps+"?size=100", "Accept-Encoding", c.accepts, "If-None-Match", tag,
		); again.Code != 304 {
			t.Errorf("%s: with its tag: got %d, want 304", c.accepts, again.Code)
		}
		if other := w.GetWith(servertest.ProdApps+"?size=100", "If-None-Match", tag); other.Code != 200 {
			t.Errorf("the tag of the compressed form for the plain one: got %d, want 200", other.Code)
		}
	}
	if small := w.GetWith("environments/prod", "Accept-Encoding", "gzip"); small.Header().Get("Content-Encoding") !=
		"" {
		t.Errorf("%d bytes were compressed", small.Body.Len())
	}
}
