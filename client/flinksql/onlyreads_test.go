package flinksql_test

import (
	"testing"

	"drey/client/flinksql"
)

func TestOnlyReads(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT 1":                             true,
		"  -- all of it\nselect * from t;":     true,
		"WITH a AS (SELECT 1) SELECT * FROM a": true,
		"VALUES (1)":                           true,
		"SELECT 'INSERT INTO t' AS `insert`":   true,
		"SHOW TABLES":                          true,
		"SHOW CREATE TABLE t":                  true,
		"DESC t":                               true,
		"EXPLAIN INSERT INTO t SELECT 1":       true,
		"EXECUTE SELECT 1":                     true,
		"":                                     false,
		"SELECT 1; DROP TABLE t":               false,
		"INSERT INTO t SELECT 1":               false,
		"WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a":      false,
		"FROM a INSERT INTO t SELECT *":                           false,
		"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END": false,
		"/* SELECT */ DROP TABLE t":                               false,
		"CREATE TABLE t AS SELECT 1":                              false,
		"SET 'a' = 'b'":                                           false,
		"CALL p()":                                                false,
		"selectx":                                                 false,
	} {
		if got := flinksql.OnlyReads(text); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
