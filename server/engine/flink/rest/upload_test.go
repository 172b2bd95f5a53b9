package rest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"drey/client/flinkrest"
)

// TestAJarIsOnePartOfAForm sends a jar; Flink wants one part with a name that
// ends in .jar, and proxies want to know the length before.
func TestAJarIsOnePartOfAForm(t *testing.T) {
	jar := strings.Repeat("jar\r\n--", 100_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength < int64(len(jar)) || len(r.TransferEncoding) > 0 {
			t.Errorf("got a length of %d, %v", r.ContentLength, r.TransferEncoding)
		}
		parts, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		part, err := parts.NextPart()
		if err != nil {
			t.Error(err)
			return
		}
		got, err := io.ReadAll(part)
		if err != nil || string(got) != jar || part.FileName() != "a b.jar" ||
			part.Header.Get("Content-Type") != "application/x-java-archive" {
			t.Errorf("got %d bytes of %q, %v, %v", len(got), part.FileName(), part.Header, err)
		}
		if _, err := parts.NextPart(); err != io.EOF {
			t.Errorf("got a second part: %v", err)
		}
		_, _ = io.WriteString(w, `{"filename":"/tmp/flink-web-upload/6f_a b.jar","status":"success"}`)
	}))
	defer server.Close()
	c, err := New("Flink's JobManager", Endpoint{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	id, err := flinkrest.JobManager{Transport: c}.UploadJar(
		t.Context(), "a b.jar", strings.NewReader(jar), int64(len(jar)),
	)
	if err != nil || id != "6f_a b.jar" {
		t.Errorf("got %q, %v", id, err)
	}
}
