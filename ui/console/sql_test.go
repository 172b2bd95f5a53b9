package console

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/server"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/platform"
	"drey/views/sql"
	"drey/views/sql/queries"
)

// shelf is a state folder.
type shelf string

// newShelf is a state folder in which text was typed.
func newShelf(t *testing.T, text string) shelf {
	t.Helper()
	s := shelf(t.TempDir())
	s.write(t, "editor.sql", text)
	return s
}

func (s shelf) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(string(s), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s shelf) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(string(s), name)) // none is ""
	return string(text)
}

// statementName is the part of a statement's name that differs from run to run.
var statementName = regexp.MustCompile(`(drey-\d{8}-\d{6})-[0-9a-f]{6}`)

// openSQL opens the SQL tab in prod with a text in the editor, cursor at its end.
func openSQL(t *testing.T, c *cmfapi.Client, width, height int, drafts shelf, change func(*Options)) *uitest.Driver {
	t.Helper()
	d := open(t, c, width, height, withSQL(t, drafts, func(o *Options) {
		o.Environment = "prod"
		if change != nil {
			change(o)
		}
	}))
	d.Scrub = func(s string) string {
		return uitest.ScrubIDs(statementName.ReplaceAllString(s, "$1-######"))
	}
	d.Press("9")
	d.WaitForText("prod · pool")
	return d
}

// openSQLUnseen opens a console with a SQL tab that is not in front.
func openSQLUnseen(t *testing.T, c *cmfapi.Client, drafts shelf) *uitest.Driver {
	t.Helper()
	return open(t, c, 140, 40, withSQL(t, drafts, realTime))
}

func withSQL(t *testing.T, drafts shelf, change func(*Options)) func(*Options) {
	t.Helper()
	texts := disk.NewTexts(string(drafts))
	t.Cleanup(func() { _ = texts.Close() })
	return func(o *Options) {
		o.SQL = func(env *views.Env, s *platform.Session) views.View {
			return sql.New(env, s.SQL, texts, disk.NewFiles(filepath.Join(string(drafts), "cache"), string(drafts)))
		}
		if change != nil {
			change(o)
		}
	}
}

const people = `SELECT * FROM (VALUES
  (1, 'Ada', CAST(3.50 AS DECIMAL(10, 2))),
  (2, 'Grace', CAST(NULL AS DECIMAL(10, 2)))) AS people (id, name, amount);`

var sqlScenes = []struct {
	name, text string
	keys       []string
	wait       []string
}{
	{"sql-table", people, []string{"f5"}, []string{"COMPLETED", "2 rows", "DECIMAL(10, 2)", "3.50", "NULL"}},
	{
		"sql-changelog", "SELECT name, COUNT(*) AS n\nFROM (VALUES ('a'), ('b'), ('a')) AS t (name)\nGROUP BY name",
		[]string{"f5", "esc", "M"},
		[]string{"2 rows", "-U", "+U"},
	},
	{
		"sql-error", "SELECT id,\n       nope\nFROM (VALUES (1)) AS t (id)",
		[]string{"f5"},
		[]string{"FAILED", "'nope' not found"},
	},
	{"sql-editor", queries.Welcome, nil, []string{"COUNT", "prod · pool"}},
	{"sql-catalog", "SELECT 1 + 1", []string{"ctrl+t", "j", "enter"}, []string{"examples", "marketplace"}},
	{"sql-complete", "SELECT 1, su", []string{"tab"}, []string{"substr(", "sum("}},
	{
		"sql-row", "SELECT ARRAY['a', 'b'] AS list,\n  CAST(NULL AS INT) AS nothing,\n  REPEAT('long text ', 40) AS long",
		[]string{"f5", "esc", "enter"},
		[]string{"1 row", "row 1 of 1", "NULL"},
	},
	{"sql-copy", people, []string{"f5", "esc", "o", "f", "C"}, []string{"2 rows", "row INSERT", "all Markdown"}},
	{
		"sql-scrub", "SELECT name, COUNT(*) AS n\nFROM (VALUES ('a'), ('b'), ('a')) AS t (name)\nGROUP BY name",
		[]string{"f5", "esc", ",", ","},
		[]string{"2 rows", "as of change 2 of 4"},
	},
	{"sql-history", "SELECT 1 + 1", []string{"ctrl+r", "down"}, []string{"What was run", "staging", "3"}},
	{"sql-buffers", people, []string{"f5", "alt+n", "f2"}, []string{"COMPLETED", "query 2", "Name of the buffer"}},
}

// bare is a server with one environment, prod, and one pool.
func bare(t *testing.T) *cmfapi.Client {
	t.Helper()
	c := runningWith(t, func(*server.Server) error { return nil })
	env := cmf.Environment{Name: "prod", KubernetesNamespace: "default"}
	if _, err := cmfapi.Create(t.Context(), c, cmf.Environments, cmf.Scope{}, env); err != nil {
		t.Fatal(err)
	}
	pool := cmf.ComputePool{
		APIVersion: cmf.APIVersion, Kind: cmf.ComputePools.Name, Metadata: cmf.Metadata{Name: "pool"},
		Spec: cmf.ComputePoolSpec{Type: cmf.PoolDedicated, ClusterSpec: cmf.MustObject(map[string]any{"image": "i"})},
	}
	if _, err := cmfapi.Create(t.Context(), c, cmf.ComputePools, cmf.Scope{Environment: "prod"}, pool); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSQLScreens(t *testing.T) {
	t.Parallel()
	c := bare(t)
	for _, size := range sizes {
		for _, scene := range sqlScenes {
			name := fmt.Sprintf("%s-%dx%d", scene.name, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := openSQL(t, c, size[0], size[1], newShelf(t, scene.text).past(t), nil)
				lines := strings.Split(strings.TrimSpace(scene.text), "\n")
				d.WaitForText(strings.TrimSpace(lines[len(lines)-1])[:10]) // the draft is there
				if size[0] > 80 {
					d.WaitForText("default_catalog") // and the catalog beside it
				}
				if len(scene.keys) > 0 {
					d.Press(scene.keys[0])
					d.WaitForText(scene.wait[0])
					d.Press(scene.keys[1:]...)
				}
				d.WaitForText(append(scene.wait[min(1, len(scene.keys)):], "live")...)
				d.WaitIdle()
				d.Golden(name)
			})
		}
	}
}

func TestTheDraftSurvivesLeavingAndRestarting(t *testing.T) {
	t.Parallel()
	c := running(t)
	drafts := newShelf(t, "SELECT 1")
	t.Run("typed", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SELECT 1")
		d.Type(" + 41")
		d.WaitForText("SELECT 1 + 41")
		d.Press("esc", "2", "9")
		d.WaitForText("SELECT 1 + 41")
	})
	t.Run("restarted", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SELECT 1 + 41")
	})
}

func TestAStatementGoesOnWhenItsTabIsLeftAndIsFoundAgain(t *testing.T) {
	t.Parallel()
	c := running(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime)
	d.WaitForText("SELECT order_id")
	d.Press("f5")
	d.WaitForText("RUNNING", "order_id", "STRING", "rows")
	name := statementName.FindString(d.Screen())
	d.Press("esc", "3")
	d.WaitForText("statements", name)
	s, err := cmfapi.Get[cmf.Statement](t.Context(), c, cmf.Statements, cmf.Scope{Environment: "prod"}, name)
	if err != nil || s.Phase() != cmf.PhaseRunning {
		t.Fatalf("the statement was left: %v %v", s.Phase(), err)
	}
	d.Press("/")
	d.Type(name)
	d.Press("enter", "enter")
	d.WaitForText("order_id", "STRING", "rows")
	d.Press("x")
	d.WaitForText("Stop "+name, "in prod", "a savepoint is taken")
	d.Press("y")
	d.WaitForText("STOPPED")
}

func TestLocalStatementsBecomeProperties(t *testing.T) {
	t.Parallel()
	c := running(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "USE examples.marketplace"), nil)
	d.WaitForText("USE examples")
	d.Press("f5")
	d.WaitForText("statements now run in examples.marketplace")
	d.Press("ctrl+u")
	d.Type("SHOW TABLES")
	d.Press("f5")
	d.WaitForText("table name", "orders", "blackhole", "complete")
}

func TestNamesAreCompletedFromTheCatalog(t *testing.T) {
	t.Parallel()
	c := bare(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT * FROM exa"), nil)
	d.WaitForText("FROM exa", "default_catalog")
	d.Press("tab")
	d.WaitForText("examples    ", "catalog ")
	d.Press("enter")
	d.Type(".")
	d.Press("tab")
	d.WaitForText("marketplace ", "database")
	d.Press("enter")
	d.Type(".or")
	d.Press("tab")
	d.WaitForText("orders  ", "table ")
	d.Press("enter", "home")
	d.Type("SELECT o.pri")
	d.Press("ctrl+k")
	d.Type(" FROM examples.marketplace.orders AS o")
	for range len(" FROM examples.marketplace.orders AS o") {
		d.Press("left")
	}
	d.Press("tab")
	d.WaitForText("DOUBLE")
	d.Press("enter")
	d.WaitForText("SELECT o.price FROM examples.marketplace.orders AS o")
	list, err := cmfapi.List[cmf.Statement](
		t.Context(), c, cmf.Statements, cmf.Scope{Environment: "prod"}, cmfapi.Query{},
	)
	if err != nil || len(list.Items) != 0 {
		t.Errorf("asking for names left %v behind, %v", list.Items, err)
	}
}

func TestTheCatalogFollowsDDLAndGivesNames(t *testing.T) {
	t.Parallel()
	d := openSQL(
		t, bare(t), 140, 40, newShelf(t, "CREATE TABLE `odd name` (a INT, b STRING) WITH ('connector' = 'datagen')"),
		realTime,
	)
	d.WaitForText("CREATE TABLE", "default_catalog")
	d.Press("ctrl+t", "enter")
	d.WaitForText("default_database")
	d.Press("j", "enter")
	d.WaitForText("nothing here")
	d.Press("i", "f5")
	d.WaitForText("COMPLETED", "▸ odd name")
	d.Press("ctrl+t", "j", "enter")
	d.WaitForText("a  ", "INT", "STRING")
	d.Press("I")
	d.WaitForText("default_catalog.default_database.`odd name`")
}

func TestReadOnlyAsksForNoNames(t *testing.T) {
	t.Parallel()
	c := connect(t, running(t).URL(), client.Config{ReadOnly: true})
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT * FROM exa"), nil)
	d.WaitForText("read-only: names are")
	d.Press("tab")
	d.WaitForText("SELECT * FROM exa")
}

func TestTheWholeErrorIsAKeyAway(t *testing.T) {
	t.Parallel()
	d := openSQL(t, bare(t), 140, 40, newShelf(t, "SELECT nope FROM (VALUES (1)) AS t (id)"), nil)
	d.WaitForText("SELECT nope")
	d.Press("f5")
	d.WaitForText("FAILED", "'nope' not found")
	d.Press("esc", "E")
	d.WaitForText("last error", "SQL validation failed")
}

func TestReadOnlyRunsNoStatement(t *testing.T) {
	t.Parallel()
	url := running(t).URL()
	c := connect(t, url, client.Config{ReadOnly: true})
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT 1"), nil)
	d.WaitForText("SELECT 1")
	d.Press("f5")
	d.WaitForText("read-only", "nothing was sent")
}

// keys is one message of several runes.
func keys(text string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)} }

func TestKeysThatArriveTogetherAreSingleKeys(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	first := d.Line("▌ ")
	d.Send(keys("jjk")) // one message, as a slow line sends it
	d.WaitFor(func(string) bool { return d.Line("▌ ") != first })
	d.Send(keys("k"))
	if got := d.Line("▌ "); !strings.Contains(got, strings.Fields(first)[1]) {
		t.Errorf("jjkk ended on %q, began on %q", got, first)
	}
}
