package console

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"

	"drey/client"
	"drey/client/cmfapi"
	"drey/server"
	"drey/server/demo"
	"drey/themes"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/platform"
)

// TestMain wants every goroutine ended but the clock of the lexer's expressions,
// which ends by itself a second after the last match.
func TestMain(m *testing.M) {
	uitest.SideBySide()
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

// stubSQL is a SQL tab that notes what it is told.
type stubSQL struct {
	environment, opened string
	typing              bool
	typed               string
}

func (*stubSQL) Title() string            { return "SQL" }
func (*stubSQL) Init() tea.Cmd            { return nil }
func (*stubSQL) SetSize(int, int)         {}
func (s *stubSQL) View() string           { return "sql:" + s.typed }
func (*stubSQL) Accept(views.Answer) bool { return false }
func (*stubSQL) Close()                   {}
func (s *stubSQL) Typing() bool           { return s.typing }
func (s *stubSQL) Update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyMsg); ok {
		s.typed += k.String()
	}
	return nil
}

func (s *stubSQL) SetEnvironment(name string) tea.Cmd {
	s.environment = name
	return nil
}

func (s *stubSQL) OpenStatement(of views.OpenStatementMsg) tea.Cmd {
	s.opened = of.Environment + "/" + of.Name
	return nil
}

// running is a demo server whose loop runs by the real clock.
func running(t *testing.T) *cmfapi.Client {
	t.Helper()
	return runningWith(t, func(s *server.Server) error { return demo.Seed(t.Context(), s, demo.Options{}) })
}

func runningWith(t *testing.T, seed func(*server.Server) error) *cmfapi.Client {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := server.Open(ctx, server.Config{Listen: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := seed(s); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("server: %v", err)
		}
	})
	return connect(t, s.URL(), client.Config{})
}

func realTime(o *Options) { o.Now = time.Now }

func TestSuspendAndStartShowEachPhaseAndSayWhatWasDone(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, realTime)
	d.WaitForText("20 applications")
	d.Press("/")
	d.Type("orders prod state:run")
	d.WaitForText("1 of 20")
	d.Press("enter", "s")
	d.WaitForText("Suspend orders", "POST …/environments/prod/applications/orders/suspend", "savepoint is taken")
	d.Press("s", "s")
	d.WaitForText("y confirms")
	d.Press("y")
	d.WaitForText("suspending orders")
	d.Press("/")
	d.Press("ctrl+u")
	d.Type("orders prod")
	d.Press("enter")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line(" orders "), "SUSPENDED") })
	d.Press("s")
	d.WaitForText("Start orders", "Last state", "last savepoint", "POST …/environments/prod/applications/orders/start")
	d.Press("y")
	d.WaitForText("started orders")
	d.WaitFor(func(string) bool { return strings.Contains(d.Line(" orders "), "RUNNING") })
}

func TestDeleteAsksForTheName(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 120, 30, realTime)
	d.WaitForText("20 applications")
	d.Press("/")
	d.Type("word-count")
	d.Press("enter", "D")
	d.WaitForText("Type word-count to confirm")
	d.Press("enter")
	d.WaitForText("type word-count to confirm")
	d.Type("word-count")
	d.Press("enter")
	d.WaitForText("deleted word-count")
	d.WaitForText("0 of 19")
}

func TestMarkedRowsAreActedOnTogether(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, realTime)
	d.WaitForText("20 applications")
	d.Press("/")
	d.Type("top-speed|inventory")
	d.WaitForText("2 of 20")
	d.Press("enter", "ctrl+a", "S")
	d.WaitForText("Savepoint 2 applications", "inventory-sync", "top-speed")
	d.Press("esc")
	d.WaitFor(func(s string) bool { return !strings.Contains(s, "Savepoint 2") })
	d.Press("esc", "esc")
	d.WaitForText("20 applications")
}

func TestRefusedActionsSayWhy(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("S")
	d.WaitForText("cannot savepoint payments: its job is not running but FAILED")
}

func TestReadOnlyRefusesAndSaysSo(t *testing.T) {
	t.Parallel()
	c := still(t)
	ro := connect(t, c.URL(), client.Config{ReadOnly: true})
	d := open(t, ro, 140, 40, nil)
	d.WaitForText("20 applications", "READ-ONLY")
	d.Press("j", "s")
	d.WaitForText("cannot suspend price-changes: read-only")
}

func TestPlacesAreRemembered(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("3")
	d.WaitForText("8 statements")
	d.Press("y")
	d.WaitForText("revenue-typo.yaml", "apiVersion")
	d.Press("[")
	d.WaitForText("8 statements")
	d.Press("[")
	d.WaitForText("20 applications")
	d.Press("]", "]")
	d.WaitForText("revenue-typo.yaml", "apiVersion")
	d.Press("esc")
	d.WaitForText("8 statements")
	d.Press("-")
	d.WaitForText("revenue-typo.yaml")
}

func TestChoosingAnEnvironmentScopesEveryTab(t *testing.T) {
	t.Parallel()
	sql := &stubSQL{}
	d := open(t, still(t), 140, 40, func(o *Options) {
		o.SQL = func(*views.Env, *platform.Session) views.View { return sql }
	})
	d.WaitForText("20 applications", "staging")
	d.Press("9", "1", "j", "j", "enter")
	d.WaitFor(func(string) bool { return sql.environment == "prod" })
	d.Press("2")
	d.WaitForText("9 applications")
	d.Press("3")
	d.WaitForText("demo › prod › statements", "4 statements")
	d.Press("enter")
	d.WaitFor(func(string) bool { return strings.HasPrefix(sql.opened, "prod/") })
}

func TestLettersAreNoCommandsWhileTyping(t *testing.T) {
	t.Parallel()
	sql := &stubSQL{typing: true}
	d := open(t, still(t), 140, 40, func(o *Options) {
		o.SQL = func(*views.Env, *platform.Session) views.View { return sql }
	})
	d.WaitForText("20 applications")
	d.Press("9", "q", "?", ":", "2")
	d.WaitForText("sql:q?:2")
	d.Press("alt+2")
	d.WaitForText("20 applications")
}

func TestHelpRunsTheEntry(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("?")
	d.Type("yaml")
	d.WaitForText("yaml")
	d.Press("enter")
	d.WaitForText("payments.yaml", "apiVersion")
}

func TestPaletteGoesByName(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications", "staging         6") // the palette knows the environments
	d.Press(":")
	d.Type("stag")
	d.Press("enter")
	d.WaitForText("6 applications")
	d.Press(":")
	d.Type("sp")
	d.Press("enter")
	d.WaitForText("demo › staging › savepoints")
	d.Press(":")
	d.Type("quit")
	d.Press("enter")
	d.WaitForQuit()
}

func TestCallsAreListedAndCopiedAsCurl(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("@")
	d.WaitForText("API calls", "GET", "/cmf/api/v1/environments")
	d.Press("c")
	d.WaitForText("curl line", "copied")
	d.Press("enter")
	d.WaitForText("AS CURL", "curl -sS")
}

func TestQuittingTakesTwoInterrupts(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 80, 24, nil)
	d.Press("ctrl+c")
	d.WaitForText("ctrl-c again quits")
	d.Press("ctrl+c")
	d.WaitForQuit()
}

func TestTheKeyMapDecidesWhatTheBottomLineSays(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, func(o *Options) {
		if err := o.Keys.Override(map[string][]string{"table.toggle": {"f2"}}); err != nil {
			t.Fatal(err)
		}
	})
	d.WaitForText("20 applications")
	d.Press("j")
	d.WaitForText("f2 suspend")
}

func TestThemesChangeWhileRunning(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	light, _ := themes.New(themes.Options{Name: "light"})
	d.Press(":")
	d.Type("theme light")
	d.Press("enter")
	d.WaitFor(func(string) bool { return strings.Contains(d.Coloured(), light.Badge.On()) })
}

var _ = uitest.New
