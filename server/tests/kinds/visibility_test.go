package kinds

import (
	"strings"
	"testing"

	"drey/server/servertest"
	"drey/server/service"
)

func TestAnEnvironmentsSQLSeesTheCatalogsWhoseSecretsItHas(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Environment("staging")
	w.Must("POST", "secrets", servertest.Secret("s", `"password":"hunter2-in-the-clear"`))
	w.Must("POST", "catalogs/kafka", servertest.Catalog("free", "", ""))
	w.Must("POST", "catalogs/kafka", servertest.Catalog("shop", "sr", ""))
	w.Must("POST", servertest.Databases, servertest.Database("orders", "", `"ddlEnvironments":["prod"]`))
	w.Must("POST", servertest.Databases, servertest.Database("secretive", "brokers", ""))
	catalogs := func(env string) string { return w.AnswersOf(env, "SHOW CATALOGS")[0] }
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
	w.Must("POST", servertest.Mappings, servertest.Mapping("sr", "s"))
	shown("prod", "free shop")
	shown("staging", "free")
	in := func(env string) string { return w.AnswersOf(env, "SHOW DATABASES IN shop")[0] }
	if got := in("prod"); !strings.Contains(got, "orders") || strings.Contains(got, "secretive") {
		t.Errorf("got %s, want orders alone", got)
	}
	if got := in("staging"); strings.Contains(got, "orders") {
		t.Errorf("got %s, want nothing of a catalog that is not seen", got)
	}
	w.Must("POST", servertest.Mappings, servertest.Mapping("brokers", "s"))
	if got := in("prod"); !strings.Contains(got, "secretive") {
		t.Errorf("got %s, want both", got)
	}
	w.Call("DELETE", servertest.Mappings+"/sr", "")
	shown("prod", "free")
}

func TestSecretsAreNotInWhatSQLPrints(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", "secrets", servertest.Secret("s", `"password":"hunter2-in-the-clear"`))
	w.Must("POST", servertest.Mappings, servertest.Mapping("sr", "s"))
	w.Must("POST", "catalogs/kafka", servertest.Catalog("shop", "sr", ""))
	w.Must("POST", servertest.Databases, servertest.Database("orders", "sr", `"ddlEnvironments":["prod"]`))
	for i, answer := range w.AnswersOf(
		"prod",
		"SHOW CATALOGS", "SHOW DATABASES IN shop", "SHOW TABLES IN shop.orders", "SHOW CREATE CATALOG shop",
		"DESCRIBE CATALOG shop",
		"SHOW CREATE TABLE shop.orders.t", "DESCRIBE shop.orders.t", "EXPLAIN SELECT * FROM shop.orders.t",
		"SELECT * FROM shop.orders.t",
		"CREATE TABLE shop.orders.t (a INT)", "SHOW JOBS",
	) {
		if strings.Contains(answer, "hunter2") {
			t.Errorf("statement %d prints it: %s", i, answer)
		}
	}
	for _, target := range []string{
		"secrets", "secrets/s", "catalogs/kafka/shop", servertest.Databases + "/orders", "environments/prod",
		servertest.Mappings,
	} {
		if got := w.Call("GET", target, "").Body.String(); strings.Contains(got, "hunter2") {
			t.Errorf("%s has it: %s", target, got)
		}
	}
	if got := w.Must("GET", "secrets/s", "").String("spec", "data", "password"); got != service.Masked {
		t.Errorf("got %q, want a mask", got)
	}
}
