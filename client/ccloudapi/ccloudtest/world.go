package ccloudtest

import (
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
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// World is Confluent Cloud under its own names: a control plane, and a data plane in
// each region at the address that clients derive for it. All of them listen on loopback:
// Proxy leads to them, as the proxy of a company does, with certificates that CA has
// signed. A client has to set nothing but both.
type World struct {
	Proxy   string // address of an HTTP proxy that takes CONNECT
	CA      string // path of a PEM file
	Control *Server
	Regions map[string]*Server

	mu    sync.Mutex
	hosts map[string]string // listeners, by host and port
	asked []string          // hosts and ports that the proxy was asked for
}

// ControlHost is the control plane's, which has the Metrics API under another name.
const (
	ControlHost = "api.confluent.cloud"
	metricsHost = "api.telemetry.confluent.cloud"
	// StoreHost is where files are uploaded to.
	StoreHost = "confluent-artifacts.s3.us-east-1.amazonaws.example"
)

// hostOf is the host of a region, or of the control plane for "".
func hostOf(region string) string {
	if region == "" {
		return ControlHost
	}
	return "flink." + region + ".aws.confluent.cloud"
}

func (s *Server) host() string { return hostOf(s.region) }

// NewWorld starts a world; it ends with the test. Pool and BigPool are in the first
// region, OtherPool in the second.
func NewWorld(t testing.TB, quirks Quirks, regions ...string) *World {
	t.Helper()
	w := &World{Regions: map[string]*Server{}, hosts: map[string]string{}}
	sign := w.authority(t)
	start := func(region string) *Server {
		s := prepare(t, quirks, region)
		s.world = w
		s.web.TLS = &tls.Config{Certificates: []tls.Certificate{sign(s.host(), metricsHost)}}
		s.web.EnableHTTP2 = true
		s.web.StartTLS()
		s.URL = "https://" + s.host()
		w.hosts[s.host()+":443"] = s.web.Listener.Addr().String()
		return s
	}
	w.Control = start("")
	w.hosts[metricsHost+":443"] = w.Control.web.Listener.Addr().String()
	store := &w.Control.store
	store.web.TLS = &tls.Config{Certificates: []tls.Certificate{sign(StoreHost)}}
	store.web.StartTLS()
	store.address = "https://" + StoreHost
	w.hosts[StoreHost+":443"] = store.web.Listener.Addr().String()
	for _, region := range regions {
		w.Regions[region] = start(region)
	}
	if len(regions) > 1 {
		other := pool(OtherPool, "orders-eu", Environment, 10, 1)
		other["spec"].(map[string]any)["region"] = regions[1]
		w.Control.pools = append(w.Control.pools, other)
	}
	proxy := httptest.NewServer(http.HandlerFunc(w.connect))
	t.Cleanup(proxy.Close)
	w.Proxy = proxy.URL
	return w
}

// Stranger starts a server under another name; it ends with the test.
func (w *World) Stranger(t testing.TB, host string, handle http.HandlerFunc) {
	t.Helper()
	web := httptest.NewUnstartedServer(handle)
	web.TLS = &tls.Config{Certificates: []tls.Certificate{w.authority(t)(host)}}
	web.StartTLS()
	t.Cleanup(web.Close)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[host+":443"] = web.Listener.Addr().String()
}

// Asked are the hosts that connections were wanted to, each once.
func (w *World) Asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Clone(w.asked)
	slices.Sort(all)
	return slices.Compact(all)
}

// connect leads to a name.
func (w *World) connect(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r.Host)
	to := w.hosts[r.Host]
	w.mu.Unlock()
	out, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", to)
	if r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" || to == "" || err != nil {
		http.Error(rw, "there is no "+r.Host, http.StatusBadGateway)
		return
	}
	defer func() { _ = out.Close() }()
	in, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = in.Close() }()
	_, _ = io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			ended <- struct{}{}
		}()
	}
	<-ended
}

// authority makes what signs certificates, and the file CA where there is none yet.
func (w *World) authority(t testing.TB) (sign func(hosts ...string) tls.Certificate) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	own := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "drey tests"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, own, own, key.Public(), key)
	must(err)
	if w.CA == "" {
		w.CA = filepath.Join(t.TempDir(), "ca.pem")
	}
	file, err := os.OpenFile(w.CA, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(err)
	must(pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
	must(file.Close())
	return func(hosts ...string) tls.Certificate {
		leaf := &x509.Certificate{
			SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: hosts[0]}, DNSNames: hosts,
			NotBefore: own.NotBefore, NotAfter: own.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		signed, err := x509.CreateCertificate(rand.Reader, leaf, own, key.Public(), key)
		must(err)
		return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}
	}
}

// hang waits while the server hangs, and no longer than the client does.
func (s *Server) hang(r *http.Request) {
	s.mu.Lock()
	goesOn := s.goesOn
	s.mu.Unlock()
	if goesOn == nil {
		return
	}
	select {
	case <-goesOn:
	case <-r.Context().Done():
	}
}

// ownPool tells whether a statement of the region may run in a pool; "" is the one that
// the server chooses.
func (s *Server) ownPool(id any) bool {
	if s.world == nil || id == nil || id == "" {
		return true
	}
	control := s.world.Control
	control.mu.Lock()
	defer control.mu.Unlock()
	return slices.ContainsFunc(control.pools, func(p map[string]any) bool {
		return p["id"] == id && p["spec"].(map[string]any)["region"] == s.region
	})
}
