package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/ccloudapi/ccloudtest"
	"drey/ui/uitest"
	"drey/views/platform"
	cloudplatform "drey/views/platforms/ccloud"
)

// cloud is a strict server with a statement of each kind that a person meets.
func cloud(t *testing.T, quirks ccloudtest.Quirks) *ccloudtest.Server {
	t.Helper()
	s := ccloudtest.New(t, quirks)
	const prod = ccloudtest.Environment
	s.Add(
		prod, "clicks-sessions", "INSERT INTO sessions SELECT window_start, COUNT(*) FROM clicks GROUP BY window_start",
		ccloud.PhaseStopped,
	)
	s.Add(prod, "degraded-one", "INSERT INTO d SELECT * FROM b", ccloud.PhaseDegraded)
	s.Edit("degraded-one", func(o map[string]any) {
		o["status"].(map[string]any)["warnings"] = []any{map[string]any{
			"severity": "CRITICAL", "created_at": "2026-03-04T11:00:00Z", "reason": "UPSERT_KEY_MISMATCH",
			"message": "The primary key of the sink differs from the key of the query",
		}}
	})
	s.Add(prod, "fraud-scores", "INSERT INTO scores SELECT * FROM no_such_table", ccloud.PhaseFailed)
	s.Add(
		prod, "orders-enriched",
		"INSERT INTO orders_enriched SELECT o.*, c.name FROM orders o JOIN customers c ON o.cid = c.id",
		ccloud.PhaseRunning,
	)
	s.Edit("orders-enriched", func(o map[string]any) {
		o["metadata"].(map[string]any)["labels"] = map[string]any{"user.confluent.io/team": "orders"}
		o["spec"].(map[string]any)["properties"] = map[string]any{
			"sql.current-catalog": "prod", "sql.secrets.token": ccloudtest.Secret,
		}
		o["status"].(map[string]any)["latest_offsets"] = map[string]any{"orders": "partition:0,offset:9223372036854775808"}
	})
	s.Add(prod, "waiting-for-cfu", "INSERT INTO a SELECT * FROM b", ccloud.PhasePending)
	s.Edit("waiting-for-cfu", func(o map[string]any) {
		o["status"].(map[string]any)["scaling_status"] = map[string]any{
			"scaling_state": "POOL_EXHAUSTED", "last_updated": "2026-03-04T11:00:00Z",
		}
	})
	s.Add(prod, "names-of-drey", "SHOW TABLES", ccloud.PhaseCompleted)
	s.Edit("names-of-drey", func(o map[string]any) {
		o["metadata"].(map[string]any)["labels"] = map[string]any{ccloud.LabelHidden: "true"}
	})
	s.Add(ccloudtest.Other, "dev-select", "SELECT id, name FROM orders", ccloud.PhaseRunning)
	return s
}

// openCloud opens a console on it, with the keys of both planes but those left out.
func openCloud(t *testing.T, s *ccloudtest.Server, width, height int, without ...string) *uitest.Driver {
	t.Helper()
	settings := cloudSettings(s)
	for _, name := range without {
		delete(settings.Secrets, name)
	}
	return openCloudWith(t, settings, width, height)
}

// cloudSettings are those of a context with the keys of both planes.
func cloudSettings(s *ccloudtest.Server) platform.Settings {
	secret := func(context.Context, bool) (string, error) { return ccloudtest.Secret, nil }
	return platform.Settings{
		Context: "cloud",
		Values: map[string]string{
			"organization": ccloudtest.Organization, "cloud": "aws", "region": ccloudtest.Region,
			"endpoint": s.URL, "control-url": s.URL, "metrics-url": s.URL,
			"environment": ccloudtest.Environment, "auth.flink-key.key": ccloudtest.DataKey,
			"auth.cloud-key.key": ccloudtest.ControlKey,
		},
		Secrets: map[string]client.Secret{"auth.flink-key.secret": secret, "auth.cloud-key.secret": secret},
	}
}

func openCloudWith(t *testing.T, settings platform.Settings, width, height int) *uitest.Driver {
	t.Helper()
	session, err := cloudplatform.Platform.Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return open(t, nil, width, height, withSQL(t, shelf(t.TempDir()), func(o *Options) {
		o.Session, o.Name = session, "cloud"
	}))
}

func TestCloudScreens(t *testing.T) {
	t.Parallel()
	for _, scene := range []struct {
		name string
		keys []string
		wait []string
	}{
		{"statements", nil, []string{"6 statements", "1 hidden", "EXCEPTION"}},
		{"pools", []string{"3"}, []string{"2 compute pools", "reports"}},
		{"resume", []string{"/", "c", "l", "i", "c", "k", "s", "enter", "s"}, []string{"In which pool should it go on?", "What will be sent"}},
		{"why", []string{"w"}, []string{"exception", "no_such_table"}},
		{"tables", []string{"4"}, []string{"totals", "it was made"}},
		{"artifacts", []string{"6"}, []string{"1 artifact", "functions"}},
		{"connections", []string{"5"}, []string{"2 connections", "openai"}},
		{"workspaces", []string{"7"}, []string{"2 workspaces", "Orders by hour"}},
		{"regions", []string{"8"}, []string{"1 region", "aws.us-east-1"}},
		{"preview", []string{"/", "e", "n", "r", "i", "enter"}, []string{"1 of ", "30s behind"}},
		{"evolve", []string{"/", "e", "n", "r", "i", "enter", "V"}, []string{"name: orders-enriched-v2"}},
		{"hidden", []string{"H"}, []string{"7 statements", "left over"}},
	} {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				d := openCloud(t, cloud(t, ccloudtest.Quirks{}), size[0], size[1])
				d.WaitForText("fraud-scores", "1 failing")
				d.Press(scene.keys...)
				if size[0] > 100 || scene.name != "statements" && scene.name != "hidden" && scene.name != "preview" {
					d.WaitForText(scene.wait...)
				}
				d.Drain(200 * time.Millisecond)
				d.Golden(fmt.Sprintf("cloud-%s-%dx%d", scene.name, size[0], size[1]))
				d.CheckSize(size[0], size[1])
			}
		})
	}
}

// TestCloudDialogs opens what is asked, or shown, about the only row of a list.
func TestCloudDialogs(t *testing.T) {
	t.Parallel()
	for _, scene := range []struct {
		name, tab, row, key string
		wait                []string
	}{
		{"table-stop", "4", "tables › totals", "x", []string{"Stop totals", "What will be sent"}},
		{"table-delete", "4", "tables › totals", "D", []string{"Type totals to confirm"}},
		{"table-versions", "4", "tables › totals", "enter", []string{"version 1", "AS SELECT 1"}},
		{"artifact-delete", "6", "artifacts › cfa-1", "D", []string{"Type cfa-1 to confirm"}},
	} {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				d := openCloud(t, cloud(t, ccloudtest.Quirks{}), size[0], size[1])
				d.WaitForText("fraud-scores", "1 failing")
				d.Press(scene.tab)
				d.WaitForText(scene.row)
				d.Press(scene.key)
				d.WaitForText(scene.wait...)
				d.Drain(200 * time.Millisecond)
				d.Golden(fmt.Sprintf("cloud-%s-%dx%d", scene.name, size[0], size[1]))
				d.CheckSize(size[0], size[1])
			}
		})
	}
}

// TestACloudStatementIsStoppedResumedAndDeleted goes on in another pool.
func TestACloudStatementIsStoppedResumedAndDeleted(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{StoppingPolls: 1, PendingPolls: 1, DeletingPolls: 1, Conflicts: 1})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("orders-enriched")
	d.Press("/")
	d.Type("orders-enr")
	d.Press("enter", "x")
	d.WaitForText("Stop orders-enriched", "it can be resumed", "PUT")
	d.Press("y")
	d.WaitForText("stopped orders-enriched", "STOPPED")
	d.Press("s")
	d.WaitForText("In which pool should it go on?", "50 of 50 CFU in use")
	d.Press("down")
	d.Press("y")
	d.WaitForText("resumed orders-enriched", ccloudtest.BigPool)
	d.Press("D")
	d.WaitForText("it is stopped, and it and its state are lost", "Type orders-enriched")
	d.Type("orders-enriched")
	d.Press("enter")
	d.WaitForText("deleted orders-enriched")
	path := "/sql/v1/organizations/" + ccloudtest.Organization + "/environments/" + ccloudtest.Environment +
		"/statements/orders-enriched"
	if want := []string{"PUT " + path, "PUT " + path, "PUT " + path, "DELETE " + path}; !slices.Equal(
		s.Changes(), want,
	) {
		t.Errorf("sent %q, want %q", s.Changes(), want)
	}
}

// TestWhatClientsRunForThemselvesIsHidden shows it on a key.
func TestWhatClientsRunForThemselvesIsHidden(t *testing.T) {
	t.Parallel()
	d := openCloud(t, cloud(t, ccloudtest.Quirks{}), 140, 40)
	d.WaitForText("6 statements", "1 hidden")
	if strings.Contains(d.Screen(), "names-of-drey") {
		t.Error("a helper is in the list")
	}
	d.Press("H")
	d.WaitForText("7 statements", "names-of-drey")
	d.Press("H")
	d.WaitForText("6 statements")
}

// TestWithoutAKeyItsTabsSayWhichIsMissing has the key of the data plane alone.
func TestWithoutAKeyItsTabsSayWhichIsMissing(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{})
	d := openCloud(t, s, 140, 40, "auth.cloud-key.secret")
	d.WaitForText("fraud-scores", "5 statements")
	d.Press("3")
	d.WaitForText("needs auth.cloud-key")
	for _, r := range s.Seen() {
		if r.User != ccloudtest.DataKey {
			t.Errorf("%s %s came with %q", r.Method, r.Path, r.User)
		}
	}
}

// TestAWorkspaceIsOpenedAsABuffer reads SQL that is kept there.
func TestAWorkspaceIsOpenedAsABuffer(t *testing.T) {
	t.Parallel()
	d := openCloud(t, cloud(t, ccloudtest.Quirks{}), 140, 40)
	d.WaitForText("fraud-scores")
	d.Press("7")
	d.WaitForText("Orders by hour")
	d.Press("enter")
	d.WaitForText("SELECT *", "FROM orders;", "F5")
}

// TestASelectOnTheCloudIsRunReadAndStopped runs one that goes on for ever.
func TestASelectOnTheCloudIsRunReadAndStopped(t *testing.T) {
	t.Parallel()
	s := cloud(t, ccloudtest.Quirks{NotReady: 1, PendingPolls: 1, StoppingPolls: 1})
	d := openCloud(t, s, 140, 40)
	d.WaitForText("fraud-scores")
	d.Press("7")
	d.WaitForText("Orders by hour")
	d.Press("enter")
	d.WaitForText("FROM orders;", "F5")
	d.Press("f5")
	d.WaitForText("uno", "three")
	if strings.Contains(d.Screen(), "one ") {
		t.Errorf("the row before its update is shown:\n%s", d.Screen())
	}
	var posts int
	for _, c := range s.Changes() {
		if strings.HasPrefix(c, "POST") {
			posts++
		}
	}
	if posts == 0 {
		t.Error("nothing was sent")
	}
}

// TestNoSecretOfTheCloudIsOnAScreen looks at what shows settings and calls.
func TestNoSecretOfTheCloudIsOnAScreen(t *testing.T) {
	t.Parallel()
	d := openCloud(t, cloud(t, ccloudtest.Quirks{}), 140, 40)
	d.WaitForText("fraud-scores")
	for _, keys := range [][]string{{"5"}, {"5", "y"}, {"@"}, {"@", "enter"}} {
		d.Press(keys...)
		d.Drain(200 * time.Millisecond)
		if strings.Contains(d.Screen(), ccloudtest.Secret) {
			t.Errorf("after %q a secret is shown:\n%s", keys, d.Screen())
		}
		d.Press("esc", "esc")
	}
}
