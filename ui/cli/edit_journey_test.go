//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
)

// script is an executable shell script.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJourneyThroughAnEditor writes a new environment in an editor of its own
// process that kills the console, goes on with the draft in another console, which
// uses another editor, and then in the built-in one.
func TestJourneyThroughAnEditor(t *testing.T) {
	d := serve(t, "127.0.0.1:0", t.TempDir())
	withEnvironment(t, d.url, "alpha-team")
	home := t.TempDir()
	start := func(editor string) *traveller {
		j := travelFrom(t, home, 140, 40, "--url", d.url, "--editor", editor)
		j.see("alpha-team", "live")
		return j
	}

	killer := script(t, `test "$(stat -c %a "$1" 2>/dev/null || stat -f %Lp "$1")" = 600 || exit 3
sed -i.bak 's/my-application/from-an-editor/; s/^environment:.*/environment: alpha-team # typed/; s/parallelism: 1/paralelism: 2/' "$1" && kill -9 $PPID
`)
	j := start(killer)
	j.see("a creates one")
	j.press("a")
	j.see("What should it begin with?")
	j.press("y")
	if err := j.p.Ended(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the console was to be killed: %v", err)
	}

	j = start(script(t, `sed -i.bak 's/paralelism/parallelism/' "$2" 2>/dev/null || sed -i.bak 's/paralelism/parallelism/' "$1"
`))
	j.press(":drafts\r")
	j.see("1 draft", "from-an-editor", "new, not created")
	j.press("\r")
	j.see("nothing wrong was found", "New application from-an-editor in alpha-team", "parallelism: 2")
	j.press("q")
	j.see("1 draft")
	j.p.Stop()

	j = start("builtin")
	j.press("a")
	j.see("What should it begin with?", "The draft of", "not created yet")
	j.press("jjy")
	j.see("environment: alpha-team # typed", "parallelism: 2")
	j.press("\x1b")
	j.see("WILL BE SENT")
	j.press("\r")
	j.see("Create from-an-editor")
	j.press("y")
	j.see("created from-an-editor")

	c, err := cmfapi.New(client.Config{URL: d.url})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	a, err := cmfapi.Get[cmf.FlinkApplication](
		t.Context(), c, cmf.Applications, cmf.Scope{Environment: "alpha-team"}, "from-an-editor",
	)
	if err != nil || a.Parallelism() != 2 {
		t.Errorf("got %s, %v", a.Spec, err)
	}
	left, err := filepath.Glob(filepath.Join(home, "drey", "drafts", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestJourneyThroughEditorsThatFail opens one that is not there, one that ends badly
// without and with something written, and one that is interrupted from the keyboard.
func TestJourneyThroughEditorsThatFail(t *testing.T) {
	d := serve(t, "127.0.0.1:0", t.TempDir())
	withEnvironment(t, d.url, "alpha-team")
	home, does := t.TempDir(), filepath.Join(t.TempDir(), "does")
	start := func(editor string) *traveller {
		j := travelFrom(t, home, 140, 40, "--url", d.url, "--editor", editor)
		j.see("alpha-team", "live")
		return j
	}

	j := start("no-such-editor -w")
	j.press("1je")
	j.see(
		"no-such-editor (executable file not found in $PATH): this is drey's own", "check and compare",
		"name: alpha-team",
	)
	j.press("\x1b")
	j.see("nothing changed: nothing is sent")
	j.p.Stop()

	editor := script(t, `case $(cat "`+does+`") in
fail) exit 3;;
write) sed -i.bak 's/^metadata:.*/metadata: {labels: {tier: "1"}}/' "$1"; exit 3;;
latin) printf '# caf\351\n' >> "$1";;
wait) printf 'waiting for a key\r\n'; read -r line;; # another process could miss the key while it starts
esac
`)
	will := func(what string) {
		t.Helper()
		if err := os.WriteFile(does, []byte(what), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j = start(editor)
	will("fail")
	j.press("1je")
	j.see("editor ended with exit status 3: nothing changed, and nothing is sent")
	will("wait")
	j.press("e")
	j.see("waiting for a key")
	j.press("\x03")
	j.see("ended with signal: interrupt: nothing changed, and nothing is sent")
	will("latin")
	j.press("e")
	j.see("this is no text in UTF-8", "1 error")
	text, err := filepath.Glob(filepath.Join(home, "drey", "drafts", "*", "alpha-team.yaml"))
	if err != nil || len(text) != 1 {
		t.Fatalf("the texts of drafts: %v, %v", text, err)
	}
	if raw, err := os.ReadFile(text[0]); err != nil || !strings.Contains(string(raw), "# caf\xe9\n") {
		t.Errorf("what was written is not kept as it was: %q, %v", raw, err)
	}
	j.press("X")
	j.see("Drop the draft of alpha-team", "Cancel")
	j.press("y")
	j.see("the draft was dropped")
	will("write")
	j.press("e")
	j.see("editor ended with exit status 3: look at what it left", "metadata.labels", "only in yours", "enter apply")
	j.press("X")
	j.see("Drop the draft of alpha-team", "Cancel")
	j.press("y")
	j.see("the draft was dropped")
	left, err := filepath.Glob(filepath.Join(home, "drey", "drafts", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
