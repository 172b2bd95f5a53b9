package cmfapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"drey/client"
	"drey/client/cmf"
	"drey/client/fault"
)

// About is what a server says of itself.
type About struct {
	// Version is CMF's, "" for a server that does not tell: 2.1 and older have no
	// system-information.
	Version string
	// Who is the principal that the server takes us for, "" where it does not tell
	// or asks for nobody; Method is how it knows: certificate, token.
	Who, Method string
}

// Probe asks a server what it is: two small requests, or three for an old one.
// The error of a server that is none of CMF's says what it seems to be.
func Probe(ctx context.Context, c *Client) (About, error) {
	var about About
	info, err := c.SystemInformation(ctx)
	switch {
	case err == nil:
		about.Version = info.Status.Version
	case !fault.Is(err, fault.NotFound, fault.Unsupported) && client.StatusOf(err)/100 != 2:
		return about, err
	default:
		if err := probeOld(ctx, c); err != nil {
			return about, err
		}
	}
	about.Who, about.Method = whoami(ctx, c)
	return about, nil
}

// probeOld asks for what every version has.
func probeOld(ctx context.Context, c *Client) error {
	r := client.Request{
		Method: http.MethodGet, Path: cmf.Environments.Path(cmf.Scope{}), Query: url.Values{"page": {"0"}, "size": {"1"}},
	}
	answer, err := c.Do(ctx, r)
	if err != nil {
		if isFlink(ctx, c) {
			return &wrongServer{"this is a Flink JobManager, not CMF"}
		}
		return err
	}
	if _, _, err := cmf.SplitPage(answer.Body); err != nil {
		return &wrongServer{fmt.Sprintf("this is no CMF: %s answers with something else", c.URL())}
	}
	return nil
}

// wrongServer is a server of another kind.
type wrongServer struct{ text string }

func (e *wrongServer) Error() string { return e.text }

// Fault says what the error means.
func (e *wrongServer) Fault() fault.Fault { return fault.Fault{Kind: fault.Unsupported} }

// WrongServer tells that an error says which other kind of server this is.
func WrongServer(err error) bool {
	var wrong *wrongServer
	return errors.As(err, &wrong)
}

// isFlink tells a JobManager by its overview (flink-engine.md §2.2).
func isFlink(ctx context.Context, c *Client) bool {
	answer, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: "/overview"})
	var overview struct {
		Version string `json:"flink-version"`
	}
	return err == nil && json.Unmarshal(answer.Body, &overview) == nil && overview.Version != ""
}

// whoami asks who we are there (2.4 and later); older servers and an
// authentication that is off give nobody.
func whoami(ctx context.Context, c *Client) (principal, method string) {
	answer, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: cmf.BasePath + "/c3/whoami"})
	var who struct {
		Principal string `json:"principal"`
		Method    string `json:"authMethod"`
	}
	if err != nil || json.Unmarshal(answer.Body, &who) != nil {
		return "", ""
	}
	return who.Principal, who.Method
}
