package kinds

import (
	"strings"
	"testing"

	"drey/server/servertest"
)

// TestKafkaTablesAreDefinedAndShownWithinDDLEnvironments: tables of a Kafka
// database are one set for all environments that see it; those that
// ddlEnvironments name change it; nobody reads or writes them here.
func TestKafkaTablesAreDefinedAndShownWithinDDLEnvironments(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Environment("staging")
	w.Environment("blind")
	w.Must("POST", "secrets", servertest.Secret("s", `"password":"p"`))
	for _, env := range []string{"prod", "staging"} {
		w.Must("POST", "environments/"+env+"/secret-mappings", servertest.Mapping("sr", "s"))
	}
	w.Must("POST", "catalogs/kafka", servertest.Catalog("shop", "sr", ""))
	w.Must("POST", servertest.Databases, servertest.Database("orders", "", `"ddlEnvironments":["prod"]`))
	for _, s := range []struct{ env, text, want string }{
		{"prod", "SHOW TABLES IN shop.orders", `{"data":[]}`},
		{"prod", "CREATE TABLE shop.orders.t (id INT, made TIMESTAMP(3), PRIMARY KEY (id) NOT ENFORCED)", `"OK"`},
		{"prod", "CREATE TABLE shop.orders.t (id INT)", "already exists"},
		{"prod", "CREATE TABLE IF NOT EXISTS shop.orders.t (id INT)", `"OK"`},
		{"prod", "SHOW TABLES IN shop.orders", `"t"`},
		{"staging", "SHOW TABLES IN shop.orders", `"t"`},
		{"staging", "DESCRIBE shop.orders.t", `"PRI(id)"`},
		{"prod", "CREATE TABLE shop.orders.v (id INT) WITH ('changelog.mode' = 'append')", `"OK"`},
		{"staging", "SHOW CREATE TABLE shop.orders.v", `'changelog.mode' = 'append',\n  'connector' = 'confluent'`},
		{"prod", "ALTER TABLE shop.orders.t ADD (note STRING)", `"OK"`},
		{"staging", "DESCRIBE shop.orders.t", `"note"`},
		{"blind", "SHOW CATALOGS", `["examples"]`},
		{"blind", "DESCRIBE shop.orders.t", "doesn't exist"},
		{"blind", "CREATE TABLE shop.orders.x (id INT)", "Catalog shop does not exist"},
		{"blind", "DROP TABLE shop.orders.t", "does not exist"},
		{"staging", "CREATE TABLE shop.orders.x (id INT)", "Environment 'staging' may not define tables in 'shop.orders': the database's ddlEnvironments do not name it. (at line 1, column 1)"},
		{"staging", "ALTER TABLE shop.orders.t DROP note", "may not define"},
		{"staging", "DROP TABLE shop.orders.t", "may not define"},
		{"prod", "SELECT * FROM shop.orders.t", "needs the Flink engine (line 1, column 15)"},
		{"staging", "SELECT COUNT(*) FROM clicks JOIN shop.orders.t ON TRUE", "needs the Flink engine"},
		{"prod", "INSERT INTO shop.orders.t VALUES (1, NULL, 'x')", "needs the Flink engine (line 1, column 13)"},
		{"prod", "EXPLAIN SELECT * FROM shop.orders.t", "needs the Flink engine"},
		{"prod", "SELECT * FROM shop.orders.nope", "'nope' not found within 'shop.orders'"},
		{"prod", "CREATE TABLE shop.orders.x (id INT) WITH ('connector' = 'datagen')", "has the connector 'confluent', not 'datagen'"},
		{"prod", "ALTER TABLE shop.orders.t SET ('connector' = 'datagen')", "has the connector 'confluent', not 'datagen'"},
		{"prod", "CREATE VIEW shop.orders.x AS SELECT click_id FROM clicks", "a view in a Kafka database"},
		{"prod", "ALTER TABLE shop.orders.t RENAME TO shop.orders.u", "a topic keeps its name"},
		{"prod", "CREATE TABLE shop.orders.x (id INT) PARTITIONED BY (id)", "PARTITIONED BY"},
		{"prod", "CREATE TABLE shop.nope.x (id INT)", "changed through the API"},
		{"prod", "CREATE DATABASE shop.further", "changed through the API"},
		{"prod", "DROP DATABASE shop.orders CASCADE", "changed through the API"},
		{"prod", "DROP CATALOG shop", "changed through the API"},
		{"prod", "DROP TABLE shop.orders.v", `"OK"`},
		{"staging", "DESCRIBE shop.orders.v", "doesn't exist"},
		{"prod", "DROP TABLE shop.orders.v", "does not exist"},
		{"prod", "DROP TABLE IF EXISTS shop.orders.v", `"OK"`},
	} {
		if got := w.AnswersOf(s.env, s.text)[0]; !strings.Contains(got, s.want) {
			t.Errorf("%s: %s: got %s, want %s", s.env, s.text, got, s.want)
		}
	}
	w.Reopen()
	w.Must("DELETE", "environments/prod?force=true", "")
	shown := func() string { return w.AnswersOf("staging", "SHOW TABLES IN shop.orders")[0] }
	if got := shown(); !strings.Contains(got, `"t"`) {
		t.Errorf("after a restart and without its maker: got %s, want the table", got)
	}
	w.ExportAndImport()
	if got := shown(); !strings.Contains(got, `"t"`) {
		t.Errorf("after an import: got %s, want the table", got)
	}
	w.Must("DELETE", servertest.Databases+"/orders", "")
	w.Must("POST", servertest.Databases, servertest.Database("orders", "", ""))
	if got := shown(); strings.Contains(got, `"t"`) {
		t.Errorf("got %s, want the tables to go with their database", got)
	}
}
