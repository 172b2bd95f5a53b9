// Package ccloudapi is Confluent Cloud for Apache Flink as typed calls over
// client: the data plane of each region, and the control plane, with a key for
// each.
package ccloudapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/fault"
	"drey/client/queries"
)

// PageSize is the largest page that the API gives (platforms.md A7).
const PageSize = "100"

// bucket keeps below what the address allows: 1,000 requests a minute and 50 a
// second, for everybody behind it (platforms.md A7).
var bucket = client.Bucket{Size: 50, PerSecond: 5}

// connections are how many the context may have open at the same time: the address
// allows 100 for everybody behind it (platforms.md A7).
const connections = 32

// postTime is how long a request may take: creating a statement validates and
// starts it (platforms-supplement.md §3).
const postTime = 90 * time.Second

// Config says which part of Confluent Cloud to speak to, and who we are.
type Config struct {
	// Server is how hosts are reached: TLS, proxy, headers, time-out, read-only.
	// Its URL is not read.
	Server client.Config
	// Organization is the organization's id; "" looks for the only one.
	Organization string
	Cloud        string   // aws, gcp, azure
	Regions      []string // of Cloud
	// Endpoint is the address of the data plane where it does not follow from
	// cloud and region, as with a private link; for one region only.
	Endpoint            string
	ControlURL          string
	Environment         string // id of the one to begin in, "" where they can be listed
	ComputePool         string // id of the pool that statements run in
	Database            string // id or name of a Kafka cluster
	DataKey, ControlKey client.Auth
	// MetricsURL is the Metrics API's address, which takes ControlKey; "" asks for none.
	MetricsURL string
	// IdentityPool goes with a token of another identity provider on the data plane.
	IdentityPool string
	// Queries lets through, of all changes, those of statements that only read.
	Queries bool
	// DataNeeds and ControlNeeds say which setting is missing where a key is nil.
	DataNeeds, ControlNeeds string
}

// Client is safe for concurrent use.
type Client struct {
	cfg     Config
	data    []*region
	control *client.Client // nil: no key
	metrics *client.Client // nil: they are not asked for
	calls   *client.Client // any of them: they share budget and log

	lifetime context.Context // ends with Close
	end      context.CancelFunc

	mu           sync.Mutex
	organization string
	readers      map[reader]*rows
	principals   map[string][]string // by environment, those that were seen in its lists
	measured     map[string]measured
}

// region is the data plane of one region.
type region struct {
	name   string // REGION; CLOUD.REGION is its id
	client *client.Client
}

// New makes a client; it does not connect. What is wrong with cfg is said in words
// that name the setting.
func New(cfg Config) (*Client, error) {
	c := &Client{cfg: cfg, organization: cfg.Organization, readers: map[reader]*rows{}, principals: map[string][]string{}}
	c.lifetime, c.end = context.WithCancel(context.Background())
	cfg.Server.Dialect = Dialect()
	cfg.Server.Bucket, cfg.Server.Domains = bucket, domains(cfg.ControlURL)
	cfg.Server.Connections = max(connections/(len(cfg.Regions)+2), 2) // beside regions: control plane and metrics
	if cfg.Server.Timeout == 0 {
		cfg.Server.Timeout = postTime
	}
	if cfg.ControlKey != nil {
		control := cfg.Server
		control.URL, control.Auth = cfg.ControlURL, cfg.ControlKey
		var err error
		if c.control, err = client.New(control); err != nil {
			return nil, fmt.Errorf("control-%w", err)
		}
		c.calls, cfg.Server.Beside = c.control, c.control
		if err := c.openMetrics(cfg); err != nil {
			c.Close()
			return nil, fmt.Errorf("metrics-%w", err)
		}
	}
	if cfg.DataKey != nil {
		if err := c.openData(cfg); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

var statementPath = regexp.MustCompile(`^/sql/v1/organizations/[^/]+/environments/[^/]+/statements(/[^/]+)?$`)

func (c *Client) openData(cfg Config) error {
	for _, name := range cfg.Regions {
		data := cfg.Server
		data.URL, data.Auth = "https://flink."+name+"."+cfg.Cloud+".confluent.cloud", cfg.DataKey
		if cfg.Endpoint != "" {
			data.URL = cfg.Endpoint
		}
		if cfg.IdentityPool != "" {
			data.Headers = map[string]string{"Confluent-Identity-Pool-Id": cfg.IdentityPool}
			for name, value := range cfg.Server.Headers {
				data.Headers[name] = value
			}
		}
		var made *client.Client
		if cfg.Queries {
			data.ReadOnly = true
			data.Permit = func(ctx context.Context, r client.Request, body []byte) bool {
				return queries.Permit(ctx, made, statementPath, r, body)
			}
		}
		var err error
		made, err = client.New(data)
		if err != nil {
			return fmt.Errorf("endpoint: %w", err)
		}
		if c.calls == nil {
			c.calls = made
		}
		cfg.Server.Beside = c.calls
		c.data = append(c.data, &region{name, made})
	}
	return nil
}

// domains are where credentials may follow a redirect: the part of the control
// plane's host below which all of the cloud is.
func domains(control string) []string {
	u, err := url.Parse(control)
	if err != nil || net.ParseIP(u.Hostname()) != nil {
		return nil
	}
	_, domain, _ := strings.Cut(u.Hostname(), ".")
	if own, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname()); err != nil || !strings.HasSuffix("."+domain, "."+own) {
		return nil // all of a domain like co.uk is not one's own
	}
	return []string{domain}
}

// Close gives up idle connections, and questions that nobody waits for.
func (c *Client) Close() {
	c.end()
	for _, r := range c.data {
		r.client.Close()
	}
	for _, other := range []*client.Client{c.control, c.metrics} {
		if other != nil {
			other.Close()
		}
	}
}

// Transport is any of the clients: they share one budget and one log of calls.
func (c *Client) Transport() *client.Client { return c.calls }

// URL is the address of the data plane, else of the control plane.
func (c *Client) URL() string {
	if len(c.data) > 0 {
		return c.data[0].client.URL()
	}
	return c.cfg.ControlURL
}

// Root is what the paths of statements begin with, "" while the organization is
// not known.
func (c *Client) Root() string {
	if c.cfg.Organization == "" {
		return ""
	}
	return "/sql/v1/organizations/" + url.PathEscape(c.cfg.Organization) + "/environments"
}

// Known is where the objects of an environment are, as far as it is known without
// asking: the organization is once anything was read.
func (c *Client) Known(environment string) ccloud.Scope {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ccloud.Scope{Organization: c.organization, Environment: environment}
}

// Ping asks each plane that there is a key for for as little as it gives.
func (c *Client) Ping(ctx context.Context) error {
	one := url.Values{"page_size": {"1"}}
	if c.control != nil {
		if _, err := get[json.RawMessage](ctx, c.control, "environments", ccloud.EnvironmentsPath, one); err != nil {
			return fmt.Errorf("control plane: %w", err)
		}
	}
	if c.cfg.Environment == "" {
		return nil
	}
	scope, err := c.scope(ctx, c.cfg.Environment)
	if err != nil {
		return err
	}
	for _, r := range c.data {
		if _, err := get[json.RawMessage](ctx, r.client, "statements", ccloud.Statements.Path(scope), one); err != nil {
			return fmt.Errorf("data plane %s: %w", r.name, err)
		}
	}
	return nil
}

// Regions are those of the data plane, in their order.
func (c *Client) Regions() []string {
	var names []string
	for _, r := range c.data {
		names = append(names, r.name)
	}
	return names
}

// Cloud is the context's, as the control plane writes it; AWS where it does not say.
func (c *Client) Cloud() string { return strings.ToUpper(cmp.Or(c.cfg.Cloud, "aws")) }

// Principals are those that statements and tables of an environment were seen to run as, in
// the order of their ids. Nothing is asked for them.
func (c *Client) Principals(environment string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.principals[environment])
}

// sawPrincipal has a principal among those that are known.
func (c *Client) sawPrincipal(environment, principal string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.principals[environment]
	if at, known := slices.BinarySearch(all, principal); principal != "" && !known {
		c.principals[environment] = slices.Insert(all, at, principal)
	}
}

// HasControl and HasData tell which keys there are.
func (c *Client) HasControl() bool { return c.control != nil }

// HasData tells whether there is a key of the data plane.
func (c *Client) HasData() bool { return len(c.data) > 0 }

// missingKey is a plane that there is no key for.
type missingKey struct{ needs string }

func (e missingKey) Error() string { return "needs " + e.needs }

// Fault says what the error means.
func (missingKey) Fault() fault.Fault { return fault.Fault{Kind: fault.Unsupported} }

func (c *Client) needControl() (*client.Client, error) {
	if c.control == nil {
		return nil, missingKey{c.cfg.ControlNeeds}
	}
	return c.control, nil
}

func (c *Client) needData() ([]*region, error) {
	if len(c.data) == 0 {
		return nil, missingKey{c.cfg.DataNeeds}
	}
	return c.data, nil
}

// at is the data plane of a region; "" is the first one.
func (c *Client) at(name string) (*client.Client, error) {
	all, err := c.needData()
	if err != nil {
		return nil, err
	}
	if name == "" {
		return all[0].client, nil
	}
	i := slices.IndexFunc(all, func(r *region) bool { return r.name == name })
	if i < 0 {
		return nil, fmt.Errorf("region %s is not one of this context: %s", name, strings.Join(c.Regions(), ", "))
	}
	return all[i].client, nil
}

// scope is where the objects of an environment are. The organization is looked for
// where it was not said.
func (c *Client) scope(ctx context.Context, environment string) (ccloud.Scope, error) {
	c.mu.Lock()
	known := c.organization
	c.mu.Unlock()
	if known == "" {
		found, err := c.findOrganization(ctx)
		if err != nil {
			return ccloud.Scope{}, err
		}
		c.mu.Lock()
		c.organization = found
		c.mu.Unlock()
		known = found
	}
	return ccloud.Scope{Organization: known, Environment: environment}, nil
}

func (c *Client) findOrganization(ctx context.Context) (string, error) {
	control, err := c.needControl()
	if err != nil {
		return "", errors.New("organization is not set, and without " + c.cfg.ControlNeeds + " it cannot be looked for")
	}
	all, err := list[ccloud.Organization](ctx, control, ccloud.OrganizationsPath, nil)
	switch {
	case err != nil:
		return "", fmt.Errorf("look for the organization: %w", err)
	case len(all) != 1:
		return "", fmt.Errorf("set organization: the key sees %d of them", len(all))
	}
	return all[0].ID, nil
}

// Dialect is how Confluent Cloud answers: pages with the address of the next one,
// errors in several shapes (platforms.md A7).
func Dialect() client.Dialect {
	return client.Dialect{
		Product: "Confluent Cloud", Message: message, Next: nextPage, PageSize: "page_size", Wait: throttledFor,
	}
}

// throttledFor reads how many seconds a 429 without a Retry-After that can be read asks
// to wait (platforms.md A7).
func throttledFor(answer *http.Response) (time.Duration, bool) {
	if answer.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	seconds, err := strconv.Atoi(strings.TrimSpace(answer.Header.Get("X-RateLimit-Reset")))
	return time.Duration(seconds) * time.Second, err == nil && seconds > 0
}

func message(body []byte) (text string, own bool) {
	var e ccloud.Error
	if json.Unmarshal(body, &e) != nil {
		return "", false
	}
	var lines []string
	for _, one := range e.Errors {
		line := one.Detail
		if line == "" {
			line = one.Title
		}
		if at := one.Source.Pointer + one.Source.Parameter; at != "" && line != "" {
			line += " (" + at + ")"
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 {
		return strings.Join(lines, "\n"), true
	}
	if e.Message != "" {
		return e.Message, true
	}
	var inner struct{ Message string }
	if json.Unmarshal(e.Error, &inner) == nil && inner.Message != "" {
		return inner.Message, true
	}
	return "", false
}

func nextPage(body []byte, sent url.Values) (client.Page, error) {
	var l ccloud.List
	if err := json.Unmarshal(body, &l); err != nil {
		return client.Page{}, err
	}
	p := client.Page{Items: l.Data}
	if token := pageToken(l.Metadata.Next); token != "" {
		p.Next = url.Values{}
		for name, values := range sent {
			p.Next[name] = values
		}
		p.Next.Set("page_token", token)
	}
	return p, nil
}

// pageToken cuts the token out of an address: the rest of it may name another host
// or path than the one that was asked (platforms.md A5). A bare token is one.
func pageToken(next string) string {
	if next == "" {
		return ""
	}
	u, err := url.Parse(next)
	if err != nil {
		return ""
	}
	if token := u.Query().Get("page_token"); token != "" || strings.Contains(next, "?") || u.Host != "" {
		return token
	}
	return next
}

// newPoll prepares to list a collection again and again.
func newPoll[T any](on *client.Client, path string, query url.Values) *client.Poll[T] {
	return client.NewPoll[T](on, path, pages(query))
}

func pages(query url.Values) url.Values {
	q := url.Values{"page_size": {PageSize}}
	for name, values := range query {
		q[name] = values
	}
	return q
}

// list asks for all of a collection once.
func list[T any](ctx context.Context, on *client.Client, path string, query url.Values) ([]T, error) {
	l, _, err := newPoll[T](on, path, query).Next(ctx)
	return l.Items, err
}

// send asks one object's path.
func send[T any](
	ctx context.Context, on *client.Client, what, method, path string, query url.Values, body any,
) (T, error) {
	return client.Send[T](ctx, on, what, client.Request{Method: method, Path: path, Query: query, Body: body})
}

// get reads an object.
func get[T any](ctx context.Context, on *client.Client, what, path string, query url.Values) (T, error) {
	return send[T](ctx, on, "get "+what, http.MethodGet, path, query, nil)
}

// remove deletes an object; one that is gone is no error.
func remove(ctx context.Context, on *client.Client, what, path string, query url.Values) error {
	_, err := on.Do(ctx, client.Request{Method: http.MethodDelete, Path: path, Query: query})
	if err == nil || fault.Is(err, fault.NotFound) {
		return nil
	}
	return fmt.Errorf("delete %s: %w", what, err)
}
