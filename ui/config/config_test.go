package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"drey/ui/config"
	"drey/views"
)

// platforms are one that wants an address and one that brings fields.
var platforms = []config.Platform{
	{Name: "cmf"},
	{Name: "cloud", AddressOptional: true, Fields: []config.Field{
		{Name: "organization", Env: "CLOUD_ORGANIZATION", Help: "id of the organization", Required: true},
		{Name: "key", Help: "API key", Secret: true},
	}},
	{Name: "house", AddressOptional: true, Variables: []string{"HOUSE_DOOR", "HOUSE_KEY"}, Fields: []config.Field{
		{Name: "auth", Help: "who one is"},
		{Name: "auth.door", Help: "key of a door"},
		{Name: "auth.door.name", Help: "the door", Env: "HOUSE_DOOR", Unless: "auth.all", Required: true},
		{Name: "auth.door.key", Help: "its key", Env: "HOUSE_KEY", Unless: "auth.all", Secret: true, Required: true},
		{Name: "auth.all", Help: "key of all doors", Secret: true},
		{Name: "rooms", Help: "rooms by their names"},
		{Name: "rooms.*.key", Help: "key of a room", Secret: true},
		{Name: "floors", Help: "floors", List: true},
		{Name: "bells", Help: "addresses of bells", List: true, Address: true},
	}},
}

// load reads a file with an environment and a command line.
func load(t *testing.T, file string, env map[string]string, args ...string) (config.Config, error) {
	t.Helper()
	home := t.TempDir()
	getenv := func(name string) string {
		if name == "HOME" {
			return home
		}
		return env[name]
	}
	path := config.Path(getenv)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("drey", pflag.ContinueOnError)
	config.AddFlags(flags, config.Server, config.Safety, config.Console)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return config.Load(config.Options{Getenv: getenv, Flags: flags, Platforms: platforms})
}

func mustLoad(t *testing.T, file string, env map[string]string, args ...string) config.Config {
	t.Helper()
	c, err := load(t, file, env, args...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const whole = `context: dev
theme: dark
contexts:
  dev: {platform: cmf, url: 'http://127.0.0.1:8080/cmf/api/v1'}
  prod: &prod
    platform: cmf
    url: https://cmf.example/flink
    environment: payments
    read-only: queries
    colour: red
    label: PRODUCTION
    confirm: typed
    auth: {token: {file: ~/t}}
    tls: {ca: ca.pem, cert: /c.pem, key: /k.pem, server-name: cmf.internal}
    proxy: socks5://127.0.0.1:1080
    headers: {x-team: flink}
    timeout: 45s
  twin:
    <<: *prod
    url: https://twin.example
    read-only: true
  cloud:
    platform: cloud
    organization: 1-2-3
    key: {env: KEY}
`

func TestAWholeFileIsRead(t *testing.T) {
	c := mustLoad(t, whole, nil)
	if got := strings.Join(c.Names(), " "); got != "dev prod twin cloud" || c.Current != "dev" || c.Theme != "dark" {
		t.Fatalf("got contexts %s, current %s, theme %s", got, c.Current, c.Theme)
	}
	dev, _ := c.Context("dev")
	if dev.URL != "http://127.0.0.1:8080" || dev.ReadOnly != views.Writable || dev.Line != 4 {
		t.Errorf("dev: got %+v", dev)
	}
	x, _ := c.Context("prod")
	dir := filepath.Dir(c.Path)
	home := filepath.Dir(filepath.Dir(dir))
	if x.Environment != "payments" || x.ReadOnly != views.QueriesOnly || x.Colour != "red" ||
		x.Label != "PRODUCTION" || !x.ConfirmTyped ||
		x.Timeout != 45*time.Second || x.Headers["X-Team"] != "flink" || x.Proxy != "socks5://127.0.0.1:1080" {
		t.Errorf("prod: got %+v", x)
	}
	if x.TLS != (config.TLS{
		CA: filepath.Join(dir, "ca.pem"), Cert: "/c.pem", Key: "/k.pem", ServerName: "cmf.internal",
	}) {
		t.Errorf("prod: got %+v", x.TLS)
	}
	if x.Auth.Token == nil || x.Auth.Token.File != filepath.Join(home, "t") {
		t.Errorf("prod: got %+v", x.Auth)
	}
	twin, _ := c.Context("twin")
	if twin.URL != "https://twin.example" || twin.ReadOnly != views.NothingAtAll || twin.Colour != "red" ||
		twin.Auth.Token == nil {
		t.Errorf("twin: got %+v", twin)
	}
	cloud, _ := c.Context("cloud")
	if cloud.Extra["organization"] != "1-2-3" || cloud.Secrets["key"].Env != "KEY" {
		t.Errorf("cloud: got %+v", cloud)
	}
}

// TestBadInputSaysWhereAndWhatIsRight has a file each, and what its error says.
func TestBadInputSaysWhereAndWhatIsRight(t *testing.T) {
	in := func(lines string) string { return "contexts:\n  a:\n    platform: cmf\n    url: http://h:1\n" + lines }
	for name, test := range map[string]struct{ file, want string }{
		"a context twice":       {"contexts:\n  a: {platform: cmf, url: 'http://h:1'}\n  a: {platform: cmf, url: 'http://h:2'}\n", `:3: "a" stands in line 2 already`},
		"an unknown platform":   {"contexts:\n  a: {platform: kafka, url: 'http://h:1'}\n", `:2: want cmf, cloud or house here, not "kafka"`},
		"no platform":           {"contexts:\n  a: {url: 'http://h:1'}\n", ":2: context a has no platform: want one of cmf, cloud, house"},
		"no address":            {"contexts:\n  a: {platform: cmf}\n", ":2: context a has no url"},
		"an address":            {"contexts:\n  a: {platform: cmf, url: 'ftp://h'}\n", ":2: url \"ftp://h\": want http://HOST:PORT"},
		"a password in an url":  {"contexts:\n  a: {platform: cmf, url: 'http://me:hunter2@h:1'}\n", ":2: url: credentials in the address are not taken"},
		"one that cannot be":    {"contexts:\n  a: {platform: cmf, url: 'http://me:hunter2@h:port'}\n", ":2: url \"…@h:port\""},
		"another's setting":     {in("    organization: x\n"), `:5: "organization" is not a setting of a context; the settings are platform, url, `},
		"a needed setting":      {"contexts:\n  a: {platform: cloud}\n", ":2: context a has no organization, which platform cloud needs"},
		"a context's name":      {"contexts:\n  'a b': {platform: cmf, url: 'http://h:1'}\n", `:2: "a b" is no name of a context`},
		"a plain token":         {in("    auth: {token: hunter2}\n"), ":5: a secret is not written into this file: want token: {file: PATH}, {env: NAME} or {command: [PROGRAM, ARGUMENT, …]}"},
		"a plain password":      {in("    auth: {basic: {user: me, password: hunter2}}\n"), ":5: a secret is not written into this file: want password: {file: PATH}"},
		"a plain old token":     {"token: hunter2\n", ":1: a secret is not written into this file: name a file under token-file, or set DREY_TOKEN"},
		"a header's secret":     {in("    headers: {authorization: Bearer hunter2}\n"), ":5: Authorization is a secret: say under auth who you are"},
		"a proxy's secret":      {in("    proxy: http://me:hunter2@h:1\n"), ":5: proxy: a secret is not written here"},
		"an own header":         {in("    headers: {host: x}\n"), ":5: Host is set by drey itself"},
		"two lines in a header": {in("    headers: {X-A: \"a\\nb\"}\n"), ":5: X-A: a header is one line"},
		"a proxy":               {in("    proxy: ftp://h:1\n"), ":5: proxy \"ftp://h:1\": want http://HOST:PORT"},
		"two ways":              {in("    auth: {token: {env: A}, mds: {user: me, password: {env: B}}}\n"), ":5: auth wants one of token, basic, oauth, mds, not 2"},
		"no way":                {in("    auth: {}\n"), ":5: auth wants one of token, basic, oauth, mds, not 0"},
		"two places":            {in("    auth: {token: {env: A, file: b}}\n"), ":5: token wants one of file, env, command"},
		"an empty command":      {in("    auth: {token: {command: []}}\n"), ":5: want a program and its arguments"},
		"a command's line":      {in("    auth: {token: {command: vault read}}\n"), ":5: want a list here: [PROGRAM, ARGUMENT, …]"},
		"half of basic":         {in("    auth: {basic: {user: me}}\n"), ":5: basic has no password"},
		"half of oauth":         {in("    auth: {oauth: {url: 'http://o', secret: {env: A}}}\n"), ":5: oauth has no client"},
		"half of tls":           {in("    tls: {cert: c.pem}\n"), ":2: context a: tls wants both cert and key"},
		"a colour":              {in("    colour: mauve\n"), ":5: want red, yellow, green, cyan, blue or magenta here, not \"mauve\""},
		"read-only":             {in("    read-only: some\n"), ":5: want true, false or queries here, not \"some\""},
		"confirm":               {in("    confirm: never\n"), ":5: want typed here, not \"never\""},
		"a time":                {in("    timeout: 30\n"), ":5: want a time from 1s to 10m, such as 30s, here, not \"30\""},
		"no mapping":            {"contexts:\n  a: x\n", ":2: want settings, one a line here, not \"x\""},
		"contexts":              {"contexts: [a]\n", ":1: want names with values, one a line here, not a list"},
		"an unknown setting":    {"\ntheem: dark\n", `:2: "theem" is not a setting; the settings are context, url, `},
		"a type":                {"ascii: perhaps\n", `:1: want true or false here, not "perhaps"`},
		"a theme":               {"theme: pink\n", `:1: want dark, light or 16 here, not "pink"`},
		"the old address":       {"url: ftp://x\n", `:1: url "ftp://x": want http://HOST:PORT`},
		"progress":              {"progress: perhaps\n", `:1: want auto, on or off here, not "perhaps"`},
		"notify":                {"notify: gong\n", `:1: want bell, osc9 or off here, not "gong"`},
		"keys":                  {"keys: {a: b}\n", `:1: want a list, such as [f2] here, not "b"`},
		"no YAML":               {"a: [\n", ": this is no YAML"},
		"two documents":         {"theme: dark\n---\ntheme: light\n", ":2: a second document begins here"},
		"no such context":       {"context: b\n" + in(""), `:1: there is no context "b": there are a`},
		"two of one name":       {"url: http://h:1\ncontexts:\n  default: {platform: cmf, url: 'http://h:1'}\n", `:3: there is a context "default", and`},
		"a secret in the open":  {"contexts:\n  a: {platform: cmf, url: 'https://h', auth: {mds: {url: 'http://m', user: u, password: {env: A}}}}\n", ":2: context a would send its secret to http://m in plain text"},
		"half of a field":       {"contexts:\n  a: {platform: house, auth: {door: {name: front}}}\n", ":2: door has no key"},
		"another's way":         {"contexts:\n  a: {platform: house, auth: {token: {env: A}}}\n", `:2: "token" is not a setting of auth; the settings are door, all`},
		"a field below a name":  {"contexts:\n  a: {platform: house, rooms: {hall: {lock: x}}}\n", `:2: "lock" is not a setting of hall; the settings are key`},
		"a list of addresses":   {"contexts:\n  a: {platform: house, bells: ['http://h', 'ftp://h']}\n", `:2: url "ftp://h": want http://HOST:PORT`},
		"the same twice":        {"contexts:\n  a: {platform: house, floors: [1st, 1st]}\n", `:2: "1st" stands here twice`},
		"itself":                {"contexts:\n  a: &a {<<: *a, platform: cmf}\n", ":2: context a has no url"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, test.file, nil)
			if err == nil || !strings.Contains(err.Error(), "config.yaml"+test.want) && !strings.Contains(
				err.Error(), test.want,
			) {
				t.Fatalf("got %v, want …%s", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the secret is shown: %v", err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("want one fault: %v", err)
			}
		})
	}
}

// TestAPlatformsOwnFields has some below others, below any name, and in lists.
func TestAPlatformsOwnFields(t *testing.T) {
	env := map[string]string{"HOUSE_DOOR": "back", "HOUSE_KEY": "k", "K": "v"}
	c := mustLoad(t, `contexts:
  said: {platform: house, auth: {door: {name: front, key: {env: K}}}, floors: [1st, 2nd], bells: b:1, rooms: {hall: {key: {env: K}}, attic: }}
  filled: {platform: house, floors: 1st}
  all: {platform: house, auth: {all: {env: K}}}
`, env)
	for name, want := range map[string]map[string]string{
		"said":   {"auth.door.name": "front", "floors": "1st\n2nd", "bells": "http://b:1", "rooms.hall": "", "rooms.attic": ""},
		"filled": {"auth.door.name": "back", "floors": "1st"},
		"all":    nil,
	} {
		if x, _ := c.Context(name); !maps.Equal(x.Extra, want) {
			t.Errorf("%s: %v, want %v", name, x.Extra, want)
		}
	}
	said, _ := c.Context("said")
	secrets, err := said.OwnSecrets()
	if err != nil || len(secrets) != 2 || secrets["auth.door.key"] == nil || secrets["rooms.hall.key"] == nil {
		t.Fatalf("got %v, %v", secrets, err)
	}
	if value, err := secrets["rooms.hall.key"](t.Context(), false); value != "v" || err != nil {
		t.Errorf("got %q, %v", value, err)
	}
	var text strings.Builder
	if err := c.Explain(&text, "contexts.said.rooms.hall.key"); err != nil ||
		!strings.Contains(text.String(), "key of a room") {
		t.Errorf("explains %s, %v", text.String(), err)
	}
	if _, err := load(t, "", map[string]string{"HOUSE_DOOR": "back"}); err != nil {
		t.Error(err)
	}
	c = mustLoad(t, "", env)
	if first, ok := c.First(""); !ok || first.Name != config.DefaultName || first.Platform != "house" ||
		first.Secrets["auth.door.key"].Env != "HOUSE_KEY" {
		t.Errorf("variables alone make %+v", first)
	}
	if c := mustLoad(t, "", env, "--url", "h:1"); len(c.Contexts) != 1 || c.Contexts[0].Platform != "cmf" {
		t.Errorf("an address beside them makes %v", c.Names())
	}
}

func TestEveryFaultIsSaid(t *testing.T) {
	_, err := load(
		t, "theem: dark\ncontexts:\n  a: {platform: cmf, url: 'ftp://h', colour: mauve}\nascii: perhaps\n", nil,
	)
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("got %v, want four lines", err)
	}
}

// TestWhichContextIsCurrent has the ways to say it, the stronger ones later.
func TestWhichContextIsCurrent(t *testing.T) {
	const file = "contexts:\n  a: {platform: cmf, url: 'http://a'}\n  b: {platform: cmf, url: 'http://b'}\n"
	for name, test := range map[string]struct {
		file string
		env  map[string]string
		args []string
		last string
		want string
		url  string
	}{
		"nothing":          {file: file, want: "a"},
		"the last one":     {file: file, last: "b", want: "b"},
		"a last one gone":  {file: file, last: "z", want: "a"},
		"the file":         {file: "context: b\n" + file, last: "a", want: "b"},
		"an old key":       {file: "url: http://old\n" + file, want: "default", url: "http://old"},
		"a file over old":  {file: "url: http://old\ncontext: b\n" + file, want: "b"},
		"a variable's url": {file: "context: b\n" + file, env: map[string]string{"CONFLUENT_CMF_URL": "http://env"}, want: "default", url: "http://env"},
		"a flag's url": {
			file: "context: b\n" + file, env: map[string]string{"CONFLUENT_CMF_URL": "http://env"},
			args: []string{"--url", "http://flag"},
			want: "default", url: "http://flag",
		},
		"DREY_CONTEXT": {
			file: "context: b\n" + file,
			env:  map[string]string{"CONFLUENT_CMF_URL": "http://env", "DREY_CONTEXT": "a"}, want: "a", url: "http://a",
		},
		"--context": {
			file: "context: b\n" + file, env: map[string]string{"DREY_CONTEXT": "a"},
			args: []string{"--context", "b", "--url", "http://flag"},
			want: "b", url: "http://b",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := mustLoad(t, test.file, test.env, test.args...)
			first, ok := c.First(test.last)
			if !ok || first.Name != test.want || test.url != "" && first.URL != test.url {
				t.Errorf("got %s at %s, want %s at %s", first.Name, first.URL, test.want, test.url)
			}
		})
	}
	if _, err := load(t, file, map[string]string{"DREY_CONTEXT": "z"}); err == nil ||
		!strings.Contains(err.Error(), `there is no context "z": there are a, b`) {
		t.Errorf("got %v", err)
	}
}

// TestOldSettingsChangeNoNamedContext gives everything that made a connection
// before there were contexts.
func TestOldSettingsChangeNoNamedContext(t *testing.T) {
	const file = "token-file: old\ncontexts:\n  a: {platform: cmf, url: 'http://a'}\n"
	env := map[string]string{
		"CONFLUENT_CMF_URL": "http://env", "CONFLUENT_CMF_CERTIFICATE_AUTHORITY_PATH": "ca", "DREY_TOKEN": "t",
		"CONFLUENT_CMF_CLIENT_CERT_PATH": "cert", "CONFLUENT_CMF_CLIENT_KEY_PATH": "key",
	}
	c := mustLoad(t, file, env, "--read-only", "--environment", "e", "--context", "a")
	a, _ := c.Context("a")
	if a.TLS != (config.TLS{}) || a.Auth != (config.Auth{}) || a.URL != "http://a" {
		t.Errorf("a: got %+v", a)
	}
	old, _ := c.Context("default")
	if old.TLS != (config.TLS{CA: "ca", Cert: "cert", Key: "key"}) || old.Auth.Token == nil ||
		old.Auth.Token.File != "old" || old.URL != "http://env" {
		t.Errorf("default: got %+v", old)
	}
	first, _ := c.First("")
	if !c.ReadOnly || first.Name != "a" || first.Environment != "e" {
		t.Errorf("got %v, %+v", c.ReadOnly, first)
	}
}

// TestASecretListHasAValueALine has addresses that a program prints, a file or a variable
// holds: each of them has all, and what is one secret takes one line only.
func TestASecretListHasAValueALine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, []byte("a\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, s := range []config.Secret{{File: path}, {Command: []string{"printf", `a\nb\n`}}} {
		s.List = true
		list, err := s.Source("urls-from")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := list(t.Context(), false); err != nil || got != "a\nb" {
			t.Errorf("%s: got %q, %v", s.String(), got, err)
		}
		s.List = false
		one, err := s.Source("urls-from")
		if err == nil {
			_, err = one(t.Context(), false)
		}
		if err == nil {
			t.Errorf("%s: two lines are one secret", s.String())
		}
	}
}
