package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"drey/client/fault"
)

// Auth gives the Authorization header of a request. refused is the one that the
// server has just refused, "" where none was; giving the same again means that
// there is no other. via sends requests without credentials, as the client is
// set up, for ways to sign in.
type Auth func(ctx context.Context, via http.RoundTripper, refused string) (header string, err error)

// Bearer sends a token.
func Bearer(token Secret) Auth {
	return fromSecret(token, func(value string) string { return "Bearer " + value })
}

// Basic sends a user and a password.
func Basic(user string, password Secret) Auth {
	return fromSecret(password, func(value string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+value))
	})
}

// fromSecret makes the header of a secret, which is asked for another one only
// when the one that it gives now was refused: several requests may have been
// refused at once.
func fromSecret(secret Secret, header func(string) string) Auth {
	return func(ctx context.Context, _ http.RoundTripper, refused string) (string, error) {
		value, err := secret(ctx, false)
		if err == nil && header(value) == refused {
			value, err = secret(ctx, true)
		}
		if err != nil {
			return "", err
		}
		return header(value), nil
	}
}

// OAuth fetches tokens with client credentials (RFC 6749 §4.4).
func OAuth(tokenURL, id string, secret Secret, scopes ...string) Auth {
	return signIn(func(ctx context.Context, via http.RoundTripper, again bool) (string, time.Time, error) {
		value, err := secret(ctx, again)
		if err != nil {
			return "", time.Time{}, err
		}
		config := clientcredentials.Config{ClientID: id, ClientSecret: value, TokenURL: tokenURL, Scopes: scopes}
		web := &http.Client{Transport: via, CheckRedirect: dontRedirect, Timeout: signInTimeout}
		token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, web))
		if err != nil {
			return "", time.Time{}, oauthFailure(tokenURL, err)
		}
		return token.Type() + " " + token.AccessToken, token.Expiry, nil
	})
}

func oauthFailure(at string, err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.Response == nil {
		return &signInError{at: at, text: reason(err), unreachable: !errors.As(err, &refused)}
	}
	text := strings.TrimSpace(refused.ErrorCode + " " + refused.ErrorDescription)
	if text == "" {
		text = otherMessage(refused.Response.StatusCode, refused.Response.Header.Get("Content-Type"), refused.Body)
	}
	return &signInError{at: at, status: refused.Response.StatusCode, text: text}
}

// MDS signs in at Confluent's Metadata Service: a user and a password give a
// token for some hours (cmf-behaviour.md §7). The server may have it at its own
// address.
func MDS(address, user string, password Secret) Auth {
	return signIn(func(ctx context.Context, via http.RoundTripper, again bool) (string, time.Time, error) {
		value, err := password(ctx, again)
		if err != nil {
			return "", time.Time{}, err
		}
		return mdsToken(ctx, via, address, user, value)
	})
}

func mdsToken(ctx context.Context, via http.RoundTripper, address, user, password string) (string, time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/security/1.0/authenticate", nil)
	if err != nil {
		return "", time.Time{}, err
	}
	req.SetBasicAuth(user, password)
	req.Header.Set("Accept", "application/json")
	began := time.Now()
	resp, err := (&http.Client{Transport: via, CheckRedirect: dontRedirect, Timeout: signInTimeout}).Do(req)
	if err != nil {
		return "", time.Time{}, &signInError{at: address, text: reason(err), unreachable: true}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return "", time.Time{}, &signInError{at: address, text: err.Error(), unreachable: true}
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return readMDS(address, body, began)
	case http.StatusNotFound:
		return "", time.Time{}, &signInError{
			at: address, status: resp.StatusCode, text: "there is no Metadata Service at this address",
		}
	}
	text := otherMessage(resp.StatusCode, resp.Header.Get("Content-Type"), body)
	return "", time.Time{}, &signInError{at: address, status: resp.StatusCode, text: text}
}

func readMDS(address string, body []byte, began time.Time) (string, time.Time, error) {
	var answer struct {
		Token   string `json:"auth_token"`
		Expires int64  `json:"expires_in"` // seconds
	}
	_ = json.Unmarshal(body, &answer) // one that cannot be read has no token
	token, ok := oneLine(Token, answer.Token)
	if !ok {
		return "", time.Time{}, &signInError{at: address, text: "the answer holds no auth_token"}
	}
	if answer.Expires <= 0 {
		return "Bearer " + token, time.Time{}, nil
	}
	return "Bearer " + token, began.Add(time.Duration(answer.Expires) * time.Second), nil
}

// dontRedirect takes a redirect for the answer: a password goes to no address
// but the one that was given.
func dontRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

const (
	signInTimeout = 10 * time.Second
	// signInEarly is how long before its end a token is replaced.
	signInEarly = 30 * time.Second
	// signInPause is how soon after a failure it is tried again.
	signInPause = 5 * time.Second
)

// signIn holds a header until it ends or is refused.
func signIn(fetch func(ctx context.Context, via http.RoundTripper, again bool) (string, time.Time, error)) Auth {
	turn := make(chan struct{}, 1)
	var header string
	var expires, failed time.Time
	var failure error
	return func(ctx context.Context, via http.RoundTripper, refused string) (string, error) {
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
		case <-ctx.Done():
			return "", ctx.Err()
		}
		now := time.Now()
		if header != "" && header != refused && (expires.IsZero() || now.Before(expires.Add(-signInEarly))) {
			return header, nil
		}
		if failure != nil && now.Sub(failed) < signInPause {
			return "", failure
		}
		next, until, err := fetch(ctx, via, refused != "")
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if failure = err; err != nil {
			failed = now
			return "", err
		}
		if lifetime := until.Sub(now); !until.IsZero() && lifetime < 2*signInEarly {
			until = now.Add(lifetime/2 + signInEarly) // a short token is used for half of its time
		}
		header, expires = next, until
		return header, nil
	}
}

// signInError is a place to sign in that refuses or does not answer.
type signInError struct {
	at          string
	status      int
	text        string
	unreachable bool
}

func (e *signInError) Error() string {
	host := e.at
	if u, err := url.Parse(e.at); err == nil && u.Host != "" {
		host = u.Host
	}
	switch {
	case e.unreachable:
		return fmt.Sprintf("cannot sign in: %s does not answer: %s", host, e.text)
	case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden || e.status == http.StatusBadRequest:
		return fmt.Sprintf("cannot sign in: %s refuses these credentials: %s (%d)", host, e.text, e.status)
	case e.status != 0:
		return fmt.Sprintf("cannot sign in at %s: %s (%d)", host, e.text, e.status)
	}
	return fmt.Sprintf("cannot sign in at %s: %s", host, e.text)
}

// authError is a request that did not leave: there were no credentials for it.
type authError struct{ cause error }

func (e *authError) Error() string { return e.cause.Error() }
func (e *authError) Unwrap() error { return e.cause }

// kind is what it means: a place to sign in that is away is tried again.
func (e *authError) kind() fault.Kind {
	var s *signInError
	if errors.As(e.cause, &s) && s.unreachable {
		return fault.Offline
	}
	return fault.SignedOut
}
