package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// neverSent tells that no connection came about, so that the server has seen
// nothing of the request.
func neverSent(err error) bool {
	var op *net.OpError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	var proxy *proxyError
	return errors.As(err, &op) && slices.Contains(
		[]string{"dial", "remote error", "proxyconnect", "socks connect"}, op.Op,
	) ||
		errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &proxy) ||
		strings.Contains(err.Error(), "TLS handshake timeout") || strings.Contains(err.Error(), plainAnswer)
}

// plainAnswer is what net/http says of a server that does not speak TLS.
const plainAnswer = "server gave HTTP response to HTTPS client"

// reason says in words why there is no connection, and what can be done about
// it where drey knows.
func reason(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var proxy *proxyError
	var op *net.OpError
	switch {
	case errors.As(err, &proxy):
		return proxy.Error()
	case errors.As(err, &authority):
		return "its certificate is signed by an authority that is not known here: name its PEM file as tls.ca " +
			"(--certificate-authority-path)"
	case errors.As(err, &host):
		return wrongName(host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return expired(invalid)
	case strings.Contains(err.Error(), plainAnswer):
		return "it speaks http, not https: begin the url with http://"
	case strings.Contains(err.Error(), "certificate required"), strings.Contains(err.Error(), "handshake failure"):
		return lastCause(err) + ": it may want a client certificate: tls.cert and tls.key (--client-cert-path, " +
			"--client-key-path)"
	case errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect"):
		return "the proxy does not answer: " + op.Err.Error()
	}
	return lastCause(err)
}

func wrongName(err x509.HostnameError) string {
	names := err.Certificate.DNSNames
	if len(names) == 0 && err.Certificate.Subject.CommonName != "" {
		names = []string{err.Certificate.Subject.CommonName}
	}
	of := "another name"
	if len(names) > 0 {
		of = strings.Join(names[:min(len(names), 3)], ", ")
	}
	return fmt.Sprintf(
		"its certificate is for %s, not for %s: if it is the right server, say so with tls.server-name", of, err.Host,
	)
}

func expired(err x509.CertificateInvalidError) string {
	cert := err.Cert
	if strings.Contains(err.Detail, "before") {
		return fmt.Sprintf(
			"its certificate begins to hold on %s: is this machine's clock right?",
			cert.NotBefore.Format("2006-01-02 15:04 MST"),
		)
	}
	return fmt.Sprintf(
		"its certificate ended on %s: it has to be renewed there, unless this machine's clock is wrong",
		cert.NotAfter.Format("2006-01-02 15:04 MST"),
	)
}

// lastCause is the innermost reason why there is no connection.
func lastCause(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}
