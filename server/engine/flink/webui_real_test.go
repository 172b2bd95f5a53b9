//go:build flink

package flink_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"drey/client/cmf"
)

// code asks and gives the status, whatever it is.
func (w *web) code(method, path string) (int, string) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.base+path, nil)
	if err != nil {
		w.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	w.body.Reset()
	if _, err := w.body.ReadFrom(resp.Body); err != nil {
		w.Fatal(err)
	}
	return resp.StatusCode, w.body.String()
}

func TestTheWebUIOfAStatementIsThatOfItsJob(t *testing.T) {
	d := startDrey(t, t.TempDir())
	a := newAPI(t, d.url)
	path := a.post("SELECT * FROM examples.marketplace.clicks")
	a.phase(path, cmf.PhaseRunning)
	ui := path + "/flink-web-ui/"
	if code, page := a.code("GET", ui); code != 200 || !strings.Contains(page, "<title>Apache Flink") {
		t.Errorf("the page: got %d %.200s", code, page)
	}
	var list struct {
		Jobs []struct {
			JID, Name, State string
		}
	}
	a.ask("GET", ui+"jobs/overview", nil, &list)
	if len(list.Jobs) != 1 || list.Jobs[0].State != "RUNNING" {
		t.Fatalf("got the jobs %+v, want the statement's alone", list.Jobs)
	}
	id := list.Jobs[0].JID
	for _, below := range []string{"", "/checkpoints", "/exceptions", "/config", "/plan"} {
		if body := a.ask("GET", ui+"jobs/"+id+below, nil, nil); !json.Valid(body) {
			t.Errorf("%s: got %.200s", below, body)
		}
	}
	for method, refused := range map[string]string{
		"GET": "taskmanagers", "PATCH": "jobs/" + id + "?mode=cancel", "DELETE": "cluster", "POST": "jars/x/run",
	} {
		if code, body := a.code(method, ui+refused); code != 403 || !strings.HasPrefix(body, `{"errors":[{"message"`) {
			t.Errorf("%s %s: got %d %s, want 403", method, refused, code, body)
		}
	}
	all := &web{T: t, base: os.Getenv("DREY_TEST_FLINK_REST")}
	all.ask("GET", "/jobs/"+id, nil, nil) // it is still there
	a.ask("DELETE", path, nil, nil)
}
