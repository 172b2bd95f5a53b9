package auth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
)

// Config names the files. The zero Config asks nobody who they are.
type Config struct {
	TokenFile string // lines of name, role and hash
	ClientCA  string // PEM: the authorities of client certificates
	// Readers are common names of certificates that may only read. Where there
	// are Writers, only their certificates may write.
	Readers, Writers []string
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

func (a *Auth) report(err error) {
	a.config.Log.Error("a file of authentication is refused: nobody comes in with what it does not name", "error", err)
}

func (a *Auth) openTokens() (err error) {
	path := a.config.TokenFile
	if path == "" {
		return nil
	}
	a.tokens, err = newWatched(&watched[tokens]{
		paths: []string{path}, report: a.report,
		read:     func() (tokens, error) { return readTokens(path) },
		fallback: func() tokens { return tokens{} },
	})
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
	a.clientCAs, err = newWatched(&watched[*x509.CertPool]{
		paths: []string{path}, report: a.report, fallback: x509.NewCertPool,
		read: func() (*x509.CertPool, error) {
			pem, err := readFile(path)
			if err != nil {
				return nil, err
			}
			pool := x509.NewCertPool()
			if !pool.AppendCertsFromPEM(pem) {
				return nil, &unreadableError{fmt.Errorf("%s has no certificate in PEM", path)}
			}
			return pool, nil
		},
	})
	if err != nil {
		return fmt.Errorf("client authority: %w", err)
	}
	return nil
}

// openOwn keeps the certificate that there was where a new one cannot be read:
// it lets nobody in.
func (a *Auth) openOwn() (err error) {
	cert, key := a.config.CertFile, a.config.KeyFile
	if cert == "" {
		return nil
	}
	a.own, err = newWatched(&watched[*tls.Certificate]{
		paths: []string{cert, key}, report: a.report,
		read: func() (*tls.Certificate, error) {
			pem, err := readFile(cert)
			if err != nil {
				return nil, err
			}
			secret, err := readFile(key)
			if err != nil {
				return nil, err
			}
			pair, err := tls.X509KeyPair(pem, secret)
			if err != nil {
				return nil, &unreadableError{err}
			}
			return &pair, nil
		},
	})
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	return nil
}

// Refused names the files that are not taken as they are now, in whole or in
// part, without what stands in them. closed tells that nobody can come in.
func (a *Auth) Refused() (files []string, closed bool) {
	if !a.Required() {
		return nil, false
	}
	closed = true
	if a.tokens != nil {
		known, err := a.tokens.check()
		if err != nil {
			files = append(files, "token file")
		}
		closed = len(known) == 0
	}
	if a.clientCAs != nil {
		_, err := a.clientCAs.check()
		if err != nil {
			files = append(files, "client authority")
		}
		closed = closed && err != nil
	}
	if a.own != nil {
		if _, err := a.own.check(); err != nil {
			files = append(files, "certificate")
		}
	}
	return files, closed
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
				MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
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
	// The connection may be older than the authorities.
	sent := r.TLS.PeerCertificates
	options := x509.VerifyOptions{
		Roots: a.clientCAs.get(), Intermediates: x509.NewCertPool(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	for _, between := range sent[1:] {
		options.Intermediates.AddCert(between)
	}
	if _, err := sent[0].Verify(options); err != nil {
		return Caller{}, false
	}
	name := sent[0].Subject.CommonName
	return Caller{Name: name, ReadOnly: a.onlyReads(name)}, true
}

// onlyReads reports whether the certificate of a common name may not write.
func (a *Auth) onlyReads(name string) bool {
	if slices.Contains(a.config.Readers, name) {
		return true
	}
	return len(a.config.Writers) > 0 && !slices.Contains(a.config.Writers, name)
}
