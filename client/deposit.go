package client

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Deposit is a body that goes to an address which the server gave for it, such as a
// presigned form of an object store. That host is not the server's: what goes there
// carries none of the context's credentials, headers or certificates, and is sent
// once.
type Deposit struct {
	Method      string // POST where it is ""
	Address     string // whole; its query may be a signature, and is in no log
	ContentType string
	Header      map[string]string // what the host wants beside it
	Length      int64             // bytes of Content
	Content     io.Reader
}

// Deposit sends d. What is not a success is an *Error whose message is what
// the host says, at most 4 KiB of it. Redirects are not followed.
func (c *Client) Deposit(ctx context.Context, d Deposit) error {
	u, err := url.Parse(d.Address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("the server gave no address to send it to")
	case u.Scheme != "https" && c.creds.base.Scheme == "https":
		return fmt.Errorf("the server gave an address in plain text, %s: nothing was sent there", u.Scheme+"://"+u.Host)
	}
	shown := u.Scheme + "://" + u.Host + u.EscapedPath()
	r := Request{Method: cmp.Or(d.Method, http.MethodPost), Path: shown}
	if c.readOnly {
		return fmt.Errorf("%s %s: %w", r.Method, r.Path, ErrReadOnly)
	}
	transport, err := c.creds.elsewhere()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	watch := &watched{cancel: cancel}
	watch.timer = time.AfterFunc(streamSilence, func() { cancel(errSilent) })
	defer watch.end()
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), &watchedReader{d.Content, watch})
	if err != nil {
		return errors.New("the server gave no address to send it to")
	}
	req.ContentLength = d.Length
	req.Header.Set("Content-Type", d.ContentType)
	req.Header.Set("User-Agent", "drey")
	for name, value := range d.Header {
		req.Header.Set(name, value)
	}
	call := Call{At: c.now(), Method: r.Method, URL: shown}
	defer c.calls.begin(call)()
	resp, err := (&http.Client{Transport: transport, CheckRedirect: dontRedirect}).Do(req)
	call.Duration = c.now().Sub(call.At)
	if err == nil {
		call.Status = resp.StatusCode
		err = refusedDeposit(r, resp)
	} else {
		err = noAnswer(r, orSilent(ctx, err))
	}
	if err != nil {
		call.Err = err.Error()
	}
	c.calls.add(call)
	return err
}

// refusedDeposit is what the host says where it did not take a body.
func refusedDeposit(r Request, resp *http.Response) error {
	defer func() { _ = resp.Body.Close() }() // it is read as far as it is wanted
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // what came of it is enough
	e := &Error{
		Method: r.Method, Path: r.Path, Status: resp.StatusCode,
		fault: meaning(r.Method, resp.StatusCode, true, time.Time{}),
	}
	var store struct{ Code, Message string } // as object stores write it; the rest may repeat what was signed
	if xml.Unmarshal(text, &store) == nil && store.Code != "" {
		e.Message = strings.TrimSuffix(store.Code+": "+store.Message, ": ")
	} else {
		e.Message = otherMessage(resp.StatusCode, resp.Header.Get("Content-Type"), text)
	}
	return e
}

// elsewhere is a transport to hosts that are not the server's: by the same proxy,
// with the certificate authorities of the system and the context's, and without the
// context's certificate.
func (c *credentials) elsewhere() (*http.Transport, error) {
	t, err := newTransport(Config{Proxy: c.cfg.Proxy})
	if err != nil || c.cfg.CAPath == "" {
		return t, err
	}
	pem, err := os.ReadFile(c.cfg.CAPath)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(pem)
	t.TLSClientConfig.RootCAs = pool
	return t, nil
}
