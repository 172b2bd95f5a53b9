package ccloudapi_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
	"drey/client/fault"
	"drey/client/pause"
	"drey/client/statement"
)

// openWorld is a client of a world's regions, with both keys; it has no address but
// those that follow from cloud and region.
func openWorld(t *testing.T, w *ccloudtest.World, regions ...string) *ccloudapi.Client {
	t.Helper()
	return open(t, w.Control, func(c *ccloudapi.Config) {
		c.Endpoint, c.ControlURL, c.Regions = "", "https://"+ccloudtest.ControlHost, regions
		c.Server.CAPath, c.Server.Proxy = w.CA, w.Proxy
	})
}

// twoRegions is a world with a statement of one name in each region, and one that is
// in the second alone.
func twoRegions(t *testing.T) (w *ccloudtest.World, us, eu *ccloudtest.Server) {
	t.Helper()
	w = ccloudtest.NewWorld(t, ccloudtest.Quirks{}, ccloudtest.Region, ccloudtest.OtherRegion)
	us, eu = w.Regions[ccloudtest.Region], w.Regions[ccloudtest.OtherRegion]
	us.Add(ccloudtest.Environment, "both", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	eu.Add(ccloudtest.Environment, "both", "INSERT INTO a SELECT 2", ccloud.PhaseRunning)
	eu.Add(ccloudtest.Environment, "eu-alone", "SELECT id, name FROM bounded", ccloud.PhaseCompleted)
	return w, us, eu
}

// TestRegionsAreReachedByTheirNames lists both as one, sends each plane its own key and
// nothing to any other host.
func TestRegionsAreReachedByTheirNames(t *testing.T) {
	t.Parallel()
	w, us, eu := twoRegions(t)
	api := openWorld(t, w, ccloudtest.Region, ccloudtest.OtherRegion)
	l, _, err := api.Statements(ccloudtest.Environment)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range l.Items {
		got = append(got, s.Region+"/"+s.Name)
	}
	if want := []string{"us-east-1/both", "eu-west-1/both", "eu-west-1/eu-alone"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, _, err := api.Pools(ccloudtest.Environment)(t.Context()); err != nil {
		t.Error(err)
	}
	for s, key := range map[*ccloudtest.Server]string{
		us: ccloudtest.DataKey, eu: ccloudtest.DataKey, w.Control: ccloudtest.ControlKey,
	} {
		if len(s.Seen()) == 0 {
			t.Errorf("%s was not asked", s.URL)
		}
		for _, r := range s.Seen() {
			if r.User != key || r.Status != http.StatusOK {
				t.Errorf("%s %s%s came with %q: %d", r.Method, s.URL, r.Path, r.User, r.Status)
			}
		}
	}
	if want := []string{
		"api.confluent.cloud:443", "flink.eu-west-1.aws.confluent.cloud:443", "flink.us-east-1.aws.confluent.cloud:443",
	}; !slices.Equal(w.Asked(), want) {
		t.Errorf("asked %q, want %q", w.Asked(), want)
	}
}

// TestANameOfTwoRegionsIsNotGuessed reads by uid, by region, or not at all.
func TestANameOfTwoRegionsIsNotGuessed(t *testing.T) {
	t.Parallel()
	w, us, eu := twoRegions(t)
	api := openWorld(t, w, ccloudtest.Region, ccloudtest.OtherRegion)
	read := func(name, region, uid string) (ccloudapi.Statement, error) {
		return api.Statement(t.Context(), ccloudtest.Environment, name, region, uid)
	}
	if _, err := read("both", "", ""); err == nil ||
		!strings.Contains(err.Error(), "in each of eu-west-1, us-east-1") || fault.Is(err, fault.NotFound) {
		t.Errorf("by its name alone: %v", err)
	}
	for _, region := range api.Regions() {
		s, err := read("both", region, "")
		if err != nil || s.Region != region {
			t.Errorf("by its region: %s, %v", s.Region, err)
		}
		if again, err := read("both", "", s.Metadata.UID); err != nil || again.Region != region {
			t.Errorf("by its uid: %s, %v", again.Region, err)
		}
	}
	if s, err := read("eu-alone", "", ""); err != nil || s.Region != ccloudtest.OtherRegion {
		t.Errorf("%s, %v", s.Region, err)
	}
	if _, err := read("nobody", "", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("one that is nowhere: %v", err)
	}
	engine := ccloudapi.SQL(api)
	if err := engine.Delete(t.Context(), statement.Ref{Scope: ccloudtest.Environment, Name: "both"}); err == nil {
		t.Error("one of the two was deleted")
	}
	if err := engine.Stop(t.Context(), statement.Ref{
		Scope: ccloudtest.Environment, Name: "both", Handle: ccloudtest.OtherRegion,
	}); err != nil || len(us.Changes()) > 0 || len(eu.Changes()) != 1 {
		t.Errorf("%v, %q and %q", err, us.Changes(), eu.Changes())
	}
	us.Set(func(q *ccloudtest.Quirks) { q.HTML = true })
	if _, err := read("nobody", "", ""); err == nil || fault.Is(err, fault.NotFound) {
		t.Errorf("one that may be where nobody could look: %v", err)
	}
}

// TestCredentialsFollowARedirectBelowTheDomainOnly sends a region's requests on to a
// private link's host, and to strangers.
func TestCredentialsFollowARedirectBelowTheDomainOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		to       string
		followed bool
	}{
		{"https://flink-ap4l9zl0.us-east-1.aws.accesspoint.glb.confluent.cloud", true},
		{"https://evil.example", false},
		{"https://confluent.cloud.evil.example", false},
		{"https://evilconfluent.cloud", false},
		{"http://flink.us-east-1.aws.private.confluent.cloud", false},
	} {
		t.Run(c.to, func(t *testing.T) {
			t.Parallel()
			w := ccloudtest.NewWorld(t, ccloudtest.Quirks{}, ccloudtest.OtherRegion)
			host := strings.TrimPrefix(strings.TrimPrefix(c.to, "https://"), "http://")
			var mu sync.Mutex
			var heard []string
			w.Stranger(t, host, func(rw http.ResponseWriter, r *http.Request) {
				user, secret, _ := r.BasicAuth()
				mu.Lock()
				defer mu.Unlock()
				heard = append(heard, user+":"+secret)
				_, _ = rw.Write([]byte(`{"data":[],"metadata":{"next":""}}`))
			})
			w.Stranger(t, "flink.us-east-1.aws.confluent.cloud", func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, c.to+r.URL.RequestURI(), http.StatusTemporaryRedirect)
			})
			_, _, err := openWorld(t, w, ccloudtest.Region).Statements(ccloudtest.Environment)(t.Context())
			mu.Lock()
			defer mu.Unlock()
			switch {
			case c.followed && (err != nil || !slices.Equal(heard, []string{ccloudtest.DataKey + ":" + ccloudtest.Secret})):
				t.Errorf("%v, it heard %q", err, heard)
			case !c.followed && (err == nil || len(heard) > 0 || slices.Contains(w.Asked(), host+":443")):
				t.Errorf("%v, it heard %q, %q were asked", err, heard, w.Asked())
			case !c.followed && (!strings.Contains(err.Error(), c.to) || strings.Contains(err.Error(), ccloudtest.Secret)):
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestADomainThatIsNobodysIsNotTrusted has a control plane right below a domain in which
// anybody can have a name.
func TestADomainThatIsNobodysIsNotTrusted(t *testing.T) {
	for address, want := range map[string]string{
		"https://api.confluent.cloud": "confluent.cloud", "https://api.flink.acme.com": "flink.acme.com",
		"https://acme.com": "", "https://acme.co.uk": "", "https://api.acme.co.uk": "acme.co.uk", "https://127.0.0.1:1": "",
		"https://localhost": "", "https://api.internal": "", "": "",
	} {
		if got := strings.Join(ccloudapi.Domains(address), " "); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// TestConnectionsStayFarBelowTheLimit counts them at the servers: 500 statements in two
// regions and five open results, over a connection a request as HTTP/1.1 has it, and
// over HTTP/2.
func TestConnectionsStayFarBelowTheLimit(t *testing.T) {
	const allowed, most = 100, 32 // platforms.md A7; drey's own
	t.Run("two regions by their names", func(t *testing.T) {
		t.Parallel()
		w, us, eu := twoRegions(t)
		n := load(t, openWorld(t, w, ccloudtest.Region, ccloudtest.OtherRegion), us, eu)
		if sum := us.MostConnections() + eu.MostConnections() + w.Control.MostConnections(); sum > most || n == 0 {
			t.Errorf("%d connections for %d requests: the address allows %d", sum, n, allowed)
		} else {
			t.Logf("%d connections at most for %d requests", sum, n)
		}
	})
	t.Run("HTTP/1.1", func(t *testing.T) {
		t.Parallel()
		s := ccloudtest.New(t, ccloudtest.Quirks{})
		n := load(t, open(t, s), s)
		if s.MostConnections() > most || n == 0 {
			t.Errorf("%d connections for %d requests: the address allows %d", s.MostConnections(), n, allowed)
		} else {
			t.Logf("%d connections at most for %d requests", s.MostConnections(), n)
		}
	})
}

// load opens five results and lists 500 statements, with 60 questions at once, as far as
// the bucket lets them; all hang together for a while, so that each has a connection or
// waits for one. It gives the requests that came.
func load(t *testing.T, api *ccloudapi.Client, regions ...*ccloudtest.Server) (n int) {
	t.Helper()
	for _, s := range regions {
		for n := range 500 / len(regions) {
			s.Add(ccloudtest.Environment, fmt.Sprintf("s-%03d", n), "SELECT id, name FROM orders", ccloud.PhaseRunning)
		}
		s.Set(func(q *ccloudtest.Quirks) { q.Hangs = true })
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var group sync.WaitGroup
	ask := func(what func() error) {
		group.Go(func() {
			if err := what(); err != nil {
				t.Error(err)
			}
		})
	}
	engine := ccloudapi.SQL(api)
	for n := range 5 {
		rows := engine.Rows(statement.Ref{
			Scope: ccloudtest.Environment, Name: fmt.Sprintf("s-%03d", n), Handle: api.Regions()[n%len(api.Regions())],
		})
		ask(func() error { _, _, err := rows.Next(ctx); return err })
	}
	for n := range 40 {
		ask(func() error {
			_, err := api.Statement(
				ctx, ccloudtest.Environment, fmt.Sprintf("s-%03d", n), api.Regions()[n%len(api.Regions())], "",
			)
			return err
		})
	}
	list := api.Statements(ccloudtest.Environment)
	ask(func() error { _, _, err := list(ctx); return err })
	sent := func() int { return api.Transport().Load().InFlight }
	for sent() < 40 && ctx.Err() == nil { // what the bucket lets through at once is under way
		pause.For(ctx, time.Millisecond)
	}
	for _, s := range regions {
		s.Set(func(q *ccloudtest.Quirks) { q.Hangs = false })
	}
	group.Wait()
	for _, s := range regions {
		n += len(s.Seen())
	}
	return n
}

// TestNothingIsSentWhileItThrottles has the server say until when, and counts there.
func TestNothingIsSentWhileItThrottles(t *testing.T) {
	t.Parallel()
	s := ccloudtest.New(t, ccloudtest.Quirks{Throttle: 1, RetryAfter: time.Hour})
	s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
	api := open(t, s)
	var first time.Time
	for n, ask := range []func() error{
		func() error { _, _, err := api.Statements(ccloudtest.Environment)(t.Context()); return err },
		func() error { _, _, err := api.Pools(ccloudtest.Environment)(t.Context()); return err },
		func() error {
			return api.Delete(
				t.Context(), ccloudtest.Environment,
				ccloudapi.Statement{Statement: ccloud.Statement{Name: "orders"}},
			)
		},
	} {
		f := fault.Of(ask())
		if n == 0 {
			first = f.Until
		}
		if f.Kind != fault.Throttled || !f.Until.Equal(first) || time.Until(first) < 50*time.Minute || f.Lost {
			t.Errorf("%+v, want %s", f, first)
		}
	}
	if n := len(s.Seen()); n != 1 {
		t.Errorf("%d requests came", n)
	}
}
