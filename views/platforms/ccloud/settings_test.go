package ccloud_test

import (
	"context"
	"strings"
	"testing"

	"drey/client"
	"drey/views/platform"
	"drey/views/platforms/ccloud"
)

func secret(context.Context, bool) (string, error) { return "s", nil }

// TestSettingsSayWhatIsMissing opens contexts that cannot work, and some that can.
func TestSettingsSayWhatIsMissing(t *testing.T) {
	whole := map[string]string{
		"organization": "o", "cloud": "AWS", "region": "us-east-1", "environment": "env-1", "auth.flink-key.key": "k",
	}
	for name, test := range map[string]struct {
		with    map[string]string
		without []string
		secrets []string
		want    string // "" where it can be opened
		address string // "" where it is not looked at
	}{
		"a key of the data plane":        {secrets: []string{"auth.flink-key.secret"}},
		"a key of the control plane":     {without: []string{"organization", "environment", "region", "cloud"}, secrets: []string{"auth.cloud-key.secret"}},
		"a global key":                   {without: []string{"organization", "environment"}, secrets: []string{"auth.global-key.secret"}},
		"several regions":                {with: map[string]string{"region": "us-east-1\neu-west-1"}, secrets: []string{"auth.flink-key.secret"}},
		"an endpoint alone":              {with: map[string]string{"endpoint": "https://flink.acme.example"}, without: []string{"cloud", "region"}, secrets: []string{"auth.flink-key.secret"}},
		"an identity":                    {with: map[string]string{"auth.identity.pool": "pool-1"}, secrets: []string{"auth.identity.token"}},
		"nobody":                         {want: "auth is missing"},
		"no region":                      {without: []string{"region"}, secrets: []string{"auth.flink-key.secret"}, want: "set cloud and region, or endpoint"},
		"no environment":                 {without: []string{"environment"}, secrets: []string{"auth.flink-key.secret"}, want: "set environment: without auth.cloud-key"},
		"no organization":                {without: []string{"organization"}, secrets: []string{"auth.flink-key.secret"}, want: "set organization: without auth.cloud-key"},
		"another cloud":                  {with: map[string]string{"cloud": "acme"}, secrets: []string{"auth.flink-key.secret"}, want: `cloud "acme": want aws, gcp or azure`},
		"a region that is another host":  {with: map[string]string{"region": "evil.example/"}, secrets: []string{"auth.flink-key.secret"}, want: "want a region's name"},
		"one endpoint of two regions":    {with: map[string]string{"endpoint": "https://f", "region": "a\nb"}, secrets: []string{"auth.flink-key.secret"}, want: "endpoint is the address of one region"},
		"an endpoint without its scheme": {with: map[string]string{"endpoint": "flink-ap4l9zl0.ap-northeast-1.aws.accesspoint.glb.confluent.cloud"}, secrets: []string{"auth.flink-key.secret"}, address: "https://flink-ap4l9zl0.ap-northeast-1.aws.accesspoint.glb.confluent.cloud"},
		"an endpoint in plain text":      {with: map[string]string{"endpoint": "http://flink.us-east-1.aws.private.confluent.cloud"}, secrets: []string{"auth.flink-key.secret"}, address: "https://flink.us-east-1.aws.private.confluent.cloud"},
		"an endpoint with a path":        {with: map[string]string{"endpoint": "https://flink.acme.example/sql/v1/organizations/o/environments/e"}, secrets: []string{"auth.flink-key.secret"}, address: "https://flink.acme.example"},
		"the language service":           {with: map[string]string{"endpoint": "https://flinkpls.us-east-1.aws.confluent.cloud"}, secrets: []string{"auth.flink-key.secret"}, want: "is the one of the language service"},
		"the control plane":              {with: map[string]string{"endpoint": "api.confluent.cloud"}, secrets: []string{"auth.flink-key.secret"}, want: "is the control plane"},
		"no address":                     {with: map[string]string{"endpoint": "https://user:pw@flink.acme.example"}, secrets: []string{"auth.flink-key.secret"}, want: "endpoint: "},
		"two who one is":                 {secrets: []string{"auth.flink-key.secret", "auth.identity.token"}, want: "give one of them"},
	} {
		t.Run(name, func(t *testing.T) {
			s := platform.Settings{Context: "c", Values: map[string]string{}, Secrets: map[string]client.Secret{}}
			for k, v := range whole {
				s.Values[k] = v
			}
			for k, v := range test.with {
				s.Values[k] = v
			}
			for _, k := range test.without {
				delete(s.Values, k)
			}
			for _, k := range test.secrets {
				s.Secrets[k] = secret
			}
			session, err := ccloud.Platform.Open(s)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %s", err, test.want)
			}
			if session != nil {
				if test.address != "" && session.Address != test.address {
					t.Errorf("the address is %s", session.Address)
				}
				session.Close()
			}
		})
	}
}

// TestTabsSayWhichKeyTheyNeed has the key of the data plane alone.
func TestTabsSayWhichKeyTheyNeed(t *testing.T) {
	session, err := ccloud.Platform.Open(platform.Settings{
		Values: map[string]string{
			"organization": "o", "cloud": "aws", "region": "r", "environment": "e", "auth.flink-key.key": "k",
		},
		Secrets: map[string]client.Secret{"auth.flink-key.secret": secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for _, tab := range session.Tabs() {
		if needs := tab.Name == "compute pools" || tab.Name == "artifacts" || tab.Name == "regions"; needs !=
			(tab.Missing == "needs auth.cloud-key") {
			t.Errorf("%s: %q", tab.Name, tab.Missing)
		}
	}
}
