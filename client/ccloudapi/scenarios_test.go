package ccloudapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/ccloudapi/ccloudtest"
	"drey/client/fault"
	"drey/client/statement"
)

// scenario is something that servers were seen to do, and what the client makes of it.
// Its name begins with where the fact is: C5 is of platforms.md, § of
// platforms-supplement.md, with the first words of the line.
type scenario struct {
	name   string
	quirks ccloudtest.Quirks
	run    func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client)
}

// TestScenarios has each of the quirks.
func TestScenarios(t *testing.T) {
	for _, c := range slices.Concat(scenariosOfC5, scenariosOfTheSupplement) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := ccloudtest.New(t, c.quirks)
			s.Add(ccloudtest.Environment, "orders", "INSERT INTO a SELECT 1", ccloud.PhaseRunning)
			c.run(t, s, open(t, s))
		})
	}
}

var scenariosOfC5 = []scenario{
	{
		"C5: a body that is a part of the statement is 400",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, _ *ccloudapi.Client) {
			if code := put(t, s, `{"spec":{"stopped":true}}`); code != http.StatusBadRequest ||
				s.Phase("orders") != ccloud.PhaseRunning {
				t.Errorf("%d, it is %s", code, s.Phase("orders"))
			}
		},
	},
	{"C5: another resource_version is 409, and the change is tried again", ccloudtest.Quirks{
		Conflicts: 2,
	}, func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
		stop(t, api, "orders")
		if n := strings.Count(strings.Join(s.Changes(), "\n"), "PUT "); n != 3 {
			t.Errorf("%d PUTs: %q", n, s.Changes())
		}
	}},
	{"C5: results are 409 not ready at first", ccloudtest.Quirks{NotReady: 3}, readsFive("SELECT id, name FROM bounded")},
	{"C5: an empty page has a next one", ccloudtest.Quirks{}, readsFive("SELECT id, name FROM orders")},
	{"C5: the last page has an empty next", ccloudtest.Quirks{}, readsFive("SELECT id, name FROM bounded")},
	{"C5: the last page has no next", ccloudtest.Quirks{NoNext: true}, readsFive("SELECT id, name FROM bounded")},
	{
		"C5: a page ends between -U and +U",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			_, pages := changelog(t, submitted(t, api, "SELECT id, name FROM bounded"), 5)
			for _, p := range pages {
				if len(p) > 0 && strings.HasPrefix(p[len(p)-1], "-U") {
					t.Errorf("the halves of an update are given apart: %v", pages)
				}
			}
		},
	},
	{"C5: rows have no op", ccloudtest.Quirks{MissingOp: true}, readsFive("SELECT id, name FROM bounded")},
	{
		"C5: properties are null",
		ccloudtest.Quirks{NullProperties: true},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			stop(t, api, "orders") // the object goes back as it came
			if s.Phase("orders") == ccloud.PhaseRunning {
				t.Error("it runs on")
			}
		},
	},
	{"C5: a phase is not known", ccloudtest.Quirks{}, func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
		s.Edit("orders", func(o map[string]any) { o["status"].(map[string]any)["phase"] = "HIBERNATING" })
		if status := observed(t, api, "orders"); status.Raw != "HIBERNATING" || status.Phase != statement.Unknown {
			t.Errorf("%+v", status)
		}
	}},
	{"C5: a type is not known", ccloudtest.Quirks{}, func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
		s.Edit("orders", func(o map[string]any) {
			o["status"].(map[string]any)["traits"].(map[string]any)["schema"] = map[string]any{
				"columns": []any{map[string]any{"name": "g", "type": map[string]any{"type": "GEOGRAPHY", "nullable": true}}},
			}
		})
		if status := observed(t, api, "orders"); status.Traits == nil || len(status.Traits.Columns) != 1 ||
			status.Traits.Columns[0].Type.Type != "GEOGRAPHY" {
			t.Errorf("%+v", status.Traits)
		}
	}},
	{"C5: 429 with Retry-After", ccloudtest.Quirks{Throttle: 9, RetryAfter: 30 * time.Second}, throttled(20 * time.Second)},
	{"C5: 429 without Retry-After", ccloudtest.Quirks{Throttle: 99}, throttled(0)},
	{"A7: 429 with X-RateLimit-Reset", ccloudtest.Quirks{Throttle: 9, RateReset: "40"}, throttled(30 * time.Second)},
	{"A7: Retry-After goes before X-RateLimit-Reset", ccloudtest.Quirks{
		Throttle: 9, RetryAfter: 30 * time.Second, RateReset: "3000",
	}, func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
		throttled(20*time.Second)(t, s, api)
		_, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
		if time.Until(fault.Of(err).Until) > time.Minute {
			t.Errorf("it waits until %s", fault.Of(err).Until)
		}
	}},
	{"A7: an X-RateLimit-Reset that is no number says nothing", ccloudtest.Quirks{
		Throttle: 99, RateReset: "soon",
	}, func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
		throttled(0)(t, s, api)
		_, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
		if time.Until(fault.Of(err).Until) > time.Minute {
			t.Errorf("it waits until %s", fault.Of(err).Until)
		}
	}},
	{
		"C5: 401 is a page",
		ccloudtest.Quirks{SignedOutPage: true},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			_, _, err := api.Statements(ccloudtest.Environment)(t.Context())
			if !fault.Is(err, fault.SignedOut) || strings.Contains(err.Error(), "<html") {
				t.Errorf("got %v", err)
			}
		},
	},
	{
		"C5: a redirect goes to another host",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, _ *ccloudapi.Client) {
			stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				t.Errorf("it was asked with %v", r.Header)
			}))
			t.Cleanup(stranger.Close)
			home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, stranger.URL+r.URL.Path, http.StatusTemporaryRedirect)
			}))
			t.Cleanup(home.Close)
			api := open(t, s, func(c *ccloudapi.Config) { c.Endpoint = home.URL })
			if _, _, err := api.Statements(ccloudtest.Environment)(t.Context()); err == nil ||
				strings.Contains(err.Error(), ccloudtest.Secret) {
				t.Errorf("got %v", err)
			}
		},
	},
	{
		"C5: results are 404 after a time",
		ccloudtest.Quirks{Expired: true},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			_, _, err := submitted(t, api, "SELECT id, name FROM bounded").Next(t.Context())
			if !errors.Is(err, statement.ErrGone) || !strings.Contains(err.Error(), "expired") {
				t.Errorf("got %v", err)
			}
		},
	},
}

var scenariosOfTheSupplement = []scenario{
	{"§3 External identity", ccloudtest.Quirks{}, func(t *testing.T, s *ccloudtest.Server, _ *ccloudapi.Client) {
		var heard http.Header
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			heard = r.Header.Clone()
			_, _ = io.WriteString(w, `{"data":[],"metadata":{"next":""}}`)
		}))
		t.Cleanup(web.Close)
		api := open(t, s, func(c *ccloudapi.Config) {
			c.Endpoint, c.DataKey, c.IdentityPool = web.URL, client.Bearer(secret("of-the-provider")), "pool-1"
		})
		if _, _, err := api.Statements(ccloudtest.Environment)(t.Context()); err != nil ||
			heard.Get("Authorization") != "Bearer of-the-provider" || heard.Get(
			"Confluent-Identity-Pool-Id",
		) != "pool-1" {
			t.Errorf("%v, %v", err, heard)
		}
	}},
	{
		"§3 Global key: the organization is found where there is one",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, _ *ccloudapi.Client) {
			api := open(t, s, func(c *ccloudapi.Config) { c.Organization = "" })
			if _, _, err := api.Statements(ccloudtest.Environment)(t.Context()); err != nil ||
				api.Known("e").Organization != ccloudtest.Organization {
				t.Errorf("%v, %+v", err, api.Known("e"))
			}
		},
	},
	{
		"§3 PATCH in use: a change is a PUT of the whole, and no PATCH",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			stop(t, api, "orders")
			if strings.Contains(strings.Join(s.Changes(), " "), "PATCH") {
				t.Errorf("sent %q", s.Changes())
			}
		},
	},
	{
		"§3 A results token is an offset: one is asked for again only after a lost answer",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			changelog(t, submitted(t, api, "SELECT id, name FROM bounded"), 5)
			asked := map[string]int{}
			for _, r := range s.Seen() {
				if strings.HasSuffix(r.Path, "/results") && r.Status == http.StatusOK {
					asked[r.Query]++
				}
			}
			for token, n := range asked {
				if n != 1 {
					t.Errorf("%q is asked for %d times", token, n)
				}
			}
		},
	},
	{"§3 POST may take seconds: it may come back COMPLETED at once", ccloudtest.Quirks{AtOnce: true}, readsFive("SELECT id, name FROM bounded")},
	{"§3 POST may take seconds: it may come back FAILED at once", ccloudtest.Quirks{
		AtOnce: true,
	}, func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
		status, err := ccloudapi.SQL(api).Submit(t.Context(), request("bad-1", "SELECT * FROM no_such_table"))
		if err != nil || status.Phase != statement.Failed || !strings.Contains(status.Detail, "no_such_table") {
			t.Errorf("%+v, %v", status, err)
		}
	}},
	{"§3 status.traits may be null while PENDING", ccloudtest.Quirks{NoTraits: "null", PendingPolls: 2}, readsFive("SELECT id, name FROM bounded")},
	{"§3 status.traits may be {} while PENDING", ccloudtest.Quirks{NoTraits: "{}", PendingPolls: 2}, readsFive("SELECT id, name FROM bounded")},
	{"§3 Clients follow metadata.next: its token counts, and neither its host nor its path", ccloudtest.Quirks{}, readsFive("SELECT id, name FROM orders")},
	{
		"§3 Results body without results.data is deleted",
		ccloudtest.Quirks{NoData: true},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			_, _, err := submitted(t, api, "SELECT id, name FROM bounded").Next(t.Context())
			if !errors.Is(err, statement.ErrGone) || !strings.Contains(err.Error(), "deleted") {
				t.Errorf("got %v", err)
			}
		},
	},
	{
		"§3 latest_offsets can hold 2^63, and a zero time is none",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			s.Edit("orders", func(o map[string]any) {
				o["status"].(map[string]any)["latest_offsets"] = map[string]any{
					"t": "partition:0,offset:9223372036854775808",
				}
			})
			of, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
			if err != nil || of.Status.LatestOffsets["t"] != "partition:0,offset:9223372036854775808" {
				t.Errorf("%+v, %v", of.Status, err)
			}
		},
	},
	{
		"§3 metadata.total_size of lists is not to be trusted",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			// the server says 4
			if l, _, err := api.Statements(ccloudtest.Environment)(t.Context()); err != nil || len(l.Items) != 1 {
				t.Errorf("%d statements, %v", len(l.Items), err)
			}
		},
	},
	{
		"§3 After DELETE a statement shows for a while",
		ccloudtest.Quirks{DeletingPolls: 2},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			of, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
			if err == nil {
				err = api.Delete(t.Context(), ccloudtest.Environment, of)
			}
			l, _, listing := api.Statements(ccloudtest.Environment)(t.Context())
			if err != nil || listing != nil || len(l.Items) != 1 || l.Items[0].Phase() != ccloud.PhaseDeleting {
				t.Errorf("%+v, %v, %v", l.Items, err, listing)
			}
		},
	},
	{
		"§3 Snapshot queries: a helper is hidden, in snapshot mode, and can be deleted",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			r := request("names-1", "SHOW TABLES")
			r.Helper = true
			status, err := ccloudapi.SQL(api).Submit(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			made, err := api.Statement(t.Context(), ccloudtest.Environment, "names-1", "", "")
			if err != nil || !made.Hidden() || made.Spec.Properties[ccloud.PropertySnapshot] != "now" {
				t.Errorf("%+v, %v", made.Statement, err)
			}
			if err := ccloudapi.SQL(api).Delete(t.Context(), status.Ref); err != nil ||
				s.Phase("names-1") != ccloud.PhaseDeleting {
				t.Errorf("it is %s, %v", s.Phase("names-1"), err)
			}
		},
	},
	{
		"§3 Metrics: Long.MIN is no watermark",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, _ *ccloudapi.Client) {
			api := open(t, s, func(c *ccloudapi.Config) { c.MetricsURL = s.URL })
			of, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
			if err != nil {
				t.Fatal(err)
			}
			series, err := api.Metrics(t.Context(), of)
			if err != nil || len(series) == 0 {
				t.Fatalf("%d series, %v", len(series), err)
			}
			for _, one := range series {
				for _, v := range one.Values {
					if v < -1e12 || v > 1e15 {
						t.Errorf("%s has %v", one.Label, v)
					}
				}
			}
		},
	},
	{
		"§3 Artifacts: the form's fields come before the file",
		ccloudtest.Quirks{},
		func(t *testing.T, s *ccloudtest.Server, api *ccloudapi.Client) {
			if _, err := api.Upload(t.Context(), newUpload(10), func(int, string, int64) {}); err != nil ||
				len(s.File("mine")) != 10 {
				t.Errorf("%d bytes, %v", len(s.File("mine")), err)
			}
		},
	},
}

// submitted runs a statement to its end and reads its rows.
func submitted(t *testing.T, api *ccloudapi.Client, sql string) statement.Rows {
	t.Helper()
	engine := ccloudapi.SQL(api)
	status, err := engine.Submit(t.Context(), request("select-1", sql))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for !status.Phase.Ended() && status.Phase != statement.Running {
		if status, err = engine.Observe(ctx, status.Ref); err != nil {
			t.Fatal(err)
		}
	}
	return engine.Rows(status.Ref)
}

// readsFive reads the five changes that the server has of a SELECT.
func readsFive(sql string) func(*testing.T, *ccloudtest.Server, *ccloudapi.Client) {
	return func(t *testing.T, _ *ccloudtest.Server, api *ccloudapi.Client) {
		lines, _ := changelog(t, submitted(t, api, sql), 5)
		if want := []string{
			`+I "1" "one"`, `+I "2" "two"`, `-U "1" "one"`, `+U "1" "uno"`, `+I "3" "three"`,
		}; !slices.Equal(lines, want) {
			t.Errorf("got %v, want %v", lines, want)
		}
	}
}

// throttled has every request refused, for at least so long where the server says.
func throttled(least time.Duration) func(*testing.T, *ccloudtest.Server, *ccloudapi.Client) {
	return func(t *testing.T, _ *ccloudtest.Server, api *ccloudapi.Client) {
		_, err := api.Statement(t.Context(), ccloudtest.Environment, "orders", "", "")
		if f := fault.Of(err); f.Kind != fault.Throttled || least > 0 && time.Until(f.Until) < least {
			t.Errorf("%v: %+v", err, f)
		}
	}
}

func stop(t *testing.T, api *ccloudapi.Client, name string) {
	t.Helper()
	of, err := api.Statement(t.Context(), ccloudtest.Environment, name, "", "")
	stopped := true
	if err == nil {
		err = api.Update(t.Context(), ccloudtest.Environment, of, ccloudapi.Change{Stopped: &stopped}, func(string) {})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func observed(t *testing.T, api *ccloudapi.Client, name string) statement.Status {
	t.Helper()
	status, err := ccloudapi.SQL(api).Observe(t.Context(), statement.Ref{Scope: ccloudtest.Environment, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// put sends a body of one's own in place of the statement orders.
func put(t *testing.T, s *ccloudtest.Server, body string) int {
	t.Helper()
	path := ccloud.Statements.ItemPath(
		ccloud.Scope{Organization: ccloudtest.Organization, Environment: ccloudtest.Environment}, "orders",
	)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL+path, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(ccloudtest.DataKey, ccloudtest.Secret)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(fmt.Errorf("put: %w", err))
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
