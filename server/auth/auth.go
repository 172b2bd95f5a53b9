package auth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
)

// Config names the files. The zero Config asks nobody who they are.
type Config struct {
	TokenFile string // lines of name, role and hash
	ClientCA  string // PEM: the authorities of client certificates
	// Readers are common names of certificates that may only read.
	Readers []string
	// CertFile and KeyFile are the server's own, in PEM.
	CertFile, KeyFile string
	Log               *slog.Logger
}

// Auth is what Config describes, with its files read.
type Auth struct {
	config    Config
	tokens    *watched[tokens]
	clientCAs *watched[*x509.CertPool]
	own       *watched[*tls.Certificate]
}

var (
	errHalfPair = errors.New("a certificate and its key are given together")
	errPlain    = errors.New("client certificates need TLS: give a certificate and a key")
)

// New reads the files.
func New(config Config) (*Auth, error) {
	if (config.CertFile == "") != (config.KeyFile == "") {
		return nil, errHalfPair
	}
	if config.ClientCA != "" && config.CertFile == "" {
		return nil, errPlain
	}
	a := &Auth{config: config}
	return a, errors.Join(a.openTokens(), a.openAuthorities(), a.openOwn())
}

func (a *Auth) told(err error) {
	a.config.Log.Error("a changed file was not taken", "error", err)
}

func (a *Auth) openTokens() (err error) {
	path := a.config.TokenFile
	if path == "" {
		return nil
	}
	a.tokens, err = newWatched(func() (tokens, error) { return readTokens(path) }, a.told, path)
	if err != nil {
		return fmt.Errorf("token file: %w", err)
	}
	return nil
}

func (a *Auth) openAuthorities() (err error) {
	path := a.config.ClientCA
	if path == "" {
		return nil
	}
	a.clientCAs, err = newWatched(func() (*x509.CertPool, error) {
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s has no certificate in PEM", path)
		}
		return pool, nil
	}, a.told, path)
	if err != nil {
		return fmt.Errorf("client authority: %w", err)
	}
	return nil
}

func (a *Auth) openOwn() (err error) {
	cert, key := a.config.CertFile, a.config.KeyFile
	if cert == "" {
		return nil
	}
	a.own, err = newWatched(func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(cert, key)
		return &pair, err
	}, a.told, cert, key)
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	return nil
}

// Required reports whether callers have to say who they are.
func (a *Auth) Required() bool { return a.tokens != nil || a.clientCAs != nil }

// TLS is the listener's configuration, nil for plain HTTP. A client without a
// certificate is let in and refused with 401, so that it learns why.
func (a *Auth) TLS() *tls.Config {
	if a.own == nil {
		return nil
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			config := &tls.Config{
				MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
				Certificates: []tls.Certificate{*a.own.get()},
			}
			if a.clientCAs != nil {
				config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, a.clientCAs.get()
			}
			return config, nil
		},
	}
}

// Authenticate tells who sent a request, by token first.
func (a *Auth) Authenticate(r *http.Request) (Caller, bool) {
	if a.tokens != nil {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") {
			caller, known := a.tokens.get()[HashToken(strings.TrimSpace(token))]
			return caller, known
		}
	}
	if a.clientCAs == nil || r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		return Caller{}, false
	}
	name := r.TLS.VerifiedChains[0][0].Subject.CommonName
	return Caller{Name: name, ReadOnly: slices.Contains(a.config.Readers, name)}, true
}
