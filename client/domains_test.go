package client

import (
	"net/url"
	"testing"
)

// TestCredentialsGoBelowTheDomainByHTTPSOnly asks which hosts may have what a
// context of a cloud has.
func TestCredentialsGoBelowTheDomainByHTTPSOnly(t *testing.T) {
	c, err := newCredentials(
		Config{Domains: []string{"confluent.cloud"}}, "https://flink.us-east-1.aws.confluent.cloud",
	)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"https://flink.us-east-1.aws.confluent.cloud/sql":        true,
		"https://flink-1.accesspoint.glb.confluent.cloud/sql":    true,
		"https://api.confluent.cloud":                            true,
		"http://flink.us-east-1.aws.confluent.cloud":             false,
		"https://confluent.cloud.evil.example":                   false,
		"https://evilconfluent.cloud":                            false,
		"https://evil.example/?confluent.cloud":                  false,
		"https://user@evil.example#.confluent.cloud":             false,
		"https://flink.us-east-1.aws.confluent.cloud.:443@evil/": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		if got := c.trusted(u); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
