// Package vvpapi is Ververica Platform 2.x as typed calls over client. A token
// belongs to one namespace, so each namespace may have a client of its own.
package vvpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"drey/client"
	"drey/client/fault"
	"drey/client/vvp"
)

// Config says which platform to speak to, and who we are in each namespace.
type Config struct {
	// Server is how it is reached; its Auth opens every namespace that has no token
	// of its own.
	Server client.Config
	// Namespaces are those to show, with the token of each, nil for Server's; none:
	// they are listed.
	Namespaces map[string]client.Auth
	// FlinkUI is where Flink's own REST API of a job is, with placeholders in its path
	// (FlinkUI); "": nobody said.
	FlinkUI string
	// Queries lets through, of all changes, statements that only read.
	Queries bool
}

// Client is safe for concurrent use.
type Client struct {
	own        map[string]*client.Client
	common     *client.Client
	configured []string
	flink      *flinkUI // nil: nobody said where it is
}

// New makes a client; it does not connect.
func New(cfg Config) (*Client, error) {
	c := &Client{own: map[string]*client.Client{}}
	cfg.Server.Dialect = Dialect()
	if cfg.Queries {
		cfg.Server.ReadOnly, cfg.Server.Permit = true, permitQueries
	}
	var err error
	if c.common, err = client.New(cfg.Server); err != nil {
		return nil, err
	}
	for name, auth := range cfg.Namespaces {
		c.configured = append(c.configured, name)
		if auth == nil {
			continue
		}
		own := cfg.Server
		own.Auth, own.Beside = auth, c.common
		if c.own[name], err = client.New(own); err != nil {
			c.Close()
			return nil, fmt.Errorf("namespace %s: %w", name, err)
		}
	}
	slices.Sort(c.configured)
	if cfg.FlinkUI != "" {
		if c.flink, err = openFlinkUI(cfg, c.common); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close gives up idle connections.
func (c *Client) Close() {
	for _, own := range c.own {
		if own != nil {
			own.Close()
		}
	}
	if c.flink != nil {
		c.flink.close()
	}
	c.common.Close()
}

// Transport is the client without a namespace; all share its budget and log.
func (c *Client) Transport() *client.Client { return c.common }

// in is the client of a namespace.
func (c *Client) in(namespace string) *client.Client {
	if own := c.own[namespace]; own != nil {
		return own
	}
	return c.common
}

// Dialect is how the platform answers: whole lists in one member, errors in three
// shapes (platforms.md B1).
func Dialect() client.Dialect {
	return client.Dialect{Product: "Ververica Platform", Message: message, Next: onePage}
}

func message(body []byte) (text string, own bool) {
	var e struct {
		Kind        string `json:"kind"`
		Message     string `json:"message"`
		Reason      string `json:"reason"`
		Code        string `json:"code"`
		Description string `json:"description"`
		Status      int    `json:"status"`
		Error       string `json:"error"`
		Errors      []struct {
			Attribute string `json:"attribute"`
			Message   string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &e) != nil {
		return "", false
	}
	switch {
	case len(e.Errors) > 0:
		var lines []string
		for _, one := range e.Errors {
			lines = append(lines, strings.TrimPrefix(one.Attribute+": "+one.Message, ": "))
		}
		return strings.Join(lines, "\n"), true
	case e.Message != "":
		if e.Reason != "" && !strings.Contains(e.Message, e.Reason) {
			return e.Reason + ": " + e.Message, true
		}
		return e.Message, true
	case e.Description != "":
		return e.Description, true
	case e.Code != "":
		return e.Code, true
	case e.Error != "" && e.Status != 0: // of Spring
		return e.Error, true
	}
	return "", false
}

// onePage reads a list: items of the application manager, else the only member
// that is a list. Some servers wrap it into data.
func onePage(body []byte, _ url.Values) (client.Page, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(unwrapped(body), &object); err != nil {
		return client.Page{}, err
	}
	list, found := object["items"]
	if !found {
		for _, value := range object {
			if bytes.HasPrefix(bytes.TrimSpace(value), []byte("[")) {
				list = value
			}
		}
	}
	var p client.Page
	if list == nil || string(list) == "null" {
		return p, nil
	}
	err := json.Unmarshal(list, &p.Items)
	p.Total = int64(len(p.Items))
	return p, err
}

// unwrapped takes an answer out of {"data": …}, which some servers put around it.
func unwrapped(body []byte) []byte {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object["data"] == nil {
		return body
	}
	for name := range object {
		if name != "data" && name != "success" && name != "requestId" {
			return body
		}
	}
	return object["data"]
}

// ask sends a request and reads one object from the answer.
func ask[T any](
	ctx context.Context, on *client.Client, what, method, path string, query url.Values, body any,
) (T, error) {
	var v T
	a, err := on.Do(ctx, client.Request{Method: method, Path: path, Query: query, Body: body})
	if err == nil && len(a.Body) > 0 {
		if err = json.Unmarshal(unwrapped(a.Body), &v); err != nil {
			err = fmt.Errorf("cannot read the answer: %w", err)
		}
	}
	if err != nil {
		return v, fmt.Errorf("%s: %w", what, err)
	}
	return v, nil
}

// Lister asks for a collection again and again.
type Lister[T any] func(ctx context.Context) (listed client.Listed[T], changed bool, err error)

// List lists a collection of a namespace; query narrows it.
func List[T any](c *Client, of vvp.Collection, namespace string, query url.Values) Lister[T] {
	return client.NewPoll[T](c.in(namespace), of.Path(namespace), query).Next
}

// Get reads an object by its name or id.
func Get[T any](ctx context.Context, c *Client, of vvp.Collection, namespace, name string) (T, error) {
	return ask[T](
		ctx, c.in(namespace), "get "+of.Singular+" "+name, http.MethodGet, of.ItemPath(namespace, name), nil, nil,
	)
}

// Create makes an object; 201 is the answer.
func Create[T any](ctx context.Context, c *Client, of vvp.Collection, namespace string, body any) (T, error) {
	return ask[T](ctx, c.in(namespace), "create "+of.Singular, http.MethodPost, of.Path(namespace), nil, body)
}

// Patch merges a change into an object (RFC 7386): null takes a member out.
func Patch(ctx context.Context, c *Client, of vvp.Collection, namespace, name string, change any) error {
	_, err := ask[json.RawMessage](
		ctx, c.in(namespace), "change "+of.Singular+" "+name, http.MethodPatch, of.ItemPath(namespace, name), nil,
		change,
	)
	return err
}

// CreatePrivate and PatchPrivate send what is a secret: it is in no log.
func CreatePrivate(ctx context.Context, c *Client, of vvp.Collection, namespace string, body any) error {
	_, err := c.in(namespace).Do(ctx, client.Request{
		Method: http.MethodPost, Path: of.Path(namespace), Body: body, Private: true,
	})
	return err
}

// PatchPrivate merges a change that is a secret.
func PatchPrivate(ctx context.Context, c *Client, of vvp.Collection, namespace, name string, change any) error {
	_, err := c.in(namespace).Do(ctx, client.Request{
		Method: http.MethodPatch, Path: of.ItemPath(namespace, name), Body: change, Private: true,
	})
	return err
}

// Put replaces an object, or makes it.
func Put[T any](ctx context.Context, c *Client, of vvp.Collection, namespace, name string, body any) (T, error) {
	return ask[T](
		ctx, c.in(namespace), "replace "+of.Singular+" "+name, http.MethodPut, of.ItemPath(namespace, name), nil, body,
	)
}

// Delete removes an object; one that is not there is no error.
func Delete(ctx context.Context, c *Client, of vvp.Collection, namespace, name string) error {
	_, err := c.in(namespace).Do(ctx, client.Request{Method: http.MethodDelete, Path: of.ItemPath(namespace, name)})
	if err == nil || fault.Is(err, fault.NotFound) {
		return nil
	}
	return fmt.Errorf("delete %s %s: %w", of.Singular, name, err)
}

// Defaults are what deployments of a namespace have where they do not say.
func (c *Client) Defaults(ctx context.Context, namespace string) (vvp.Defaults, error) {
	return defaults[vvp.Defaults](ctx, c, namespace)
}

// RawDefaults are the same as they came.
func (c *Client) RawDefaults(ctx context.Context, namespace string) (json.RawMessage, error) {
	return defaults[json.RawMessage](ctx, c, namespace)
}

func defaults[T any](ctx context.Context, c *Client, namespace string) (T, error) {
	return ask[T](
		ctx, c.in(namespace), "get the defaults of deployments", http.MethodGet, vvp.AllDefaults.Path(namespace), nil,
		nil,
	)
}

// PatchDefaults merges a change into the defaults of deployments (RFC 7386).
func (c *Client) PatchDefaults(ctx context.Context, namespace string, change any) error {
	_, err := ask[json.RawMessage](
		ctx, c.in(namespace), "change the defaults of deployments", http.MethodPatch, vvp.AllDefaults.Path(namespace),
		nil, change,
	)
	return err
}

// Artifact finds an uploaded file in the list: it has no address of its own.
func (c *Client) Artifact(ctx context.Context, namespace, file string) (vvp.Object, error) {
	l, _, err := List[vvp.Object](c, vvp.Artifacts, namespace, nil)(ctx)
	if err != nil {
		return vvp.Object{}, err
	}
	for _, o := range l.Items {
		if o.Name == file {
			return o, nil
		}
	}
	return vvp.Object{}, noSuchArtifact(file)
}

type noSuchArtifact string

func (a noSuchArtifact) Error() string { return "there is no artifact " + string(a) }

// Fault implements fault.Faulty.
func (noSuchArtifact) Fault() fault.Fault { return fault.Fault{Kind: fault.NotFound} }

// DeleteArtifact removes an uploaded file; one that is not there is no error.
func (c *Client) DeleteArtifact(ctx context.Context, namespace, file string) error {
	_, err := c.in(namespace).Do(ctx, client.Request{
		Method: http.MethodDelete, Path: vvp.ArtifactDeletePath(namespace), Query: url.Values{"filename": {file}},
	})
	if err == nil || fault.Is(err, fault.NotFound) {
		return nil
	}
	return fmt.Errorf("delete artifact %s: %w", file, err)
}

// Namespaces are those that the context names, else those that the platform lists.
func (c *Client) Namespaces() func(ctx context.Context) (names []string, changed bool, err error) {
	if len(c.configured) > 0 {
		asked := false
		return func(context.Context) ([]string, bool, error) {
			first := !asked
			asked = true
			return slices.Clone(c.configured), first, nil
		}
	}
	poll := client.NewPoll[vvp.Object](c.common, vvp.NamespacesPath, nil)
	return func(ctx context.Context) ([]string, bool, error) {
		l, changed, err := poll.Next(ctx)
		if fault.Is(err, fault.Forbidden) {
			return nil, false, fmt.Errorf(
				"this token may not list namespaces: name them under namespaces in the configuration: %w", err,
			)
		}
		if err != nil {
			return nil, false, err
		}
		var names []string
		for _, n := range l.Items {
			names = append(names, n.Name)
		}
		slices.Sort(names)
		return names, changed, nil
	}
}

// Version is the platform's build, as its system information has it.
func (c *Client) Version(ctx context.Context) (string, error) {
	var info struct {
		Status struct {
			Revision struct {
				Version string `json:"buildVersion"`
			} `json:"revisionInformation"`
		} `json:"status"`
	}
	on := c.common
	if len(c.configured) > 0 {
		on = c.in(c.configured[0])
	}
	raw, err := ask[json.RawMessage](
		ctx, on, "get the platform's version", http.MethodGet, vvp.SystemInfoPath, nil, nil,
	)
	if err == nil {
		err = json.Unmarshal(raw, &info)
	}
	if err == nil && info.Status.Revision.Version == "" {
		err = errors.New("the answer names no version")
	}
	return info.Status.Revision.Version, err
}
