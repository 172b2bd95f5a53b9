package client_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"drey/client"
	"drey/client/fault"
)

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestARenewedTokenIsReadAgain changes the token, with the file written before
// and after the server wants the new one.
func TestARenewedTokenIsReadAgain(t *testing.T) {
	var want, posts atomic.Value
	want.Store("one")
	posts.Store(0)
	path := filepath.Join(t.TempDir(), "token")
	writeFile(t, path, []byte("one\n"))
	token, err := client.SecretFile("token", path)
	if err != nil {
		t.Fatal(err)
	}
	c := far(t, client.Config{Auth: client.Bearer(token)}, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+want.Load().(string) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodPost {
			posts.Store(posts.Load().(int) + 1)
		}
		_, _ = w.Write([]byte(`{}`))
	})
	get := func() error {
		_, err := c.Do(context.Background(), client.Request{Method: http.MethodGet, Path: "/about"})
		return err
	}
	if err := get(); err != nil {
		t.Fatal(err)
	}
	want.Store("two")
	if err := get(); !fault.Is(err, fault.SignedOut) {
		t.Fatalf("an old token: got %v", err)
	}
	writeFile(t, path, []byte("two"))
	if _, err := c.Do(context.Background(), client.Request{
		Method: http.MethodPost, Path: "/things", Body: struct{}{},
	}); err != nil || posts.Load() != 1 {
		t.Fatalf("a new token: %v, %v posts", err, posts.Load())
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := get(); err != nil {
		t.Fatalf("a file that is away for a moment: %v", err)
	}
}

// pair is a self-signed certificate and its key as PEM.
func pair(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotAfter:    time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{
		Type: "EC PRIVATE KEY", Bytes: raw,
	})
}

// TestRenewedCertificatesAreReadAgain replaces the server's certificate and the
// client's, with their files.
func TestRenewedCertificatesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	ca, certPath, keyPath := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	var server atomic.Pointer[tls.Config]
	renew := func(name string) {
		serverCert, serverKey := pair(t, name)
		clientCert, clientKey := pair(t, name)
		loaded, err := tls.X509KeyPair(serverCert, serverKey)
		if err != nil {
			t.Fatal(err)
		}
		trusted := x509.NewCertPool()
		trusted.AppendCertsFromPEM(clientCert)
		server.Store(&tls.Config{
			Certificates: []tls.Certificate{loaded}, ClientCAs: trusted, ClientAuth: tls.RequireAndVerifyClientCert,
			MinVersion: tls.VersionTLS12,
		})
		writeFile(t, ca, serverCert)
		writeFile(t, certPath, clientCert)
		writeFile(t, keyPath, clientKey)
	}
	renew("first")
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close") // each request shakes hands
		_, _ = w.Write([]byte(`{}`))
	}))
	web.TLS = &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return server.Load(), nil },
	}
	web.StartTLS()
	t.Cleanup(web.Close)
	c, err := client.New(client.Config{URL: web.URL, CAPath: ca, CertPath: certPath, KeyPath: keyPath})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for _, name := range []string{"first", "second", "third"} {
		if name != "first" {
			renew(name)
		}
		if _, err := c.Do(context.Background(), client.Request{Method: http.MethodGet, Path: "/about"}); err != nil {
			t.Errorf("with the %s certificates: %v", name, err)
		}
	}
}
