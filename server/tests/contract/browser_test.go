package contract

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drey/server"
	"drey/server/servertest"
)

// TestPagesOfOtherPortsAndSitesChangeNothing has what browsers send for a page,
// for each method that changes something; and what others send, who pass.
func TestPagesOfOtherPortsAndSitesChangeNothing(t *testing.T) {
	const document = "application/json"
	for name, c := range map[string]struct {
		headers []string
		passes  bool
	}{
		"no browser":                      {[]string{"Content-Type", document}, true},
		"no browser, no type":             {nil, true},
		"this server's page":              {[]string{"Content-Type", document, "Origin", "http://localhost:8080", "Sec-Fetch-Site", "same-origin"}, true},
		"typed by a person":               {[]string{"Content-Type", document, "Sec-Fetch-Site", "none"}, true},
		"another port":                    {[]string{"Content-Type", document, "Origin", "http://localhost:3000"}, false},
		"another port without a type":     {[]string{"Origin", "http://localhost:3000"}, false},
		"the default port":                {[]string{"Content-Type", document, "Origin", "http://localhost"}, false},
		"another name of this machine":    {[]string{"Content-Type", document, "Origin", "http://127.0.0.1:8080"}, false},
		"another site":                    {[]string{"Content-Type", document, "Origin", "http://evil.example"}, false},
		"a page without an origin":        {[]string{"Content-Type", document, "Origin", "null"}, false},
		"the same site by its metadata":   {[]string{"Content-Type", document, "Sec-Fetch-Site", "same-site"}, false},
		"another site by its metadata":    {[]string{"Content-Type", document, "Sec-Fetch-Site", "cross-site"}, false},
		"a form of this server's page":    {[]string{"Origin", "http://localhost:8080", "Content-Type", "text/plain"}, false},
		"this server's page, no type":     {[]string{"Origin", "http://localhost:8080"}, false},
		"an origin that is no address":    {[]string{"Content-Type", document, "Origin", "http://[::1"}, false},
		"an extension of the browser":     {[]string{"Content-Type", document, "Origin", "chrome-extension://localhost:8080"}, false},
		"an origin of another protocol's": {[]string{"Content-Type", document, "Origin", "https://localhost"}, false},
	} {
		w := servertest.NewWorld(t)
		w.Exchange("POST", "environments", `{"name":"older","kubernetesNamespace":"x"}`)
		got := []int{
			w.Exchange("POST", "environments", `{"name":"made","kubernetesNamespace":"x"}`, c.headers...),
			w.Exchange("DELETE", "environments/older", "", c.headers...),
		}
		made, deleted := w.Exchange("GET", "environments/made", "") == 200, w.Exchange(
			"GET", "environments/older", "",
		) == 404
		own := slices.Contains(c.headers, "http://localhost:8080") // its pages may delete: that has no body
		if made != c.passes || deleted != (c.passes || own) {
			t.Errorf("%s: got %v, then made %v, deleted %v; want %v", name, got, made, deleted, c.passes)
		}
	}
}

func TestLinksFromElsewhereOpen(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"},
		{"Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site"},
	} {
		if got := w.Exchange("GET", "environments/prod", "", headers...); got != 200 {
			t.Errorf("%v: got %d, want 200", headers, got)
		}
	}
}

func TestAServerThatAsksNobodyHasItsOwnNames(t *testing.T) {
	for _, c := range []struct {
		given []string
		host  string
		want  int
	}{
		{nil, "evil.example:8080", http.StatusForbidden},
		{nil, "localhost:8080", 200},
		{nil, "127.0.0.1:8080", 200},
		{nil, "[::ffff:127.0.0.1]:8080", 200},
		{nil, "203.0.113.9:8080", http.StatusForbidden},
		{[]string{"flink.example"}, "FLINK.example:443", 200},
		{[]string{"flink.example"}, "flink.example", 200},
		{[]string{"flink.example"}, "localhost:8080", http.StatusForbidden},
		{[]string{"flink.example"}, "flink.example.evil.example", http.StatusForbidden},
	} {
		s, err := server.Open(t.Context(), server.Config{
			Listen: "0.0.0.0:0", Data: filepath.Join(t.TempDir(), "data"), AllowRemote: true, AllowedHosts: c.given,
		})
		if err != nil {
			t.Fatal(err)
		}
		w := &servertest.World{T: t, Server: s}
		if got := w.Exchange("GET", "environments", "", "Host", c.host); got != c.want {
			t.Errorf("%v: %s: got %d, want %d", c.given, c.host, got, c.want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestALongPathIsNotGivenBack(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	long := strings.Repeat("x", 50_000)
	for _, target := range []string{
		long, "environments/" + long, servertest.ProdApps + "/" + long, "/" + long, servertest.ProdApps + "?sort=" + long,
		servertest.ProdApps + "?filter=" + long,
	} {
		for _, method := range []string{"GET", "DELETE", "PUT", "BREW"} {
			rec := w.Raw(method, target, "")
			if rec.Code < 400 || rec.Code >= 500 || rec.Body.Len() > 5000 {
				t.Errorf("%s %.30s: got %d with %d bytes", method, target, rec.Code, rec.Body.Len())
			}
		}
	}
}
