package server

import (
	"strings"
	"testing"

	"drey/server/servertest"
	"drey/server/service"
)

func TestAnEnvironmentsSQLSeesTheCatalogsWhoseSecretsItHas(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.environment("staging")
	w.must("POST", "secrets", servertest.Secret("s", `"password":"hunter2-in-the-clear"`))
	w.must("POST", "catalogs/kafka", servertest.Catalog("free", "", ""))
	w.must("POST", "catalogs/kafka", servertest.Catalog("shop", "sr", ""))
	w.must("POST", databases, servertest.Database("orders", "", `"ddlEnvironments":["prod"]`))
	w.must("POST", databases, servertest.Database("secretive", "brokers", ""))
	catalogs := func(env string) string { return w.answersOf(env, "SHOW CATALOGS")[0] }
	shown := func(env, names string) {
		t.Helper()
		got := catalogs(env)
		for _, name := range []string{"free", "shop"} {
			if want := strings.Contains(names, name); strings.Contains(got, `"`+name+`"`) != want {
				t.Errorf("%s: got %s, want %s to be there: %v", env, got, name, want)
			}
		}
	}
	shown("prod", "free")
	w.must("POST", mappings, servertest.Mapping("sr", "s"))
	shown("prod", "free shop")
	shown("staging", "free")
	in := func(env string) string { return w.answersOf(env, "SHOW DATABASES IN shop")[0] }
	if got := in("prod"); !strings.Contains(got, "orders") || strings.Contains(got, "secretive") {
		t.Errorf("got %s, want orders alone", got)
	}
	if got := in("staging"); strings.Contains(got, "orders") {
		t.Errorf("got %s, want nothing of a catalog that is not seen", got)
	}
	w.must("POST", mappings, servertest.Mapping("brokers", "s"))
	if got := in("prod"); !strings.Contains(got, "secretive") {
		t.Errorf("got %s, want both", got)
	}
	w.call("DELETE", mappings+"/sr", "")
	shown("prod", "free")
}

func TestSecretsAreNotInWhatSQLPrints(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", "secrets", servertest.Secret("s", `"password":"hunter2-in-the-clear"`))
	w.must("POST", mappings, servertest.Mapping("sr", "s"))
	w.must("POST", "catalogs/kafka", servertest.Catalog("shop", "sr", ""))
	w.must("POST", databases, servertest.Database("orders", "sr", `"ddlEnvironments":["prod"]`))
	for i, answer := range w.answersOf(
		"prod",
		"SHOW CATALOGS", "SHOW DATABASES IN shop", "SHOW TABLES IN shop.orders", "SHOW CREATE CATALOG shop", "DESCRIBE CATALOG shop",
		"SHOW CREATE TABLE shop.orders.t", "DESCRIBE shop.orders.t", "EXPLAIN SELECT * FROM shop.orders.t", "SELECT * FROM shop.orders.t",
		"CREATE TABLE shop.orders.t (a INT)", "SHOW JOBS",
	) {
		if strings.Contains(answer, "hunter2") {
			t.Errorf("statement %d prints it: %s", i, answer)
		}
	}
	for _, target := range []string{
		"secrets", "secrets/s", "catalogs/kafka/shop", databases + "/orders", "environments/prod", mappings,
	} {
		if got := w.call("GET", target, "").Body.String(); strings.Contains(got, "hunter2") {
			t.Errorf("%s has it: %s", target, got)
		}
	}
	if got := w.must("GET", "secrets/s", "").String("spec", "data", "password"); got != service.Masked {
		t.Errorf("got %q, want a mask", got)
	}
}
