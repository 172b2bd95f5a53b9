package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"drey/client"
	"drey/ui/disk"
	"drey/ui/uitest"
)

// savingLists opens a console that remembers its lists in a state folder; close it
// with the function that comes back.
func savingLists(t *testing.T, folder string, address func(*Options)) (*uitest.Driver, func()) {
	t.Helper()
	texts := disk.NewTexts(folder)
	d := open(t, nil, 140, 40, func(o *Options) {
		o.Lists = texts
		address(o)
	})
	return d, func() {
		d.Model().(*Root).Close()
		if err := texts.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestListsComeBackAsTheyWere sorts, filters and moves in two tabs, ends the
// console and opens it again, on the same server and on another.
func TestListsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	one, two, folder := still(t), still(t), t.TempDir()
	on := func(o *Options) { o.Session = sessionOf(one) }
	d, end := savingLists(t, folder, on)
	d.WaitForText("20 applications")
	d.Press("o", "O", "/")
	d.Type("orders")
	d.Press("enter")
	d.WaitForText("JOB ↓", "3 of 20")
	d.Press("j", "j")
	row := marked(d)
	if row == "backfill-orders staging" {
		t.Fatal("the cursor did not move")
	}
	d.Press("3")
	d.WaitForText("8 statements")
	d.Press("G")
	last := marked(d)
	end()

	d, end = savingLists(t, folder, on)
	d.WaitForText("8 statements", "PHASE ↑") // the tab that was seen last
	d.WaitFor(func(string) bool { return marked(d) == last })
	d.Press("2")
	d.WaitForText("JOB ↓", "3 of 20", "/orders")
	if got := marked(d); got != row {
		t.Errorf("the cursor is on %q, was on %q", got, row)
	}
	t.Run("a second console at the same time", func(t *testing.T) {
		d, end := savingLists(t, folder, on)
		d.WaitForText("20 applications", "STATE ↑")
		d.Press("/")
		d.Type("payments")
		d.Press("enter")
		d.WaitForText("2 of 20")
		end()
	})
	d.Press("esc")
	d.WaitForText("20 applications")
	end()

	d, end = savingLists(t, folder, on)
	d.WaitForText("JOB ↓", "20 applications") // the filter was lifted, the order stayed
	end()
	d, end = savingLists(t, folder, func(o *Options) { o.Session = sessionOf(two) })
	d.WaitForText("STATE ↑", "20 applications")
	end()
}

// TestThePlaceComesBack chooses an environment and a tab, ends the console and
// opens it again; an environment that is asked for wins.
func TestThePlaceComesBack(t *testing.T) {
	t.Parallel()
	c, folder := still(t), t.TempDir()
	on := func(o *Options) { o.Session = sessionOf(c) }
	d, end := savingLists(t, folder, on)
	d.WaitForText("20 applications")
	d.Press("1", "j", "j", "enter")
	d.WaitForText("demo › prod › applications")
	d.Press("4")
	d.WaitForText("demo › prod › pools")
	end()
	d, end = savingLists(t, folder, on)
	d.WaitForText("demo › prod › pools")
	end()
	d, end = savingLists(t, folder, func(o *Options) { o.Session, o.Environment = sessionOf(c), "staging" })
	d.WaitForText("demo › staging › pools")
	end()
}

// TestListsThatCannotBeReadAreShownAsAtFirst opens a console on a damaged text.
func TestListsThatCannotBeReadAreShownAsAtFirst(t *testing.T) {
	t.Parallel()
	folder := newShelf(t, "")
	folder.write(t, "sql/lists.json", `{"servers": {"http`)
	c := still(t)
	d, end := savingLists(t, string(folder), func(o *Options) { o.Session = sessionOf(c) })
	d.WaitForText("STATE ↑", "20 applications")
	d.Press("O")
	d.WaitForText("STATE ↓")
	end()
	if text := folder.read("sql/lists.json"); !strings.Contains(text, `"reverse": true`) {
		t.Errorf("not written again: %s", text)
	}
}

// marked is the name in the row under the cursor.
func marked(d *uitest.Driver) string {
	line := d.Line("▌ ")
	_, rest, _ := strings.Cut(line, "▌ ")
	return strings.Join(strings.Fields(rest)[:min(2, len(strings.Fields(rest)))], " ")
}

// TestRowsDoNotWaitForTheNamesOfEnvironments starts a second time on a server whose
// list of environments does not come: rows of those of the first time are there, and
// what is missing is said. Since then one environment went and one came.
func TestRowsDoNotWaitForTheNamesOfEnvironments(t *testing.T) {
	t.Parallel()
	var held atomic.Bool
	release := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/cmf/api/v1/")
		names := `{"name":"prod"},{"name":"staging"}`
		if held.Load() {
			names = `{"name":"prod"},{"name":"test"}`
		}
		w.Header().Set("Content-Type", "application/json")
		switch {
		case path == "environments":
			if held.Load() {
				select {
				case <-release:
				case <-r.Context().Done():
				}
			}
			_, _ = fmt.Fprintf(w, `{"items":[%s]}`, names)
		case held.Load() && strings.HasPrefix(path, "environments/staging/"):
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"errors":[{"message":"no such environment"}]}`))
		case strings.HasSuffix(path, "/applications"):
			environment := strings.Split(path, "/")[1]
			_, _ = fmt.Fprintf(w, `{"items":[%s]}`, objectOf("applications", environment, "orders-in-"+environment))
		default:
			_, _ = w.Write([]byte(`{"items":[]}`))
		}
	}))
	defer web.Close()
	folder, on := t.TempDir(), func(o *Options) { o.Session = sessionOf(connect(t, web.URL, client.Config{})) }
	d, end := savingLists(t, folder, on)
	d.WaitForText("orders-in-prod", "orders-in-staging", "2 applications")
	d.WaitForText("│   prod", "│   staging") // the pane, whose names are remembered
	end()

	held.Store(true)
	d, end = savingLists(t, folder, on)
	d.WaitForText("orders-in-prod", "still waiting for all others")
	if s := d.Screen(); strings.Contains(s, "not found") || strings.Contains(s, "no such environment") {
		t.Errorf("an environment that is gone is a fault:\n%s", s)
	}
	close(release)
	d.WaitForText("orders-in-prod", "orders-in-test", "2 applications")
	d.WaitFor(func(s string) bool { return !strings.Contains(s, "staging") && !strings.Contains(s, "still waiting") })
	end()
}
