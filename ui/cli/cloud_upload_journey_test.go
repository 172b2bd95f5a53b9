//go:build unix

package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
)

// worldHome is the home of a person whose context has two regions, which are reached by
// their names through a proxy.
func worldHome(t *testing.T, w *ccloudtest.World) string {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(ccloudtest.Secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return configured(t, fmt.Sprintf(`contexts:
  cloud:
    platform: ccloud
    organization: %s
    cloud: aws
    region: [%s, %s]
    environment: %s
    auth: {flink-key: {key: %s, secret: {file: %q}}, cloud-key: {key: %s, secret: {file: %q}}}
    tls: {ca: %q}
    proxy: %s
`, ccloudtest.Organization, ccloudtest.Region, ccloudtest.OtherRegion, ccloudtest.Environment, ccloudtest.DataKey, secret,
		ccloudtest.ControlKey, secret, w.CA, w.Proxy))
}

// TestJourneyOfAnUpload sees statements of two regions, uploads with a form that has
// expired, again from the draft until a signal ends it in the midst, and again in the
// next console: neither keys nor the form's signature are on the screen, in its last
// words or in a file.
func TestJourneyOfAnUpload(t *testing.T) {
	t.Parallel()
	w := ccloudtest.NewWorld(t, ccloudtest.Quirks{}, ccloudtest.Region, ccloudtest.OtherRegion)
	w.Control.Set(func(q *ccloudtest.Quirks) {
		q.StoreRefuses = "AccessDenied: Invalid according to Policy: Policy expired."
	})
	for region, s := range w.Regions {
		s.Add(ccloudtest.Environment, "orders-"+region, "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	}
	home := worldHome(t, w)
	jar := filepath.Join(home, "functions.jar")
	content := bytes.Repeat([]byte("class"), 50_000)
	if err := os.WriteFile(jar, content, 0o600); err != nil {
		t.Fatal(err)
	}
	j := travelFrom(t, home, 160, 44)
	j.see("orders-us-east-1", "orders-eu-west-1", "2 statements")
	j.press("6")
	j.see("1 artifact", "cfa-1")
	upload := func(begin string, keys ...string) {
		t.Helper()
		j.press("a")
		j.see("What should it begin with?", begin)
		j.press(append(keys, "y")...)
		j.see("display_name: my-functions", "check and compare")
	}
	draft := []string{"\x1b[B", "\x1b[B", "\x1b[B"} // below a template, a copy and a file
	upload("A template")
	j.press("\x1b/")
	j.press("file:", "\r", "\x1b[H")
	j.press(strings.Repeat("\x1b[C", len("file: ")), "\x0b", jar) // ctrl-k cuts the rest of the line
	j.see("file: " + jar[:20])
	send := func() {
		t.Helper()
		j.press("\x1b")
		j.see("nothing wrong was found")
		j.press("\r")
		j.see("Create us-east-1/my-functions", "What will be sent")
		j.press("y")
	}
	send()
	j.see("Policy expired. (403)")
	j.press("\x1b")
	j.waitUnseen("esc back")
	w.Control.Set(func(q *ccloudtest.Quirks) { q.StoreRefuses, q.StoreHangs = "", true })
	upload("The draft of", draft...)
	send()
	j.see("250 kB of 250 kB")
	if err := syscall.Kill(j.p.PID(), syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = j.p.Ended() // it says what it was doing
	noSecretIn(t, home)
	last := j.p.Raw()
	w.Control.Set(func(q *ccloudtest.Quirks) { q.StoreHangs = false })
	j = travelFrom(t, home, 160, 44)
	j.see("2 statements")
	j.press("6")
	j.see("1 artifact", "cfa-1")
	upload("The draft of", draft...)
	send()
	j.see("✓ done", "250 kB of 250 kB")
	j.press("\x1b")
	j.see("2 artifacts", "my-functions")
	if !bytes.Equal(w.Control.File("my-functions"), content) {
		t.Error("another file came")
	}
	j.press("@")
	j.see("API calls")
	j.press("/", "amazonaws")
	j.see(ccloudtest.StoreHost)
	j.press("\r")
	j.see("enter whole call", "POST", "204")
	j.press("\r")
	j.waitUnseen("enter whole call") // it is open
	j.see("POST", "204")
	j.press("\x1b")
	j.see("enter whole call")
	for _, secret := range []string{ccloudtest.Secret, ccloudtest.FormSignature} {
		if strings.Contains(last+j.p.Raw(), secret) {
			t.Errorf("%s was on the screen", secret)
		}
	}
	noSecretIn(t, home)
	for _, r := range append(w.Regions[ccloudtest.Region].Seen(), w.Regions[ccloudtest.OtherRegion].Seen()...) {
		if r.User != ccloudtest.DataKey {
			t.Errorf("%s %s came with %q", r.Method, r.Path, r.User)
		}
	}
}
