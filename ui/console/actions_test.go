package console

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/dialog"
)

// witness stands before a server and writes down every request but GET.
type witness struct {
	busy atomic.Int32 // requests without an answer
	mu   sync.Mutex
	seen []string // "METHOD path body"
}

func watched(t *testing.T, to *cmfapi.Client) (*cmfapi.Client, *witness) {
	t.Helper()
	target, err := url.Parse(to.URL())
	if err != nil {
		t.Fatal(err)
	}
	w, proxy := &witness{}, httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	web := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.busy.Add(1)
		defer w.busy.Add(-1)
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
		helper := slices.ContainsFunc([]string{`"SHOW `, `"DESCRIBE `, `"EXPLAIN `}, func(s string) bool {
			return strings.Contains(line, `"statement":`+s)
		})
		removed := strings.HasPrefix(line, "DELETE ") && strings.Contains(line, "/statements/drey-")
		ran := mayRun && strings.HasPrefix(line, "POST ") && strings.Contains(line, "/statements ")
		if !helper && !removed && !ran {
			found = append(found, line)
		}
	}
	w.seen = nil
	return found
}

// walk is a view and how to get to it from the list of applications.
type walk struct {
	name  string
	open  tea.Msg  // what a key of another view would send
	ready []string // what is on the screen before keys are pressed
	keys  []string
	wait  []string
	asks  []string // dialogs that its keys must open, as their titles begin
	sends bool     // F5 and its like run statements there
}

func tabOf(kind cmf.Kind) views.GoMsg { return views.GoMsg{Tab: kind.Plural} }

var (
	applicationsTab = tabOf(cmf.Applications)
	runningOrders   = views.GoMsg{Tab: applicationsTab.Tab, Filter: "orders prod state:run"}
	// beside what the editor runs meanwhile
	runningClicks = views.GoMsg{Tab: cmf.Statements.Plural, Filter: "name:clicks-"}
	clicks        = views.OpenStatementMsg{Environment: "development", Name: "clicks-peek"}
)

var walks = []walk{
	{name: "results", open: clicks, wait: []string{"changelog", "row 1 of"}, asks: []string{"stop"}},
	{name: "row", open: clicks, ready: []string{" row ", " of "}, keys: []string{"enter"}, wait: []string{"row before"}},
	{name: "editor", open: clicks, ready: []string{" row ", " of "}, keys: []string{"i"}, wait: []string{"to the results"}, sends: true},
	{name: "catalog", open: clicks, ready: []string{" row ", " of "}, keys: []string{"ctrl+t"}, wait: []string{"open or fold"}},
	{name: "applications", open: runningOrders, wait: []string{"of 20"}, asks: []string{"suspend", "savepoint", "roll back", "delete"}},
	{name: "statements", open: runningClicks, wait: []string{"2 of "}, asks: []string{"stop", "delete"}},
	{name: "pools", open: tabOf(cmf.ComputePools), wait: []string{"6 compute pools"}},
	{name: "savepoints", open: tabOf(cmf.ApplicationSavepoints), wait: []string{"12 savepoints"}, asks: []string{"delete"}},
	{name: "catalogs", open: tabOf(cmf.KafkaCatalogs), wait: []string{"2 catalogs"}},
	{name: "secrets", open: tabOf(cmf.Secrets), wait: []string{"MAPPED IN"}},
	{name: "clusters", open: tabOf(cmf.KubernetesClusters), wait: []string{"default-k8s-cluster"}},
	{name: "environments", open: applicationsTab, ready: []string{"20 applications"}, keys: []string{"1"}, wait: []string{"staging", "its objects"}},
	{name: "yaml", open: applicationsTab, ready: []string{"20 applications"}, keys: []string{"y"}, wait: []string{"apiVersion"}},
	{name: "describe", open: applicationsTab, ready: []string{"20 applications"}, keys: []string{"d"}, wait: []string{"EVENTS"}},
	{name: "events", open: applicationsTab, ready: []string{"20 applications"}, keys: []string{"l"}, wait: []string{"MESSAGE"}},
	{name: "instances", open: applicationsTab, ready: []string{"20 applications"}, keys: []string{"i"}, wait: []string{"JOB STATE"}},
	{name: "databases", open: tabOf(cmf.KafkaCatalogs), ready: []string{"2 catalogs"}, keys: []string{"enter"}, wait: []string{"BOOTSTRAP"}},
	{name: "mappings", open: tabOf(cmf.Secrets), ready: []string{"kafka-client"}, keys: []string{"enter"}, wait: []string{"CONNECTION SECRET ID"}},
	{name: "calls", open: applicationsTab, ready: []string{"20 applications"}, keys: []string{"@"}, wait: []string{"METHOD"}},
}

// TestNoKeyChangesAServerUnasked presses every key of the key map in every view.
// Whatever opens a dialog has it left again, so nothing but GET may leave.
func TestNoKeyChangesAServerUnasked(t *testing.T) {
	server := running(t)
	t.Run("views", func(t *testing.T) { // the server is stopped after them
		for _, at := range walks {
			t.Run(at.name, func(t *testing.T) {
				t.Parallel()
				k := &walker{t: t, at: at}
				k.client, k.witness = watched(t, server)
				k.begin()
				k.pressAll(everyKey())
				for _, line := range k.witness.changes(at.sends) {
					t.Errorf("a key alone sent %s", line)
				}
				for _, want := range at.asks {
					if !slices.ContainsFunc(k.asked, func(title string) bool {
						return strings.HasPrefix(title, want)
					}) {
						t.Errorf("nothing asked whether to %s; asked: %v", want, k.asked)
					}
				}
			})
		}
	})
}

// walker presses keys in one view.
type walker struct {
	t       *testing.T
	at      walk
	client  *cmfapi.Client
	witness *witness
	asked   []string // titles of dialogs, in small letters

	d     *uitest.Driver
	root  *Root
	view  views.View
	hints string
}

// begin opens a console in which no key was pressed yet, and goes to the view.
func (k *walker) begin() {
	k.d = open(k.t, k.client, 140, 40, withSQL(k.t, shelf(k.t.TempDir()), realTime))
	k.root = k.d.Model().(*Root)
	k.d.WaitForText("20 applications")
	if !k.arrive(uitest.Deadline) {
		k.t.Fatalf("%s was not reached:\n%s", k.at.name, k.d.Screen())
	}
}

func (k *walker) pressAll(keys []string) {
	for _, key := range keys {
		switch {
		case acts(key):
			k.comeBack(false) // the target is the one that the walk chose
			k.root.status.toasts.now = views.NoticeMsg{}
		case !goesElsewhere(key):
			k.comeBack(true)
		}
		k.d.Press(key)
		k.d.Drain(time.Millisecond)
		k.d.Within(2*time.Second, func() bool {
			answered := k.root.over != nil || k.root.status.toasts.now.Text != ""
			return answered || !(acts(key) && len(k.at.asks) > 0) && k.witness.busy.Load() == 0
		})
		k.d.Within(uitest.Deadline, func() bool { return k.root.preparer() == nil })
		k.d.Drain(time.Millisecond)
		for k.root.over != nil {
			if q, ok := k.root.over.(*dialog.Dialog); ok {
				k.asked = append(k.asked, strings.ToLower(q.Title()))
			}
			k.d.Press("esc")
			k.d.Drain(time.Millisecond)
		}
	}
}

// comeBack goes to the view again when the last key left it, or when staying
// will not do: by leaving what was opened, else from the start, else in a
// console of its own.
func (k *walker) comeBack(stay bool) {
	if stay && k.isThere() {
		return
	}
	k.d.Press("esc")
	k.d.Drain(time.Millisecond)
	if stay && k.isThere() {
		return
	}
	if !k.arrive(2 * time.Second) {
		k.begin()
	}
}

func (k *walker) isThere() bool {
	return k.root.over == nil && k.root.Focused() == k.view && hintText(k.root) == k.hints
}

// arrive goes to the view from wherever the console is.
func (k *walker) arrive(limit time.Duration) bool {
	all := ""
	k.d.Press("esc", "esc")
	k.d.Send(views.GoMsg{Tab: applicationsTab.Tab, Environment: &all})
	k.d.Press("esc", "esc")
	k.d.Send(k.at.open)
	there := k.d.Within(limit, func() bool { return k.shows(k.at.ready) })
	k.d.Press(k.at.keys...)
	there = k.d.Within(limit, func() bool { return k.shows(k.at.wait) }) && there
	k.view, k.hints = k.root.Focused(), hintText(k.root)
	return there
}

func (k *walker) shows(texts []string) bool {
	screen := k.d.Screen()
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(screen, text) })
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

// acts tells the keys that change something on the server once they are answered.
func acts(k string) bool { return slices.Contains([]string{"s", "S", "x", "D", "u"}, k) }
