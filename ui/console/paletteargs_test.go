package console

import (
	"strings"
	"testing"

	"drey/views"
)

// TestThePaletteGoesToObjectsAndRunsActions types names, arguments and verbs.
func TestThePaletteGoesToObjectsAndRunsActions(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("20 applications", "3 failing")
	say := func(text string) {
		d.WaitIdle()
		d.Press(":")
		d.WaitForText("Command")
		d.Type(text)
		d.Press("enter")
	}
	say("fraud-sc")
	d.WaitForText("demo › prod › applications › fraud-scores")
	d.Press("esc")
	d.WaitForText("demo › all › applications")
	say("app orders")
	d.WaitForText("/orders", "3 of 20")
	say("sp -e prod")
	d.WaitForText("demo › prod › savepoints")
	say("app -e nowhere")
	d.WaitForText("there is no environment nowhere")
	say("app orders -e")
	d.WaitForText("name the environment after -e")
	say("-e staging sp")
	d.WaitForText("demo › staging › savepoints")
	say("app -e all orders")
	d.WaitForText("demo › all › applications › orders")
	say("orders staging")
	d.WaitForText("demo › staging › applications › orders")
	d.Press("esc")
	say("app orders prod")
	d.WaitForText("demo › prod › applications › orders", "1 of 9")
	say("app -e all orders")
	d.WaitForText("demo › all › applications › orders")
	say("suspend")
	d.WaitForText("Suspend orders", "What will be sent")
}

// TestAnActionThatCannotBeDoneSaysWhy is listed with its reason.
func TestAnActionThatCannotBeDoneSaysWhy(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, func(o *Options) { o.Session = sessionOf(c); o.Session.ReadOnly = views.NothingAtAll })
	d.WaitForText("20 applications")
	d.WaitIdle()
	d.Press(":")
	d.Type("delete")
	d.WaitForText("not now: read-only")
	d.Press("enter")
	d.WaitForText("cannot delete: read-only")
}

// TestTheCopyMenu has what can be copied of a row and of the list, without any credential.
func TestTheCopyMenu(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("/")
	d.Type("orders env:prod")
	d.Press("enter")
	d.WaitForText("1 of 20")
	d.WaitIdle()
	root := d.Model().(*Root)
	menu := newCopyMenu(root)
	texts := map[string]string{}
	for _, e := range menu.Entries {
		if msg, ok := e.Run.(views.CopyMsg); ok {
			texts[e.Text] = msg.Text
		}
	}
	path := "/cmf/api/v1/environments/prod/applications/orders'"
	if curl := texts["curl"]; !strings.HasPrefix(curl, "curl -sS '"+c.URL()) || !strings.HasSuffix(curl, path) {
		t.Errorf("curl: %q", curl)
	}
	wanted := "confluent flink application describe orders --environment prod --url " + c.URL()
	if line := texts["command line"]; line != wanted {
		t.Errorf("command line: %q", line)
	}
	d.Press("C")
	d.WaitForText("table as CSV", "1 row as shown", "YAML")
	d.Type("yaml")
	d.Press("enter")
	d.WaitForText("the YAML of orders")
	d.WaitIdle()
	d.Press("C")
	d.Type("markdown")
	d.Press("enter")
	d.WaitForText("1 rows as Markdown")
}

// TestThePaletteHasObjectsOfEveryEnvironment also while one is chosen, and of kinds
// whose tab was never opened.
func TestThePaletteHasObjectsOfEveryEnvironment(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("20 applications")
	for _, step := range []struct{ typed, entry, there string }{
		{"app -e prod", "tab in prod", "demo › prod › applications"},
		{"orders staging", "applications in staging", "demo › staging › applications › orders"},
		{"clicks-to-black", "statements in prod", "demo › prod › statements › clicks-to-blackhole"},
	} {
		d.WaitIdle()
		d.Press(":")
		d.WaitForText("Command")
		d.Type(step.typed)
		d.WaitForText(step.entry)
		d.Press("enter")
		d.WaitForText(step.there)
	}
}

// TestTheCursorGoesToTheNameThatIsTyped and not to the first that has it within.
func TestTheCursorGoesToTheNameThatIsTyped(t *testing.T) {
	t.Parallel()
	d := open(t, still(t), 140, 40, nil)
	d.WaitForText("20 applications")
	d.WaitIdle()
	d.Press("O")
	d.Press(":")
	d.Type("app orders")
	d.Press("enter")
	d.WaitForText("/orders", "3 of 20")
	d.WaitForText("demo › all › applications › orders")
}
