package conditions_test

import (
	"testing"

	"drey/server/engine/embedded/sql/functions/conditions"
	"drey/server/engine/embedded/sql/functions/functiontest"
)

// cases are answers of Flink 2.2.1, from the recorded ones.
var cases = []functiontest.Case{
	// COALESCE
	{"COALESCE(1)", "INT NOT NULL", "1"},
	{"COALESCE(1, 2.5)", "DECIMAL(11, 1) NOT NULL", "1.0"},
	{"COALESCE(NULL,'x')", "CHAR(1) NOT NULL", "x"},
	{"COALESCE(CAST(1.5 AS FLOAT), 2)", "FLOAT NOT NULL", "1.5"},
	{"COALESCE(CAST(NULL AS STRING),'z')", "VARCHAR(2147483647) NOT NULL", "z"},
	{"COALESCE(CAST(NULL AS INT), CAST(2 AS BIGINT))", "BIGINT NOT NULL", "2"},
	{"COALESCE('a', NULL)", "CHAR(1) NOT NULL", "a"},
	{"COALESCE(NULL,NULL,3)", "INT NOT NULL", "3"},
	{"COALESCE(CAST(NULL AS INT), 1, 1/0)", "INT NOT NULL", "1"},
	// CURRENT_DATABASE
	{"CURRENT_DATABASE()", "VARCHAR(2147483647) NOT NULL", "default_database"},
	// GREATEST
	{"GREATEST(1)", "INT NOT NULL", "1"},
	{"GREATEST(1, 'a')", "", "SQL validation failed. Invalid function call:\nGREATEST(INT NOT NULL, CHAR(1) NOT NULL)"},
	{"GREATEST(1, 2.5)", "DECIMAL(11, 1) NOT NULL", "2.5"},
	{"GREATEST('a','b')", "CHAR(1) NOT NULL", "b"},
	{"GREATEST(TRUE, FALSE)", "BOOLEAN NOT NULL", "TRUE"},
	{"GREATEST(1, CAST(2 AS DOUBLE))", "DOUBLE NOT NULL", "2.0"},
	{"GREATEST(1, CAST(NULL AS INT))", "INT", "<null>"},
	{"GREATEST(CAST(1.5 AS FLOAT), 2)", "FLOAT NOT NULL", "2.0"},
	{"GREATEST(DATE '2024-01-01', DATE '2024-02-01')", "DATE NOT NULL", "2024-02-01"},
	{"GREATEST(CAST(1 AS TINYINT), 2, CAST(3 AS BIGINT))", "BIGINT NOT NULL", "3"},
	{"GREATEST(1,5,3)", "INT NOT NULL", "5"},
	{"GREATEST(1.5, 2)", "DECIMAL(11, 1) NOT NULL", "2.0"},
	{"GREATEST(1, 2, 3)", "INT NOT NULL", "3"},
	{"GREATEST('a', 'b')", "CHAR(1) NOT NULL", "b"},
	// IF
	{"IF(TRUE, 1, 2)", "INT NOT NULL", "1"},
	{"IF(TRUE, 1, 2.5)", "DECIMAL(11, 1) NOT NULL", "1.0"},
	{"IF(FALSE,'aa','b')", "VARCHAR(2) NOT NULL", "b"},
	{"IF(FALSE, 'abc', 'd')", "VARCHAR(3) NOT NULL", "d"},
	{"IF(TRUE, TRUE, FALSE)", "BOOLEAN NOT NULL", "TRUE"},
	{"IF(CAST(NULL AS BOOLEAN), 'a', 'b')", "CHAR(1)", "b"},
	{"IF(TRUE, DATE '2024-01-01', DATE '2024-02-01')", "DATE NOT NULL", "2024-01-01"},
	// IFNULL
	{"IFNULL(1,5)", "INT NOT NULL", "1"},
	{"IFNULL(NULL, 'a')", "CHAR(1) NOT NULL", "a"},
	{"IFNULL(CAST(NULL AS DOUBLE), 1)", "DOUBLE NOT NULL", "1.0"},
	{"IFNULL(NULL,5)", "INT NOT NULL", "5"},
	{"IFNULL('a', 'bcd')", "CHAR(1) NOT NULL", "a"},
	// LEAST
	{"LEAST(1, 2)", "INT NOT NULL", "1"},
	{"LEAST(1.5,2)", "DECIMAL(11, 1) NOT NULL", "1.5"},
	{"LEAST(1,CAST(NULL AS INT))", "INT", "<null>"},
	{"LEAST(1,5,3)", "INT NOT NULL", "1"},
	// NULLIF
	{"NULLIF(1,1)", "INT", "<null>"},
	{"NULLIF(1,2)", "INT", "1"},
	{"NULLIF(1.0, 1)", "DECIMAL(2, 1)", "<null>"},
	{"NULLIF('a','b')", "CHAR(1)", "a"},
	{"NULLIF(1, NULL)", "INT", "1"},
	{"NULLIF(CAST(NULL AS INT), 1)", "INT", "<null>"},
	// TYPEOF
	{"TYPEOF(1)", "VARCHAR(2147483647)", "INT NOT NULL"},
	{"TYPEOF('a')", "VARCHAR(2147483647)", "CHAR(1) NOT NULL"},
	{"TYPEOF(1.5)", "VARCHAR(2147483647)", "DECIMAL(2, 1) NOT NULL"},
	{"TYPEOF(1e0)", "VARCHAR(2147483647)", "DOUBLE NOT NULL"},
	{"TYPEOF(1.50)", "VARCHAR(2147483647)", "DECIMAL(3, 2) NOT NULL"},
	{"TYPEOF(NULL)", "VARCHAR(2147483647)", "NULL"},
	{"TYPEOF(1+1.5)", "VARCHAR(2147483647)", "DECIMAL(12, 1) NOT NULL"},
	{"TYPEOF(NOW())", "VARCHAR(2147483647)", "TIMESTAMP_LTZ(3) NOT NULL"},
	{"TYPEOF(X'01')", "VARCHAR(2147483647)", "BINARY(1) NOT NULL"},
	{"TYPEOF(RAND())", "VARCHAR(2147483647)", "DOUBLE NOT NULL"},
	{"TYPEOF('a'||'b')", "VARCHAR(2147483647)", "CHAR(2) NOT NULL"},
	{"TYPEOF(ARRAY[1])", "VARCHAR(2147483647)", "ARRAY<INT NOT NULL> NOT NULL"},
	{"TYPEOF(ARRAY[1,2])", "VARCHAR(2147483647)", "ARRAY<INT NOT NULL> NOT NULL"},
	{"TYPEOF(ROW(1,'a'))", "VARCHAR(2147483647)", "ROW<`EXPR$0` INT NOT NULL, `EXPR$1` CHAR(1) NOT NULL> NOT NULL"},
}

func TestAnswersOfFlink(t *testing.T) { functiontest.Run(t, cases) }

func TestEveryFunctionHasACase(t *testing.T) { functiontest.RequireAll(t, conditions.Functions, cases) }
