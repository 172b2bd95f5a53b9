package console

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/keymap"
	"drey/ui/disk"
	"drey/ui/uitest"
	"drey/views"
	"drey/views/platform"
	"drey/views/sql"
)

// statementNames are those of an environment, without those that names are asked
// for with.
func statementNames(t *testing.T, c *cmfapi.Client, environment string) map[string]cmf.Statement {
	t.Helper()
	list, err := cmfapi.List[cmf.Statement](
		t.Context(), c, cmf.Statements, cmf.Scope{Environment: environment}, cmfapi.Query{},
	)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]cmf.Statement{}
	for _, s := range list.Items {
		if !strings.HasPrefix(s.Metadata.Name, "drey-names-") {
			all[s.Metadata.Name] = s
		}
	}
	return all
}

func TestRowsStayUntilThoseOfTheNextStatementAreThere(t *testing.T) {
	t.Parallel()
	d := openSQL(t, bare(t), 140, 40, newShelf(t, "SELECT 'first rows' AS a"), nil)
	d.WaitForText("SELECT 'first")
	d.Press("f5")
	d.WaitForText("first rows", "1 row")
	typeOver(d, "SELECT nope FROM (VALUES (1)) AS t (id)")
	d.Press("f5")
	d.WaitForText("'nope' not found", "rows of SELECT 'first rows'", "first rows  ")
	typeOver(d, "SELECT 'second rows' AS b")
	d.Press("f5")
	d.WaitForText("second rows  ", "COMPLETED")
	d.Press("esc", "b")
	d.WaitForText("first rows  ", "these are the results of")
	d.Press("b")
	d.WaitForText("second rows  ")
}

func TestAForgottenQueryIsStoppedAndThatIsSaid(t *testing.T) {
	t.Parallel()
	c := running(t)
	d := openSQL(t, c, 140, 40, newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime)
	d.WaitForText("SELECT order_id")
	d.Press("f5")
	d.WaitForText("RUNNING", "rows", "SQL ●1")
	name := statementName.FindString(d.Screen())
	typeOver(d, "SELECT 41 + 1 AS answer")
	d.Press("f5")
	d.WaitForText("answer", "COMPLETED", "stopp")
	d.WaitFor(func(s string) bool { return !strings.Contains(s, "SQL ●") })
	d.WaitFor(func(string) bool {
		d.Drain(20 * time.Millisecond)
		return statementNames(t, c, "prod")[name].Phase() == cmf.PhaseStopped
	})
}

func TestLeavingAsksOnceWhetherQueriesAreToStop(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{"stop": cmf.PhaseStopped, "keep": cmf.PhaseRunning} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := running(t)
			d := openSQL(t, c, 140, 40, newShelf(t, "SELECT order_id FROM examples.marketplace.orders"), realTime)
			d.WaitForText("SELECT order_id")
			d.Press("f5")
			d.WaitForText("RUNNING", "rows")
			name := statementName.FindString(d.Screen())
			d.Press("esc", "q")
			d.WaitForText("Leave drey", "stop them", "let them run", name)
			if how == "keep" {
				d.Press("j")
				d.WaitForText("●  let them run")
			}
			d.Press("y")
			d.WaitForQuit()
			if stopped := statementNames(t, c, "prod")[name].Spec.Stopped; stopped != (how == "stop") {
				t.Errorf("to %s: it is to be stopped: %v", how, stopped)
			}
			d.WaitFor(func(string) bool { return statementNames(t, c, "prod")[name].Phase() == want })
		})
	}
}

func TestWhatCannotBeStoppedIsNamedOnLeaving(t *testing.T) {
	t.Parallel()
	root := &Root{left: []string{"prod/drey-1 still runs: no answer"}}
	err := ending(&program{root: root}, t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "prod/drey-1 still runs") {
		t.Errorf("got %v", err)
	}
}

func TestAnErrorMovesNoCursorAndHasTheBuffersLine(t *testing.T) {
	t.Parallel()
	d := openSQL(
		t, bare(t), 140, 40, newShelf(t, "SELECT 1;\n\nSELECT id,\n  nope\nFROM (VALUES (1)) AS t (id);\n\n"), nil,
	)
	d.WaitForText("nope")
	d.Press("up", "f5", "down") // from the last line; the blank one after ; means the statement before
	d.WaitForText("line 4, column 3", "'nope' not found", "4✗")
	d.Type("-- typed here")
	d.WaitForText("7 -- typed here")
}

func TestALineFeedOfAPasteRunsNothing(t *testing.T) {
	t.Parallel()
	c := bare(t)
	d := openSQL(t, c, 140, 40, newShelf(t, ""), nil)
	d.WaitForText("prod · pool")
	d.Press("ctrl+u")
	for _, k := range strings.Split("SELECT 1;|ctrl+j|SELECT 2;|ctrl+j|x", "|") {
		if strings.HasPrefix(k, "ctrl") {
			d.Press(k)
			continue
		}
		d.Type(k)
	}
	d.WaitForText("SELECT 2;")
	if n := len(statementNames(t, c, "prod")); n != 0 {
		t.Errorf("%d statements were run", n)
	}
}

func TestSettingsBelongToTheirBufferAndComeBack(t *testing.T) {
	t.Parallel()
	c, drafts := bare(t), newShelf(t, "SET 'execution.runtime-mode' = 'batch'")
	t.Run("set", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("SET 'exec")
		d.Press("f5")
		d.WaitForText("set execution.runtime-mode=batch", "pool · batch")
		typeOver(d, "SET 's3.secret-key' = 'AKIA'")
		d.Press("f5")
		d.WaitForText("s3.secret-key=******")
		d.Press("alt+n")
		d.WaitForText("pool · streaming")
		d.Press("alt+,")
		d.WaitForText("pool · batch")
	})
	t.Run("restarted", func(t *testing.T) {
		d := openSQL(t, c, 140, 40, drafts, nil)
		d.WaitForText("set execution.runtime-mode=batch", "pool · batch")
	})
}

func TestSecretsOfStatementsAreNeitherKeptNorShown(t *testing.T) {
	t.Parallel()
	c, drafts := bare(t), newShelf(t, "")
	d := openSQL(t, c, 140, 40, drafts, nil)
	d.WaitForText("prod · pool")
	typeOver(d, "CREATE TABLE s (a INT) WITH ('connector'='datagen', 'password'='hunter2')")
	d.Press("f5")
	d.WaitFor(func(s string) bool { return strings.Contains(s, "COMPLETED") || strings.Contains(s, "FAILED") })
	d.Press("ctrl+r")
	d.WaitForText("What was run", "'password'='******'")
	d.WaitFor(func(string) bool {
		d.Drain(20 * time.Millisecond)
		text, err := os.ReadFile(filepath.Join(string(drafts), "history.jsonl"))
		return err == nil && strings.Contains(string(text), "******") && !strings.Contains(string(text), "hunter2")
	})
}

func TestTheFirstF5AsksForAnEnvironmentAndRunsThere(t *testing.T) {
	t.Parallel()
	c := running(t)
	shelf := newShelf(t, "SELECT 41 + 1 AS answer")
	open := func(t *testing.T) *uitest.Driver {
		d := open(t, c, 140, 40, func(o *Options) {
			texts := disk.NewTexts(string(shelf))
			t.Cleanup(func() { _ = texts.Close() })
			o.SQL = func(env *views.Env, s *platform.Session) views.View { return sql.New(env, s.SQL, texts, nil) }
		})
		d.WaitForText("20 applications")
		d.Press("9")
		d.WaitForText("41 + 1")
		return d
	}
	t.Run("asked", func(t *testing.T) {
		d := open(t)
		d.Press("f5")
		d.WaitForText("Run in which environment?", "development", "prod", "staging")
		d.Press("down", "enter")
		d.WaitForText("prod · ", "answer", "COMPLETED")
	})
	t.Run("remembered", func(t *testing.T) {
		d := open(t)
		d.WaitForText("prod · ")
	})
	t.Run("typed", func(t *testing.T) {
		d := open(t)
		d.WaitForText("prod · ")
		d.Press("alt+e")
		d.Type("xg")
		d.WaitForText("no environment has that in its name")
		d.Press("backspace", "backspace")
		d.WaitForText("development", "prod", "staging")
		d.Type("ag")
		d.WaitFor(func(s string) bool { return !strings.Contains(s, " prod  ") })
		d.Press("enter")
		d.WaitForText("staging · ")
	})
	t.Run("typed before they came", func(t *testing.T) {
		d := open(t)
		d.WaitForText("staging · ")
		d.Press("alt+e", "d", "e", "v", "enter")
		d.WaitForText("development · ")
	})
}

// BenchmarkKeyInALargeBuffer types a letter into 10,000 lines and draws.
func BenchmarkKeyInALargeBuffer(b *testing.B) {
	for _, completing := range []bool{false, true} {
		b.Run(fmt.Sprintf("completing %v", completing), func(b *testing.B) {
			env := &views.Env{
				Context: b.Context(), Theme: Options{}.withDefaults().Theme, Keys: keymap.Default(), Now: time.Now,
			}
			c, _ := cmfapi.New(client.Config{URL: "http://127.0.0.1:1"})
			v := sql.New(env, cmfapi.SQL(c), nil, nil)
			v.SetSize(140, 40)
			v.SetFocus(true)
			v.Init()
			text := strings.Repeat("SELECT customer_id, COUNT(*) AS n FROM orders GROUP BY customer_id;\n", 10_000)
			v.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
			for range 5000 {
				v.Update(keymap.Message("up"))
			}
			v.View()
			if completing {
				v.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("s")})
				v.Update(keymap.Message("tab"))
			}
			for b.Loop() {
				v.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("u")})
				v.View()
				v.Update(keymap.Message("backspace"))
			}
		})
	}
}

func TestComplaintsGoWithTheirCause(t *testing.T) {
	t.Parallel()
	d := openSQL(t, bare(t), 140, 40, newShelf(t, "-- nothing to run"), nil)
	d.Press("f5")
	d.WaitForText("there is no statement under the cursor")
	d.Press("1")
	d.WaitFor(func(screen string) bool { return !strings.Contains(screen, "there is no statement under the cursor") })
}
