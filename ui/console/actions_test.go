package console

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client"
	"drey/keymap"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/dialog"
	"drey/views/sql"
)

// witness stands before a server and writes down every request but GET.
type witness struct {
	mu   sync.Mutex
	seen []string // "METHOD path body"
}

func watched(t *testing.T, to *client.Client) (*client.Client, *witness) {
	t.Helper()
	target, err := url.Parse(to.URL())
	if err != nil {
		t.Fatal(err)
	}
	w, proxy := &witness{}, httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	web := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			w.mu.Lock()
			w.seen = append(w.seen, r.Method+" "+r.URL.Path+" "+string(body))
			w.mu.Unlock()
		}
		proxy.ServeHTTP(out, r)
	}))
	t.Cleanup(web.Close)
	return connect(t, web.URL, client.Config{}), w
}

// changes are the requests that nobody is excused for. Excused are the
// statements that the SQL tab asks for names with, which it makes and removes
// itself, and what F5 and its like send.
func (w *witness) changes(mayRun bool) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []string
	for _, line := range w.seen {
		helper := slices.ContainsFunc([]string{`"SHOW `, `"DESCRIBE `, `"EXPLAIN `}, func(s string) bool { return strings.Contains(line, `"statement":`+s) })
		removed := strings.HasPrefix(line, "DELETE ") && strings.Contains(line, "/statements/drey-")
		ran := mayRun && strings.HasPrefix(line, "POST ") && strings.Contains(line, "/statements ")
		if !helper && !removed && !ran {
			found = append(found, line)
		}
	}
	w.seen = nil
	return found
}

// walk is a view and how to get to it from anywhere.
type walk struct {
	name string
	keys []string
	wait []string
	over string // the view that it is reached from
}

var walks = []walk{
	{name: "results", keys: []string{"3", "g", "enter"}, wait: []string{"clicks-peek", "changelog"}}, // first: the list is not sorted otherwise yet
	{name: "row", over: "results", keys: []string{"enter"}, wait: []string{"row before"}},
	{name: "editor", over: "results", keys: []string{"i"}, wait: []string{"to the results"}},
	{name: "catalog", over: "results", keys: []string{"ctrl+t"}, wait: []string{"open or fold"}},
	{name: "applications", keys: []string{"2", "g", "j"}, wait: []string{"applications"}},
	{name: "statements", keys: []string{"3"}, wait: []string{"statements"}},
	{name: "pools", keys: []string{"4"}, wait: []string{"compute pools"}},
	{name: "savepoints", keys: []string{"5"}, wait: []string{"savepoints"}},
	{name: "catalogs", keys: []string{"6"}, wait: []string{"catalogs"}},
	{name: "secrets", keys: []string{"7"}, wait: []string{"secrets"}},
	{name: "clusters", keys: []string{"8"}, wait: []string{"default-k8s-cluster"}},
	{name: "environments", keys: []string{"1"}, wait: []string{"staging"}},
	{name: "yaml", keys: []string{"2", "y"}, wait: []string{"apiVersion"}},
	{name: "describe", keys: []string{"2", "d"}, wait: []string{"EVENTS"}},
	{name: "events", keys: []string{"2", "l"}, wait: []string{"MESSAGE"}},
	{name: "instances", keys: []string{"2", "i"}, wait: []string{"JOB STATE"}},
	{name: "databases", keys: []string{"6", "enter"}, wait: []string{"BOOTSTRAP"}},
	{name: "mappings", keys: []string{"7", "enter"}, wait: []string{"CONNECTION SECRET ID"}},
	{name: "calls", keys: []string{"2", "@"}, wait: []string{"METHOD"}},
}

// TestNoKeyChangesAServerUnasked presses every key of the key map in every view.
// Whatever opens a dialog has it left again, so nothing but GET may leave.
func TestNoKeyChangesAServerUnasked(t *testing.T) {
	t.Parallel()
	c, w := watched(t, running(t))
	texts := disk.NewTexts(t.TempDir())
	t.Cleanup(func() { _ = texts.Close() })
	var root *Root
	d := open(t, c, 140, 40, func(o *Options) {
		o.Now = time.Now
		o.SQL = func(env *views.Env) views.View {
			return sql.New(env, texts, disk.NewFiles(filepath.Join(t.TempDir(), "cache"), t.TempDir()))
		}
	})
	root = d.Model().(*Root)
	d.WaitForText("20 applications")
	asked := map[string]bool{}
	for _, at := range walks {
		v := arrive(d, root, at)
		hints := hintText(root)
		for _, k := range everyKey() {
			if !goesElsewhere(k) && (root.focused() != v || hintText(root) != hints) {
				v = arrive(d, root, at)
				hints = hintText(root)
			}
			d.Press(k)
			quiet := 3 * time.Millisecond
			if slices.Contains([]string{"s", "S", "x", "D"}, k) {
				quiet = 60 * time.Millisecond // they ask the server before they ask the user
			}
			d.Drain(quiet)
			if q, ok := root.over.(*dialog.Dialog); ok {
				asked[at.name+" "+strings.ToLower(q.Title())] = true
			}
			for root.over != nil {
				d.Press("esc")
				d.Drain(3 * time.Millisecond)
			}
		}
		d.Drain(200 * time.Millisecond)
		for _, line := range w.changes(at.name == "editor") {
			t.Errorf("in %s a key alone sent %s", at.name, line)
		}
	}
	for _, want := range []string{"applications suspend", "applications delete", "statements stop", "statements delete", "savepoints delete", "results stop"} {
		found := false
		for name := range asked {
			found = found || strings.HasPrefix(name, want)
		}
		if !found {
			t.Errorf("%s asked nothing; asked: %v", want, asked)
		}
	}
}

// arrive goes to a view; keys that came before their turn are pressed again.
func arrive(d *uitest.Driver, root *Root, at walk) views.View {
	for range 5 {
		press(d, root, at)
		for range 20 {
			if reached(d.Screen(), at.wait) {
				return root.focused()
			}
			d.Drain(50 * time.Millisecond)
		}
	}
	d.WaitForText(at.wait...) // fails, and shows the screen
	return nil
}

func reached(screen string, wait []string) bool {
	return !slices.ContainsFunc(wait, func(text string) bool { return !strings.Contains(screen, text) })
}

func press(d *uitest.Driver, root *Root, at walk) {
	first := []string{"esc", "esc", "alt+9", "esc", "esc", "esc", "esc", "alt+2"}
	if i := slices.IndexFunc(walks, func(w walk) bool { return w.name == at.over }); i >= 0 {
		arrive(d, root, walks[i])
		first = nil
	}
	for _, k := range append(first, at.keys...) {
		d.Press(k)
		d.Drain(5 * time.Millisecond)
	}
}

// hintText tells which pane of a view has the keys.
func hintText(root *Root) string {
	var b strings.Builder
	for _, h := range root.hints() {
		b.WriteString(h.Text() + " ")
	}
	return b.String()
}

// everyKey are the keys of all bindings, those first that would answer a
// dialog which an earlier one has opened.
func everyKey() []string {
	keys := []string{"y", "enter", "tab"}
	for _, e := range keymap.Default().Entries() {
		for _, k := range e.Binding.Keys() {
			if !slices.Contains(keys, k) && k != "q" && k != "ctrl+c" && k != "ctrl+z" {
				keys = append(keys, k)
			}
		}
	}
	slices.SortStableFunc(keys, func(a, b string) int { return order(a) - order(b) })
	return keys
}

// order puts the keys last that go to another view.
func order(k string) int {
	if goesElsewhere(k) {
		return 1
	}
	return 0
}

func goesElsewhere(k string) bool {
	g := keymap.Default().Global
	return slices.Contains(g.Pane.Keys(), k) || slices.Contains(g.PaneAnywhere.Keys(), k)
}
