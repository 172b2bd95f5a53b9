package console

import (
	"fmt"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
)

// TestWhatUsesAnObjectIsATree opens the tree of an environment and of a pool, goes to
// an object of it, and comes back by esc.
func TestWhatUsesAnObjectIsATree(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("4")
	d.WaitForText("6 compute pools")
	d.Press("/")
	d.Type("name:=pool env:prod")
	d.Press("enter", "b")
	d.WaitForText("what uses pool", "statement", "orders-by-customer")
	for !strings.Contains(d.Line("▌"), "orders-by-customer") {
		d.Press("j")
	}
	d.Press("enter")
	d.WaitForText("prod › statements › orders-by-customer")
	d.Press("esc")
	d.WaitForText("what uses pool")
	d.Press("esc")
	d.WaitForText("of 6")
	d.Press("1", "g", "j")
	d.WaitForText("development")
	d.Press("b")
	d.WaitForText("what uses development", "instance", "database")
}

// TestADeleteSaysWhatDependsOnIt asks before an application and a secret are deleted.
func TestADeleteSaysWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	c := still(t)
	d := open(t, c, 140, 40, nil)
	d.WaitForText("20 applications")
	d.Press("/")
	d.Type("orders env:prod")
	d.Press("enter", "D")
	d.WaitForText("Delete orders", "used by", "7 instances", "3 savepoints: ")
	d.Press("esc")
	d.WaitForText("demo › all › applications › orders")
	d.WaitIdle()
	d.Press("7")
	d.WaitForText("MAPPED IN", "kafka-client")
	d.Press("D")
	d.WaitForText("used by", "secret mappings: ")
}

// TestUsedByScreens are the trees at three sizes, and one of which a part could not
// be looked at.
func TestUsedByScreens(t *testing.T) {
	t.Parallel()
	c := still(t)
	for _, size := range sizes {
		for scene, keys := range map[string][]string{"usedby": {"b"}, "usedby-secret": {"7", "b"}} {
			name := fmt.Sprintf("%s-%dx%d", scene, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				d := open(t, connect(t, c.URL(), client.Config{}), size[0], size[1], nil)
				d.WaitForText("20 applications", "payments", "3 failing", "live")
				waitForCauses(d, size[0])
				pressKeys(d, keys...)
				d.WaitForText("what uses")
				d.WaitIdle()
				d.CheckSize(size[0], size[1])
				d.Golden(name)
			})
		}
	}
}

// TestTheNextObjectInTheSamePage goes through a list without leaving the page, and
// the history stays as long as it was.
func TestTheNextObjectInTheSamePage(t *testing.T) {
	t.Parallel()
	c := still(t)
	listed, err := cmfapi.List[cmf.FlinkApplication](
		t.Context(), c, cmf.Applications, cmf.Scope{Environment: "prod"}, cmfapi.Query{},
	)
	if err != nil || len(listed.Items) < 3 {
		t.Fatal(err, len(listed.Items))
	}
	first, second := listed.Items[0].Name(), listed.Items[1].Name()
	for _, key := range []string{"d", "y", "l", "w", "b"} {
		t.Run(key, func(t *testing.T) {
			d := open(t, c, 140, 40, func(o *Options) { o.Environment = "prod" })
			d.WaitForText(first, second)
			d.WaitIdle()
			d.Press(key)
			root := d.Model().(*Root)
			waitFor := func(name string) {
				d.WaitFor(func(string) bool {
					n := len(root.Nav.Pages)
					return n > 0 && strings.Contains(root.Nav.Pages[n-1].Title, name)
				})
			}
			waitFor(first)
			before := len(root.Nav.History)
			d.Press(">")
			waitFor(second)
			d.Press("<")
			waitFor(first)
			d.Press("<")
			d.WaitForText("no further object")
			d.Press(">")
			waitFor(second)
			if after := len(root.Nav.History); after != before {
				t.Errorf("history had %d places, now %d", before, after)
			}
			d.Press("esc")
			d.WaitForText("applications › " + second)
		})
	}
}
