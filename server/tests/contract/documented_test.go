package contract

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server"
	"drey/server/model"
	"drey/server/servertest"
)

func TestAPathThatCannotBeReadIsAnsweredInTheAPIsShape(t *testing.T) {
	w := servertest.NewWorld(t)
	address := strings.TrimPrefix(servertest.Serving(t, w), "http://")
	for _, path := range []string{"/cmf/api/v1/environments/%zz", "/%", "/cmf/api/v1/environments/a%2"} {
		response, body := wire(t, servertest.Dial(t, address), "GET", "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		var answers cmf.RestError
		if err := json.Unmarshal([]byte(body), &answers); response.StatusCode != 400 || err != nil ||
			len(answers.Errors) != 1 {
			t.Errorf("%s: got %d %s, %v, want 400 with a RestError", path, response.StatusCode, body, err)
		}
	}
}

// TestAPathThatCannotBeReadIsAnsweredOverTLSToo also speaks plain HTTP to that
// port.
func TestAPathThatCannotBeReadIsAnsweredOverTLSToo(t *testing.T) {
	a := newAuthority(t)
	a.sign("server", a)
	s := running(t, server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), TLSCert: a.path("server.crt"), TLSKey: a.path("server.key"),
	})
	address := strings.TrimPrefix(s.URL(), "https://")
	plain := servertest.Dial(t, address)
	config := a.client("").Transport.(*http.Transport).TLSClientConfig
	config.ServerName, config.NextProtos = "127.0.0.1", []string{"h2", "http/1.1"}
	secure := tls.Client(servertest.Dial(t, address), config)
	for name, conn := range map[string]net.Conn{"TLS": secure, "plain HTTP": plain} {
		response, body := wire(t, conn, "GET", "GET /cmf/api/v1/environments/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n")
		var refused cmf.RestError
		if err := json.Unmarshal([]byte(body), &refused); response.StatusCode != 400 || err != nil ||
			len(refused.Errors) != 1 {
			t.Errorf("%s: got %d %s, %v, want 400 with a RestError", name, response.StatusCode, body, err)
		}
	}
}

func TestAFailedApplicationSaysWhy(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application(
		"orders", "",
		`"drey.stand-in.fail-after":"5 s","drey.stand-in.exception":"java.lang.IllegalStateException: no `+
			`such topic","restart-strategy.type":"none"`,
	))
	w.Advance(time.Minute)
	status := w.Status("orders")
	if status.String("lifecycleState") != cmf.LifecycleFailed ||
		!strings.Contains(status.String("error"), "no such topic") {
		t.Errorf("got %s, want FAILED with the reason in error", status)
	}
}

func TestASavepointOfAStatementGoesWhereItsConfigurationSays(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdStatements, string(cmf.Object(servertest.Statement(
		"clicks", "INSERT INTO blackhole SELECT click_id AS data FROM clicks",
	)).
		With(
			map[string]string{"sql.current-catalog": "examples", "sql.current-database": "marketplace"}, "spec",
			"properties",
		).
		With(map[string]string{"state.savepoints.dir": "s3://flink-state/savepoints"}, "spec", "flinkConfiguration")))
	w.Advance(10 * time.Second)
	w.Must("POST", servertest.ProdStatements+"/clicks/savepoints", servertest.Savepoint("mine", ""))
	w.Advance(10 * time.Second)
	mine := w.Must("GET", servertest.ProdStatements+"/clicks/savepoints/mine", "")
	if !strings.HasPrefix(mine.String("status", "path"), "s3://flink-state/savepoints/savepoint-") ||
		mine.String("spec", "formatType") != cmf.FormatCanonical {
		t.Errorf("got %s, want a CANONICAL one below s3://flink-state/savepoints", mine)
	}
}

func TestWhatClientsMaySayOfCatalogsPoolsAndNames(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	catalogOf := func(name, spec string) string {
		return `{"apiVersion":"v","kind":"KafkaCatalog","metadata":{"name":"` + name + `"},"spec":` + spec + `}`
	}
	servertest.Play(w, []scenario{
		{"all in the secret", "POST", "catalogs/kafka", catalogOf("empty", `{"srInstance":{"connectionConfig":{},"connectionSecretId":"s"}}`), nil, 200, ""},
		{"a database's too", "POST", "catalogs/kafka/empty/databases", `{"apiVersion":"v","kind":"KafkaDatabase","metadata":{"name":"d"},"spec":{"kafkaCluster":{"connectionConfig":{},"connectionSecretId":"s"}}}`, nil, 200, ""},
		{"no configuration", "POST", "catalogs/kafka", catalogOf("none", `{"srInstance":{"connectionSecretId":"s"}}`), nil, 400, "spec.srInstance.connectionConfig"},
		{"no registry", "POST", "catalogs/kafka", catalogOf("no-sr", `{"kafkaClusters":[]}`), nil, 400, "spec.srInstance: must not be empty"},
		{"a name that is true", "POST", servertest.ProdApps, strings.Replace(servertest.Application("NAME", "", ""), `"NAME"`, "true", 1), nil, 400, "metadata.name: want a string"},
		{"a name that is a number", "POST", servertest.ProdApps, strings.Replace(servertest.Application("NAME", "", ""), `"NAME"`, "7", 1), nil, 400, "metadata.name: want a string"},
		{"no version", "POST", servertest.ProdApps, strings.Replace(servertest.Application("plain", "", ""), `"flinkVersion":"v1_20",`, "", 1), nil, 422, "Flink Version must be defined."},
		{"a savepoint's name", "POST", "detached-savepoints", servertest.Savepoint("Not A Name", `"path":"s3://x"`), nil, 400, "metadata.name"},
		{"a pool", "POST", "environments/prod/compute-pools", servertest.Pool("other", "DEDICATED"), nil, 200, ""},
	})
	w.Must(
		"POST", "environments",
		`{"name":"versioned","kubernetesNamespace":"x","flinkApplicationDefaults":{"spec":{"flinkVersion":"v1_19"}}}`,
	)
	w.Must("POST", "environments/versioned/applications", strings.Replace(
		servertest.Application("plain", "", ""), `"flinkVersion":"v1_20",`, "", 1,
	))
	in := func(name, text, pool string) string {
		return strings.ReplaceAll(servertest.Statement(name, text), `"pool"`, `"`+pool+`"`)
	}
	w.Must("POST", servertest.ProdStatements, in("done", "SHOW CATALOGS", "other"))
	w.Must(
		"POST", servertest.ProdStatements,
		string(cmf.Object(in("rests", "SELECT 1", "pool")).With(true, "spec", "stopped")),
	)
	before := w.Must("GET", "environments/prod/compute-pools/pool", "")
	w.Advance(time.Minute)
	servertest.Play(w, []scenario{
		{"the same pool again", "PUT", "environments/prod/compute-pools/pool", servertest.Pool("pool", "DEDICATED"), nil, 200, ""},
		{"a pool of the ended goes", "DELETE", "environments/prod/compute-pools/other", "", nil, 204, ""},
		{"its statement stays", "GET", servertest.ProdStatements + "/done", "", nil, 200, `"COMPLETED"`},
		{"a pool of the stopped stays", "DELETE", "environments/prod/compute-pools/pool", "", nil, 409, "rests"},
	})
	if after := w.Must("GET", "environments/prod/compute-pools/pool", ""); string(after) != string(before) {
		t.Errorf("an identical PUT changed the pool from %s to %s", before, after)
	}
}

// TestThePasswordOfADefaultJarIsNeverShown has the address in the defaults of an
// environment, escaped and not, and as a text that is no URL.
func TestThePasswordOfADefaultJarIsNeverShown(t *testing.T) {
	for _, jar := range []string{
		`https://ann:hunter2@jars.example/a.jar`, `https:\/\/ann:hunter2\u0040jars.example/a.jar`,
		`https://ann:hunter2 %zz@jars.example/a.jar`,
	} {
		w := servertest.NewWorld(t)
		body := `{"name":"prod","kubernetesNamespace":"x","flinkApplicationDefaults":{"spec":{"job":{"jarURI":"` + jar +
			`"}}}}`
		if made := w.Must("POST", "environments", body); strings.Contains(string(made), "hunter2") {
			t.Errorf("%s: answered %s", jar, made)
		}
		without := strings.Replace(servertest.Application("orders", "", ""), `"jarURI":"local:///x.jar",`, "", 1)
		w.Must("POST", servertest.ProdApps, without)
		w.Advance(time.Minute)
		shown := w.Must("GET", "environments/prod", "")
		w.Must("POST", "environments", string(shown.With(map[string]string{"a": "b"}, "metadata", "labels")))
		for _, target := range []string{
			"environments", "environments/prod", "environments?fields=flinkApplicationDefaults",
			servertest.ProdApps, servertest.ProdApps + "/orders", servertest.ProdApps + "/orders/instances",
		} {
			if rec := w.Raw("GET", target, ""); rec.Code != 200 || strings.Contains(rec.Body.String(), "hunter2") {
				t.Errorf("%s: GET %s: got %d %s", jar, target, rec.Code, rec.Body)
			}
		}
		err := w.Store().View(t.Context(), func(r model.Reader) error {
			record, err := r.Get(model.Scope{Kind: model.KindEnvironment}, "prod")
			if got := record.Doc.String(
				"flinkApplicationDefaults", "spec", "job", "jarURI",
			); !strings.Contains(got, "hunter2") {
				t.Errorf("%s: stored as %s after what was shown was written back", jar, got)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestThePasswordOfAJarIsNeverShown looks in every answer that has the
// specification, and writes back what it was shown.
func TestThePasswordOfAJarIsNeverShown(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	const jar = "https://ann:hunter2@jars.example/a.jar"
	w.Must(
		"POST", servertest.ProdApps,
		strings.Replace(servertest.Application("orders", "", ""), "local:///x.jar", jar, 1),
	)
	w.Advance(time.Minute)
	shown := w.Must("GET", servertest.ProdApps+"/orders", "")
	w.Must("POST", servertest.ProdApps, string(shown.With(map[string]string{"a": "b"}, "metadata", "labels")))
	w.Advance(time.Minute)
	for _, target := range []string{
		servertest.ProdApps, servertest.ProdApps + "/orders", servertest.ProdApps + "?fields=spec",
		servertest.ProdApps + "?include-resource-information=true",
		servertest.ProdApps + "/orders/instances",
		"/cmf/api/v1alpha1/" + servertest.ProdApps + "/orders/events",
	} {
		if rec := w.Raw("GET", target, ""); rec.Code != 200 || strings.Contains(rec.Body.String(), "hunter2") {
			t.Errorf("GET %s: got %d %s", target, rec.Code, rec.Body)
		}
	}
	if got := shown.String("spec", "job", "jarURI"); got != "https://ann:xxxxx@jars.example/a.jar" {
		t.Errorf("shown as %s", got)
	}
	err := w.Store().View(t.Context(), func(r model.Reader) error {
		record, err := r.Get(model.Scope{Kind: model.KindApplication, Env: "prod"}, "orders")
		if got := record.Doc.String("spec", "job", "jarURI"); got != jar {
			t.Errorf("stored as %s after what was shown was written back", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
