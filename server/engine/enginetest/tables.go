package enginetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"drey/server/engine"
)

// SharedTables has one engine make tables that another uses: both are over the
// same store, which has an environment "env".
func SharedTables(t *testing.T, maker, user engine.Statements) {
	salt := fmt.Sprintf("%x", time.Now().UnixNano())
	made := &statements{clock: clock{now: time.Now(), real: true, salt: salt + "1"}, engine: maker}
	used := &statements{clock: clock{now: time.Now(), real: true, salt: salt + "2"}, engine: user}
	for i, sql := range []string{
		`CREATE TABLE src (id INT, v STRING NOT NULL COMMENT 'it''s', up AS UPPER(v), ts TIMESTAMP(3),
		WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) COMMENT 'rows' WITH ('connector' = 'datagen', 'number-of-rows' = '3')`,
		"CREATE TABLE keyed (`a b` INT, n DECIMAL(10, 2), PRIMARY KEY (`a b`) NOT ENFORCED) WITH ('connector' = 'blackhole')",
		"CREATE VIEW b_first AS SELECT 7 AS n",
		"CREATE VIEW a_second (`m`) AS SELECT n + 1 FROM b_first",
		"CREATE DATABASE other",
		"CREATE TABLE other.inner_one (a INT) WITH ('connector' = 'blackhole')",
	} {
		made.prepared(t, fmt.Sprintf("%x", i+1), sql)
	}
	for i, sql := range []string{
		"SHOW TABLES", "SHOW DATABASES", "SHOW TABLES IN other", "DESCRIBE src", "DESCRIBE keyed", "DESCRIBE a_second",
	} {
		id := fmt.Sprintf("%x", i+1)
		if want, got := made.prepared(t, id, sql), used.prepared(t, id, sql); !strings.EqualFold(got, want) ||
			want == "" {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
	run := used.inDefault("7", "SELECT m FROM a_second")
	used.start(t, run)
	if rows, _, _ := used.rows(t, run, 0, 1); len(rows) != 1 || strings.Trim(string(rows[0].Row[0]), `"`) != "8" {
		t.Errorf("got %q of a view that another engine made, want 8", texts(rows))
	}
	run = used.inDefault("8", "SELECT up FROM src")
	used.start(t, run)
	if rows, _, _ := used.rows(t, run, 0, 3); len(rows) != 3 {
		t.Errorf("got %q of a table that another engine made, want three rows", texts(rows))
	}
	if _, err := used.engine.Prepare(t.Context(), used.inDefault(
		"9", "CREATE TABLE src (a INT) WITH ('connector' = 'blackhole')",
	)); err == nil {
		t.Error("a table was made twice")
	}
	used.prepared(t, "a", "DROP VIEW a_second")
	used.prepared(t, "b", "ALTER TABLE keyed RENAME TO renamed")
	if got := made.prepared(t, "c", "SHOW TABLES"); strings.Contains(got, "a_second") ||
		strings.Contains(got, "keyed") || !strings.Contains(got, "renamed") {
		t.Errorf("got the tables %s after a DROP and a RENAME on another engine", got)
	}
}
