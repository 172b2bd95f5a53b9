package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// secured serves CMF's version by https with a certificate for a name that ends at a
// time, and gives the file that trusts it.
func secured(t *testing.T, name string, until time.Time) (url, ca string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(saysVersion))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(s.URL, "127.0.0.1", "localhost", 1), ca
}

func saysVersion(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/system-information") {
		fmt.Fprint(w, `{"status":{"version":"2.3.1"}}`)
		return
	}
	w.WriteHeader(http.StatusNotFound)
}

// TestWhatIsWrongWithAContextIsOneMessage has a context of each kind of trouble before
// the server, beside fine ones: each is one line that says what to do, and keeps its
// secret.
func TestWhatIsWrongWithAContextIsOneMessage(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.HandlerFunc(saysVersion))
	t.Cleanup(plain.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" && r.Method == http.MethodConnect {
			t.Error("the server's credentials went to the proxy")
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	good, goodCA := secured(t, "localhost", time.Now().Add(time.Hour))
	old, oldCA := secured(t, "localhost", time.Now().Add(-time.Hour))
	other, otherCA := secured(t, "cmf.internal", time.Now().Add(time.Hour))
	command := func(script string) string {
		return fmt.Sprintf("url: %q, auth: {token: {command: [sh, -c, %q]}}", plain.URL, script)
	}
	contexts := []struct{ name, settings, want string }{
		{"fine", fmt.Sprintf("url: %q", plain.URL), ""},
		{"finetls", fmt.Sprintf("url: %q, tls: {ca: %q}", good, goodCA), ""},
		{"finetoken", command("echo s3cret"), ""},
		{"finename", fmt.Sprintf("url: %q, tls: {ca: %q, server-name: cmf.internal}", other, otherCA), ""},
		{"endless", command("sleep 600"), `token command sh has not ended yet: run it in a terminal`},
		{"stderr", command("echo s3cret; echo careful >&2"), `token command sh wrote to stderr: careful: want the token on stdout and nothing else`},
		{"twolines", command("echo s3cret; echo s3cret2"), `want one line on stdout, the token and nothing else; it printed 2 lines`},
		{"nothing", command("true"), `it printed nothing`},
		{"fails", command("echo log in first >&2; exit 3"), `token command sh failed \(exit status 3\): log in first`},
		{"noprogram", fmt.Sprintf("url: %q, auth: {token: {command: [no-such-program]}}", plain.URL), `no-such-program: there is no such program`},
		{"expired", fmt.Sprintf("url: %q, tls: {ca: %q}", old, oldCA), `certificate (has )?(expired|ended)`},
		{"wrongname", fmt.Sprintf("url: %q, tls: {ca: %q}", other, otherCA), `cmf\.internal.*server-name`},
		{"unknownca", fmt.Sprintf("url: %q", good), `tls.*ca|ca: `},
		{"proxy", fmt.Sprintf("url: https://cmf.example, proxy: %q", proxy.URL), `wants a user and a password \(407\): set HTTPS_PROXY`},
		{"proxyplain", fmt.Sprintf("url: http://cmf.example, proxy: %q, auth: {token: {command: [echo, s3cret]}}", proxy.URL), `wants a user and a password \(407\): set HTTPS_PROXY`},
		{"proxyaway", "url: https://cmf.example, proxy: http://127.0.0.1:1", `the proxy does not answer`},
	}
	file := "contexts:\n"
	for _, c := range contexts {
		file += fmt.Sprintf("  %s: {platform: cmf, %s}\n", c.name, c.settings)
	}
	out, err := checkFile(t, file)
	if err == nil {
		t.Fatal("want an error for those that failed")
	}
	lines := strings.Split(err.Error(), "\n")
	for _, c := range contexts {
		said := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !strings.Contains(line, c.name+": ") })
		switch {
		case c.want == "" && (len(said) > 0 || !regexp.MustCompile(c.name+` +\S+ +after .* 2\.3\.1 `).MatchString(out)):
			t.Errorf("%s: %q\n%s", c.name, said, out)
		case c.want != "" && (len(said) != 1 || !regexp.MustCompile(c.want).MatchString(said[0])):
			t.Errorf("%s: %q, want one line with %s", c.name, said, c.want)
		}
	}
	if strings.Contains(err.Error()+out, "s3cret") {
		t.Errorf("a secret is said:\n%s\n%v", out, err)
	}
}
