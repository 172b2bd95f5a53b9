package contract

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/auth"
	"drey/server/servertest"
)

func TestTokensAndRolesInTheAPIsShape(t *testing.T) {
	w := servertest.NewWorld(t)
	file := filepath.Join(t.TempDir(), "tokens")
	text := "ann write " + auth.HashToken("a-token") + "\neve read-only " + auth.HashToken("e-token") + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.OpenWith(server.Config{TokenFile: file})
	ann, eve := "Bearer a-token", "bearer e-token"
	const prod = `{"name":"prod","kubernetesNamespace":"x"}`
	servertest.Play(w, []scenario{
		{"nobody", "GET", "environments", "", nil, 401, `"message":"authentication required`},
		{"a stranger", "GET", "environments", "", []string{"Authorization", "Bearer x"}, 401, ""},
		{"another scheme", "GET", "environments", "", []string{"Authorization", "Basic YTpi"}, 401, ""},
		{"a path that is not there", "GET", "/nope", "", nil, 401, ""},
		{"who may write", "POST", "environments", prod, []string{"Authorization", ann}, 200, ""},
		{"who may only read reads", "GET", "environments/prod", "", []string{"Authorization", eve}, 200, ""},
		{"and writes nothing", "POST", "environments", prod, []string{"Authorization", eve}, 403, "read-only"},
		{"nor deletes", "DELETE", "environments/prod", "", []string{"Authorization", eve}, 403, ""},
		{"a host of any name", "GET", "environments", "", []string{"Authorization", eve, "Host", "flink.example"}, 200, ""},
		{"a page of another site", "GET", "environments", "", []string{"Authorization", eve, "Host", "flink.example", "Origin", "https://evil.example"}, 403, "Origin"},
	})
	if got := w.Call("GET", "environments", "").Header().Get("WWW-Authenticate"); got == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

func TestARemoteAddressIsTakenWithAuthentication(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("ann write "+auth.HashToken("x")), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := server.Open(t.Context(), server.Config{Listen: "0.0.0.0:0", Data: t.TempDir(), TokenFile: file})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// authority signs certificates of a test.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.sign("ca", nil)
	return a
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// sign writes NAME.crt and NAME.key, signed by the authority or by themselves.
func (a *authority) sign(name string, by *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: by == nil, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := cert, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(name+".crt", "CERTIFICATE", der)
	a.write(name+".key", "PRIVATE KEY", raw)
	return cert, key
}

func (a *authority) write(name, kind string, der []byte) {
	a.t.Helper()
	if err := os.WriteFile(a.path(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

// client is an HTTP client with the certificate of a name, "" for none.
func (a *authority) client(name string) *http.Client {
	a.t.Helper()
	roots := x509.NewCertPool()
	text, err := os.ReadFile(a.path("ca.crt"))
	if err != nil {
		a.t.Fatal(err)
	}
	roots.AppendCertsFromPEM(text)
	config := &tls.Config{RootCAs: roots}
	if name != "" {
		pair, err := tls.LoadX509KeyPair(a.path(name+".crt"), a.path(name+".key"))
		if err != nil {
			a.t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}
	a.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// running runs a server to the end of the test.
func running(t *testing.T, config server.Config) *server.Server {
	t.Helper()
	s, err := server.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestClientCertificatesOfTheAuthorityAreLetIn(t *testing.T) {
	a := newAuthority(t)
	for _, name := range []string{"server", "ann", "eve"} {
		a.sign(name, a)
	}
	s := running(t, server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), TLSCert: a.path("server.crt"), TLSKey: a.path("server.key"),
		ClientCA: a.path("ca.crt"), Readers: []string{"eve"},
	})
	for name, want := range map[string]int{"": 401, "ann": 415, "eve": 403} {
		response, err := a.client(name).Post(s.URL()+cmf.BasePath+"/environments", "text/plain", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%q: got %d, want %d", name, response.StatusCode, want)
		}
	}
}

func TestTheCertificateIsReadAgainWhenItChanges(t *testing.T) {
	a := newAuthority(t)
	a.sign("server", a)
	s := running(t, server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), TLSCert: a.path("server.crt"), TLSKey: a.path("server.key"),
	})
	serial := func() string {
		response, err := a.client("").Get(s.URL() + cmf.BasePath + "/system-information")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.TLS.PeerCertificates[0].SerialNumber.String()
	}
	first := serial()
	a.sign("server", a)
	for _, name := range []string{"server.crt", "server.key"} {
		if err := os.Chtimes(a.path(name), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if second := serial(); second == first {
		t.Error("the old certificate is still shown")
	}
}

// TestAnAuthorityThatIsTakenOutLetsNobodyIn has a connection that is older than
// the change as well as new ones.
func TestAnAuthorityThatIsTakenOutLetsNobodyIn(t *testing.T) {
	a := newAuthority(t)
	for _, name := range []string{"server", "ann", "bob"} {
		a.sign(name, a)
	}
	authorities := a.path("clients.crt")
	text, err := os.ReadFile(a.path("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(authorities, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s := running(t, server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), TLSCert: a.path("server.crt"), TLSKey: a.path("server.key"),
		ClientCA: authorities, Writers: []string{"ann"},
	})
	previous := a.client("ann")
	previous.Transport.(*http.Transport).DisableKeepAlives = false
	status := func(client *http.Client, method string) int {
		t.Helper()
		request, err := http.NewRequestWithContext(
			t.Context(), method, s.URL()+cmf.BasePath+"/environments", http.NoBody,
		)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			return 0
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		return response.StatusCode
	}
	if got := []int{
		status(previous, "GET"), status(previous, "POST"), status(a.client("bob"), "GET"),
		status(a.client("bob"), "POST"),
	}; !slices.Equal(got, []int{200, 400, 200, 403}) {
		t.Errorf("before: got %v, want that both read and only ann writes", got)
	}
	if err := os.WriteFile(authorities, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := []int{status(previous, "GET"), status(a.client("ann"), "GET")}; got[0] != 401 || got[1] == 200 {
		t.Errorf("after: got %v, want nobody let in", got)
	}
}
