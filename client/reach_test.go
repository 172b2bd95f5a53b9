package client_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"drey/client"
	"drey/client/fault"
)

// quiet takes what a server logs of handshakes that fail.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func writeCertificate(t *testing.T, path string, s *httptest.Server) {
	t.Helper()
	writeFile(t, path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

// certificate is one for a name that holds for a time.
func certificate(t *testing.T, name string, from, until time.Time) tls.Certificate {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private, Leaf: leaf}
}

// withCertificate serves with a certificate, and gives the file that trusts it.
func withCertificate(t *testing.T, cert tls.Certificate, clients tls.ClientAuthType) (url, ca string) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{}`))
	}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: clients, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}))
	return s.URL, ca
}

// TestWhatIsWrongWithTLSIsSaidInWords has each fault of certificates and what is
// to be done.
func TestWhatIsWrongWithTLSIsSaidInWords(t *testing.T) {
	now := time.Now()
	good := certificate(t, "cmf.internal", now.Add(-time.Hour), now.Add(time.Hour))
	url, ca := withCertificate(t, good, tls.NoClientCert)
	old, oldCA := withCertificate(
		t, certificate(t, "cmf.internal", now.Add(-48*time.Hour), now.Add(-24*time.Hour)), tls.NoClientCert,
	)
	early, earlyCA := withCertificate(
		t, certificate(t, "cmf.internal", now.Add(24*time.Hour), now.Add(48*time.Hour)), tls.NoClientCert,
	)
	mutual, mutualCA := withCertificate(t, good, tls.RequireAnyClientCert)
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	for name, test := range map[string]struct {
		cfg  client.Config
		want string
	}{
		"authority": {client.Config{URL: url, ServerName: "cmf.internal"}, "signed by an authority that is not known here: name its PEM file as tls.ca"},
		"name":      {client.Config{URL: url, CAPath: ca}, "its certificate is for cmf.internal, not for 127.0.0.1: if it is the right server, say so with tls.server-name"},
		"expired":   {client.Config{URL: old, CAPath: oldCA, ServerName: "cmf.internal"}, "its certificate ended on "},
		"early":     {client.Config{URL: early, CAPath: earlyCA, ServerName: "cmf.internal"}, "its certificate begins to hold on "},
		"client":    {client.Config{URL: mutual, CAPath: mutualCA, ServerName: "cmf.internal"}, "it may want a client certificate: tls.cert and tls.key"},
		"plain":     {client.Config{URL: strings.Replace(plain.URL, "http:", "https:", 1)}, "it speaks http, not https: begin the url with http://"},
	} {
		err := get(t, open(t, test.cfg))
		if err == nil || !strings.Contains(err.Error(), test.want) || !fault.Is(err, fault.Offline) ||
			fault.Of(err).Lost {
			t.Errorf("%s: got %v, want …%s", name, err, test.want)
		}
	}
	c := open(t, client.Config{URL: url, CAPath: ca, ServerName: "cmf.internal"})
	if err := get(t, c); err != nil {
		t.Errorf("with its name: %v", err)
	}
	if got := c.Connection(); got.TLS != "TLS 1.3" || !got.Until.Equal(good.Leaf.NotAfter) {
		t.Errorf("got %+v", got)
	}
}

// TestAProxyOfEachKind has the requests of a context go through it.
func TestAProxyOfEachKind(t *testing.T) {
	web := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) })
	var through atomic.Int64
	forward := serve(t, func(w http.ResponseWriter, r *http.Request) {
		through.Add(1)
		if r.URL.Host == "" {
			t.Errorf("got %s, want a whole address", r.RequestURI)
		}
		out, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer out.Body.Close()
		_, _ = io.Copy(w, out.Body)
	})
	socks := socks5(t, &through)
	for _, proxy := range []string{forward.URL, "socks5://" + socks} {
		before := through.Load()
		if err := get(t, open(t, client.Config{URL: web.URL, Proxy: proxy})); err != nil || through.Load() != before+1 {
			t.Errorf("%s: %v, %d went through", proxy, err, through.Load()-before)
		}
	}
	if err := get(t, open(t, client.Config{URL: web.URL, Proxy: client.ProxyNone})); err != nil {
		t.Error(err)
	}
	if err := get(t, open(t, client.Config{URL: web.URL, Proxy: "http://127.0.0.1:1"})); err == nil ||
		!strings.Contains(err.Error(), "the proxy does not answer") || fault.Of(err).Lost {
		t.Errorf("one that is away: got %v", err)
	}
}

// socks5 is a proxy that connects where it is told to (RFC 1928).
func socks5(t *testing.T, through *atomic.Int64) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			through.Add(1)
			go relay(conn)
		}
	}()
	return l.Addr().String()
}

func relay(conn net.Conn) {
	defer conn.Close()
	head := make([]byte, 2)
	_, _ = io.ReadFull(conn, head)
	_, _ = io.CopyN(io.Discard, conn, int64(head[1]))
	_, _ = conn.Write([]byte{5, 0})
	to := make([]byte, 10) // version, connect, 0, IPv4, address, port
	if _, err := io.ReadFull(conn, to); err != nil || to[3] != 1 {
		return
	}
	out, err := (&net.Dialer{}).DialContext(
		context.Background(), "tcp", (&net.TCPAddr{IP: to[4:8], Port: int(to[8])<<8 | int(to[9])}).String(),
	)
	if err != nil {
		return
	}
	defer out.Close()
	_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go func() { _, _ = io.Copy(out, conn) }()
	_, _ = io.Copy(conn, out)
}

// TestAProxyThatWantsAPassword says so, for http and for https.
func TestAProxyThatWantsAPassword(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" && r.Method == http.MethodConnect {
			t.Error("the server's credentials went to the proxy")
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	for _, url := range []string{"http://127.0.0.1:1", "https://127.0.0.1:1"} {
		c := open(t, client.Config{URL: url, Proxy: proxy.URL, Auth: client.Bearer(fixed("s3cret"))})
		err := get(t, c)
		want := "the proxy " + strings.TrimPrefix(proxy.URL, "http://") + " wants a user and a password (407)"
		if err == nil || !strings.Contains(err.Error(), want) || fault.Of(err).Lost || !fault.Is(err, fault.Offline) {
			t.Errorf("%s: got %v, want …%s", url, err, want)
		}
	}
}

// TestTheServersClockIsKnown has a server whose clock is an hour off, one that
// is right, and answers of a cache.
func TestTheServersClockIsKnown(t *testing.T) {
	var ahead atomic.Int64
	var age atomic.Bool
	web := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(time.Duration(ahead.Load())).UTC().Format(http.TimeFormat))
		if age.Load() {
			w.Header().Set("Age", "3000")
		}
		_, _ = w.Write([]byte(`{}`))
	})
	c := open(t, client.Config{URL: web.URL})
	for _, want := range []time.Duration{0, time.Hour, -time.Hour, time.Second, time.Hour} {
		ahead.Store(int64(want))
		if err := get(t, c); err != nil {
			t.Fatal(err)
		}
		if want == time.Second {
			want = 0 // not to be told from none
		}
		if got := c.ClockOffset(); (got - want).Abs() > 2*time.Second {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	age.Store(true)
	ahead.Store(0)
	if err := get(t, c); err != nil || c.ClockOffset() < 59*time.Minute {
		t.Errorf("a cache's date was taken: %v, %v", c.ClockOffset(), err)
	}
}

func TestAnswersArePacked(t *testing.T) {
	web := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Errorf("got %q", r.Header.Get("Accept-Encoding"))
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write([]byte(`{"a":1}`))
		_ = z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	})
	a, err := open(t, client.Config{URL: web.URL}).Do(t.Context(), client.Request{Method: http.MethodGet, Path: "/x"})
	if err != nil || string(a.Body) != `{"a":1}` {
		t.Errorf("got %q, %v", a.Body, err)
	}
}

// TestAServerThatHangsIsGivenUp has the time-out of a context.
func TestAServerThatHangsIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	web := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	err := get(t, open(t, client.Config{URL: web.URL, Timeout: 50 * time.Millisecond}))
	if err == nil || !strings.Contains(err.Error(), "the server did not answer in time") ||
		!fault.Is(err, fault.Offline) {
		t.Errorf("got %v", err)
	}
}

// TestReadOnlyLetsThroughWhatIsPermitted counts what reaches the server.
func TestReadOnlyLetsThroughWhatIsPermitted(t *testing.T) {
	var sent atomic.Int64
	web := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		sent.Add(1)
		_, _ = w.Write([]byte(`{}`))
	})
	permit := func(_ context.Context, r client.Request, body []byte) bool {
		return r.Method == http.MethodPost && r.Path == "/queries" && string(body) == `{"sql":"SELECT 1"}`
	}
	c := open(t, client.Config{URL: web.URL, ReadOnly: true, Permit: permit})
	for sql, want := range map[string]bool{"SELECT 1": true, "DROP TABLE t": false} {
		_, err := c.Do(t.Context(), client.Request{
			Method: http.MethodPost, Path: "/queries", Body: map[string]string{"sql": sql},
		})
		if (err == nil) != want || err != nil && !fault.Is(err, fault.ReadOnly) {
			t.Errorf("%s: got %v", sql, err)
		}
	}
	if sent.Load() != 1 {
		t.Errorf("%d requests left, want 1", sent.Load())
	}
}
