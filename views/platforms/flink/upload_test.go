package flink

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"drey/client/flinkrest"
	"drey/ui/uitest/flinktest"
	"drey/views"
	"drey/views/browse"
	"drey/views/platforms/flink/history"
	"drey/views/resource"
)

// sentJar uploads a file with this content and gives the id of the upload.
func sentJar(t *testing.T, f *fleet, server *flinktest.Server, content string) string {
	t.Helper()
	f.open = func(string) (io.ReadCloser, int64, error) {
		return io.NopCloser(strings.NewReader(content)), int64(len(content)), nil
	}
	env := &views.Env{Now: time.Now}
	if done := newUpload(env, f.Clusters[0], "/home/me/orders.jar", 0).carryOut(t.Context(), f); done.Err != nil {
		t.Fatal(done.Err)
	}
	server.Lock()
	defer server.Unlock()
	return server.Jars[len(server.Jars)-1]
}

// TestAJarIsKnownAgainByItsContent: a job is started again from an upload of the same
// file where the one that it ran from was deleted, and from no other file.
func TestAJarIsKnownAgainByItsContent(t *testing.T) {
	for content, starts := range map[string]bool{"the same": true, "another": false} {
		t.Run(content, func(t *testing.T) {
			server := flinktest.New(t)
			f := fleetOf(t, &texts{}, server.URL)
			first := sentJar(t, f, server, "the same")
			if sent := server.Body("POST /jars/upload"); !bytes.Contains([]byte(sent), []byte("the same")) {
				t.Fatalf("sent %q", sent)
			}
			id, err := f.runJar(t.Context(), f.Clusters[0], first, "orders.jar", history.RunRequest{})
			if err != nil {
				t.Fatal(err)
			}
			kind, ref := browse.Untyped(jobs(f)), views.Ref{Kind: jobsName, UID: id}
			if err := kind.Do(t.Context(), resource.VerbStop, ref, "", func(views.Step) {}); err != nil {
				t.Fatal(err)
			}
			if err := f.Clusters[0].DeleteJar(t.Context(), first); err != nil {
				t.Fatal(err)
			}
			// the same name, and who knows what in it
			server.Change(func(s *flinktest.Server) { s.Jars = []string{"someone_orders.jar"} })
			again := sentJar(t, f, server, content)
			err = kind.Do(t.Context(), resource.VerbStart, ref, "", func(views.Step) {})
			body := server.Body("POST /jars/" + again + "/run")
			switch {
			case starts && (err != nil || !strings.Contains(body, "savepoint-"+id[:6])):
				t.Errorf("got %v, sent %q", err, body)
			case !starts && (err == nil || !strings.Contains(err.Error(), "upload it again") || body != ""):
				t.Errorf("got %v, sent %q", err, body)
			}
			offered := f.startsFrom(
				Jar{Jar: flinkrest.Jar{ID: again, Name: "orders.jar"}}, history.RunRequest{}, time.Now(),
			)
			if starts != (len(offered) == 2) {
				t.Errorf("the jar can be run from %+v", offered)
			}
		})
	}
}
