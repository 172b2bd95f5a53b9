// Package ccloud is the platform of Confluent Cloud for Apache Flink: what the
// console knows of each of its kinds of objects, one file a kind, and its session.
package ccloud

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"drey/client"
	"drey/client/ccloudapi"
	"drey/views"
	"drey/views/browse"
	"drey/views/platform"
	"drey/views/platforms/ccloud/forms"
	"drey/views/resource"
)

// Platform is Confluent Cloud as the console opens it.
var Platform = platform.Platform{
	Name: "ccloud", Short: "Cloud", Title: "Confluent Cloud for Apache Flink", Open: open, AddressOptional: true,
	Where:     where,
	Who:       who,
	Variables: []string{"FLINK_API_KEY", "FLINK_API_SECRET", "CLOUD_PROVIDER", "CLOUD_REGION"},
	Fields: []platform.Field{
		{Name: "organization", Env: "ORG_ID", Help: "id of the organization; with a cloud key it is looked for where there is one"},
		{Name: "cloud", Env: "CLOUD_PROVIDER", Help: "aws, gcp or azure"},
		{Name: "region", Env: "CLOUD_REGION", Help: "region of cloud, such as us-east-1", List: true},
		{Name: "endpoint", Help: "address of the data plane where it does not follow from cloud and region, as with a private link", Address: true},
		{Name: "environment", Env: "ENV_ID", Help: "id of the environment to begin in, such as env-z3y2x1"},
		{Name: "compute-pool", Env: "COMPUTE_POOL_ID", Help: "id of the pool that statements run in, such as lfcp-8m03rm"},
		{Name: "database", Help: "Kafka cluster that tables are looked up in, by id or name"},
		{Name: "control-url", Help: "address of the control plane; https://api.confluent.cloud where it is not said", Address: true},
		{Name: "metrics-url", Help: "address of the Metrics API, which takes auth.cloud-key; https://api.telemetry.confluent.cloud where control-url is not said, either", Address: true},
		{Name: "auth", Help: "who one is: a key for each plane, one for both, or an identity of another provider"},
		{Name: "auth.flink-key", Help: "key of the data plane: statements and what they make"},
		{Name: "auth.flink-key.key", Env: "FLINK_API_KEY", Unless: "auth.global-key", Help: "the key", Required: true},
		{Name: "auth.flink-key.secret", Env: "FLINK_API_SECRET", Unless: "auth.global-key", Help: "its secret", Required: true, Secret: true},
		{Name: "auth.cloud-key", Help: "key of the control plane: environments, pools, regions, artifacts"},
		{Name: "auth.cloud-key.key", Env: "CLOUD_API_KEY", Unless: "auth.global-key", Help: "the key", Required: true},
		{Name: "auth.cloud-key.secret", Env: "CLOUD_API_SECRET", Unless: "auth.global-key", Help: "its secret", Required: true, Secret: true},
		{Name: "auth.global-key", Help: "one key for both planes"},
		{Name: "auth.global-key.key", Help: "the key", Required: true},
		{Name: "auth.global-key.secret", Help: "its secret", Required: true, Secret: true},
		{Name: "auth.identity", Help: "a token of another identity provider, for the data plane"},
		{Name: "auth.identity.token", Help: "the token", Required: true, Secret: true},
		{Name: "auth.identity.pool", Help: "identity pool, such as pool-abc", Required: true},
	},
}

const (
	controlURL   = "https://api.confluent.cloud"
	metricsURL   = "https://api.telemetry.confluent.cloud"
	dataNeeds    = "auth.flink-key"
	controlNeeds = "auth.cloud-key"
)

// where names the endpoint, or the regions.
func where(values map[string]string) string {
	if values["endpoint"] != "" {
		return values["endpoint"]
	}
	return strings.TrimSpace(values["cloud"] + " " + strings.ReplaceAll(values["region"], "\n", ", "))
}

// who names the keys, which are no secrets, or the pool of an identity.
func who(values map[string]string) string {
	var keys []string
	for _, plane := range []string{"auth.global-key.key", "auth.flink-key.key", "auth.cloud-key.key"} {
		if key := values[plane]; key != "" {
			keys = append(keys, key)
		}
	}
	switch pool := values["auth.identity.pool"]; {
	case pool != "":
		return strings.Join(append([]string{"identity in " + pool}, keys...), ", ")
	case len(keys) == 0:
		return ""
	}
	return "key " + strings.Join(keys, ", ")
}

func open(s platform.Settings) (*platform.Session, error) {
	cfg, err := configOf(s)
	if err != nil {
		return nil, err
	}
	api, err := ccloudapi.New(cfg)
	if err != nil {
		return nil, err
	}
	session := NewSession(s.Context, api, s.OpenFile)
	session.ReadOnly = s.ReadOnly
	return session, nil
}

// configOf checks the settings of a context.
func configOf(s platform.Settings) (ccloudapi.Config, error) {
	v := s.Values
	cfg := ccloudapi.Config{
		Server: s.Server, Organization: v["organization"], Cloud: strings.ToLower(v["cloud"]), Endpoint: v["endpoint"],
		ControlURL: controlURL, Environment: v["environment"], ComputePool: v["compute-pool"], Database: v["database"],
		DataNeeds: dataNeeds, ControlNeeds: controlNeeds,
	}
	cfg.Server.ReadOnly = s.ReadOnly != views.Writable
	cfg.Queries = s.ReadOnly == views.QueriesOnly
	if cfg.MetricsURL = v["metrics-url"]; cfg.MetricsURL == "" && v["control-url"] == "" {
		cfg.MetricsURL = metricsURL
	}
	if v["control-url"] != "" {
		cfg.ControlURL = v["control-url"]
	}
	if v["region"] != "" {
		cfg.Regions = strings.Split(v["region"], "\n")
	}
	if err := setKeys(&cfg, s); err != nil {
		return cfg, err
	}
	return cfg, checkAddress(&cfg)
}

// setKeys finds who we are on each plane.
func setKeys(cfg *ccloudapi.Config, s platform.Settings) error {
	key := func(name string) client.Auth {
		if s.Secrets["auth."+name+".secret"] == nil {
			return nil
		}
		return client.Basic(s.Values["auth."+name+".key"], s.Secrets["auth."+name+".secret"])
	}
	cfg.DataKey, cfg.ControlKey = key("flink-key"), key("cloud-key")
	if global := key("global-key"); global != nil {
		if cfg.DataKey == nil {
			cfg.DataKey = global
		}
		if cfg.ControlKey == nil {
			cfg.ControlKey = global
		}
	}
	if token := s.Secrets["auth.identity.token"]; token != nil {
		if cfg.DataKey != nil {
			return errors.New(
				"auth: flink-key, global-key and identity all say who one is on the data plane: give one of them",
			)
		}
		cfg.DataKey, cfg.IdentityPool = client.Bearer(token), s.Values["auth.identity.pool"]
		if cfg.Organization == "" {
			return errors.New("auth.identity wants organization, too: it cannot be looked for with a token")
		}
	}
	if cfg.DataKey == nil && cfg.ControlKey == nil {
		return errors.New(
			"auth is missing: give flink-key (statements), cloud-key (environments, pools, regions), " +
				"global-key for both, or identity",
		)
	}
	return nil
}

// checkAddress says what is missing to find the servers.
func checkAddress(cfg *ccloudapi.Config) error {
	switch cfg.Cloud {
	case "", "aws", "gcp", "azure":
	default:
		return fmt.Errorf("cloud %q: want aws, gcp or azure", cfg.Cloud)
	}
	for _, region := range cfg.Regions {
		if strings.Trim(region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("region %q: want a region's name, such as us-east-1", region)
		}
	}
	cfg.ControlURL, cfg.MetricsURL = secured(cfg.ControlURL), secured(cfg.MetricsURL)
	endpoint, err := endpointOf(cfg.Endpoint)
	if err != nil {
		return err
	}
	cfg.Endpoint = endpoint
	switch {
	case cfg.DataKey == nil:
	case cfg.Endpoint != "" && len(cfg.Regions) > 1:
		return errors.New("endpoint is the address of one region: name one under region")
	case cfg.Endpoint != "" && len(cfg.Regions) == 0:
		cfg.Regions = []string{""}
	case cfg.Endpoint == "" && (cfg.Cloud == "" || len(cfg.Regions) == 0):
		return errors.New("where the statements are is not known: set cloud and region, or endpoint")
	}
	if cfg.ControlKey == nil && cfg.Environment == "" {
		return errors.New("set environment: without " + controlNeeds + " environments cannot be listed")
	}
	if cfg.ControlKey == nil && cfg.Organization == "" {
		return errors.New("set organization: without " + controlNeeds + " it cannot be looked for")
	}
	return nil
}

// secured is an address with its scheme: https where none was said, and always where it
// is Confluent's, which takes no key in plain text.
func secured(text string) string {
	if text != "" && !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if rest, plain := strings.CutPrefix(text, "http://"); err == nil && plain &&
		strings.HasSuffix(u.Hostname(), ".confluent.cloud") {
		return "https://" + rest
	}
	return text
}

// endpointOf reads an address of the data plane as people copy it: without its scheme,
// as lists of endpoints have it, or with the path of an environment behind it, as
// pools have it (platforms.md A1).
func endpointOf(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	text, _, _ = strings.Cut(secured(text), "/sql/v1")
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return text, nil // the client says what is wrong with it
	case strings.HasPrefix(u.Hostname(), "flinkpls."):
		return "", fmt.Errorf(
			"endpoint %s is the one of the language service: that of statements begins with flink instead of flinkpls",
			u.Host,
		)
	case u.Host == "api.confluent.cloud":
		return "", fmt.Errorf(
			"endpoint %s is the control plane: that of statements begins with flink; leave endpoint out, and "+
				"set cloud and region",
			u.Host,
		)
	}
	return text, nil
}

// NewSession is the part of Confluent Cloud behind api, under the name of its
// context; open opens files to upload, nil where there are none.
func NewSession(name string, api *ccloudapi.Client, open forms.OpenFile) *platform.Session {
	s := &platform.Session{
		Name: name, Title: "Confluent Cloud", Address: api.URL(), Root: api.Root(),
		Probe:    func(ctx context.Context) (platform.About, error) { return probe(ctx, api) },
		Check:    func(ctx context.Context) (platform.Health, error) { return check(ctx, api) },
		Scopes:   environments(api),
		Counters: func() []platform.Counter { return counters(api) },
		Calls:    func() []client.Call { return api.Transport().Calls().All() },
		Close:    api.Close,

		Transport: api.Transport(),
	}
	if api.HasData() {
		s.SQL = ccloudapi.SQL(api)
	}
	t := &tabs{api: api}
	s.Tabs = func() []platform.Tab { return t.all }
	s.Kinds = []platform.Kind{
		addTab(t, Statements(api), dataNeeds),
		addTab(t, Pools(api), controlNeeds),
		addTab(t, Tables(api), dataNeeds),
		addTab(t, Connections(api), dataNeeds),
		addTab(t, Artifacts(api, open), controlNeeds),
		addTab(t, Workspaces(api), dataNeeds),
		addTab(t, Regions(api), controlNeeds),
	}
	return s
}

// tabs are those of a session; what there is no key for is missing.
type tabs struct {
	api *ccloudapi.Client
	all []platform.Tab
}

// addTab gives a kind a tab, which says which key it needs where there is none.
func addTab[T any](t *tabs, k resource.Kind[T], needs string) platform.Kind {
	kind := browse.AddTab(&t.all, k)
	if needs == controlNeeds && !t.api.HasControl() || needs == dataNeeds && !t.api.HasData() {
		t.all[len(t.all)-1].Missing = "needs " + needs
	}
	return kind
}

// probe asks each plane that there is a key for. The API says no version.
func probe(ctx context.Context, api *ccloudapi.Client) (platform.About, error) {
	return platform.About{Product: "Confluent Cloud", Version: strings.Join(api.Regions(), ", ")}, api.Ping(ctx)
}
