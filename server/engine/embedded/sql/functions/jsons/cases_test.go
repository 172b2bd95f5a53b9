package jsons_test

import (
	"testing"

	"drey/server/engine/embedded/sql/functions/functiontest"
	"drey/server/engine/embedded/sql/functions/jsons"
)

// cases are answers of Flink 2.2.1, from the recorded ones.
var cases = []functiontest.Case{
	// JSON
	{"JSON('{\"a\":1}')", "", "The JSON() function is currently only supported inside JSON_ARRAY() or as the VALUE param of JSON_OBJECT(). Example: JSON_OBJECT('a', JSON('{\"key\": \"value\"}')) or JSON_ARRAY(JSON('{\"key\": \"value\"}'))."},
	// JSON_ARRAY
	{"JSON_ARRAY()", "VARCHAR(2147483647) NOT NULL", "[]"},
	{"JSON_ARRAY(1,'a',TRUE)", "VARCHAR(2147483647) NOT NULL", "[1,\"a\",true]"},
	{"JSON_ARRAY(1, 'a', TRUE)", "VARCHAR(2147483647) NOT NULL", "[1,\"a\",true]"},
	{"JSON_ARRAY(JSON_ARRAY(1))", "VARCHAR(2147483647) NOT NULL", "[[1]]"},
	{"JSON_ARRAY(JSON('{\"a\":1}'))", "VARCHAR(2147483647) NOT NULL", "[{\"a\":1}]"},
	{"JSON_ARRAY(CAST(NULL AS INT))", "VARCHAR(2147483647) NOT NULL", "[]"},
	{"JSON_ARRAY(1, 2 ABSENT ON NULL)", "VARCHAR(2147483647) NOT NULL", "[1,2]"},
	{"JSON_ARRAY(ARRAY[1], MAP['a',1])", "VARCHAR(2147483647) NOT NULL", "[[1],{\"a\":1}]"},
	{"JSON_ARRAY(1.5, CAST(2 AS DOUBLE))", "VARCHAR(2147483647) NOT NULL", "[1.5,2.0]"},
	{"JSON_ARRAY(JSON_OBJECT('a' VALUE 1))", "VARCHAR(2147483647) NOT NULL", "[{\"a\":1}]"},
	{"JSON_ARRAY(JSON('[1, {\"b\":2,\"a\":1}]'))", "VARCHAR(2147483647) NOT NULL", "[[1,{\"a\":1,\"b\":2}]]"},
	{"JSON_ARRAY(JSON_QUERY('{\"a\":[1]}','$.a'))", "VARCHAR(2147483647) NOT NULL", "[\"[1]\"]"},
	{"JSON_ARRAY(CAST(NULL AS INT) NULL ON NULL)", "VARCHAR(2147483647) NOT NULL", "[null]"},
	{"JSON_ARRAY(TIMESTAMP '2024-01-01 00:00:00')", "VARCHAR(2147483647) NOT NULL", "[\"2024-01-01T00:00:00\"]"},
	// JSON_EXISTS
	{"JSON_EXISTS('','$')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS(CAST(NULL AS STRING),'$.a')", "BOOLEAN", "<null>"},
	{"JSON_EXISTS('x', '$.a')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('[]','$[0]')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('bad','$.a')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('{\"a\":1}','$')", "BOOLEAN", "TRUE"},
	{"JSON_EXISTS('{\"a\":1}','$.a')", "BOOLEAN", "TRUE"},
	{"JSON_EXISTS('{\"a\":1}','$.b')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('{\"a\":1}', '$.a')", "BOOLEAN", "TRUE"},
	{"JSON_EXISTS('{\"a\":1}', '$.b')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('{\"a\":null}','$.a')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('{\"a\":1}','bad path')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('{\"a\":1}','strict $.b')", "BOOLEAN", "FALSE"},
	{"JSON_EXISTS('{\"a\":[1,2]}','$.a[5]')", "BOOLEAN", "FALSE"},
	// JSON_OBJECT
	{"JSON_OBJECT()", "VARCHAR(2147483647) NOT NULL", "{}"},
	{"JSON_OBJECT('a': 1)", "VARCHAR(2147483647) NOT NULL", "{\"a\":1}"},
	{"JSON_OBJECT('a' VALUE 1)", "VARCHAR(2147483647) NOT NULL", "{\"a\":1}"},
	{"JSON_OBJECT('d' VALUE 1.50)", "VARCHAR(2147483647) NOT NULL", "{\"d\":1.50}"},
	{"JSON_OBJECT(KEY 'a' VALUE 1)", "VARCHAR(2147483647) NOT NULL", "{\"a\":1}"},
	{"JSON_OBJECT('a' VALUE X'0102')", "VARCHAR(2147483647) NOT NULL", "{\"a\":\"AQI=\"}"},
	{"JSON_OBJECT(KEY 'a' VALUE 'x')", "VARCHAR(2147483647) NOT NULL", "{\"a\":\"x\"}"},
	{"JSON_OBJECT('a' VALUE ROW(1,2))", "VARCHAR(2147483647) NOT NULL", "{\"a\":{\"EXPR$0\":1,\"EXPR$1\":2}}"},
	{"JSON_OBJECT('a' VALUE ARRAY[1,2])", "VARCHAR(2147483647) NOT NULL", "{\"a\":[1,2]}"},
	{"JSON_OBJECT('a' VALUE 1, 'a' VALUE 2)", "VARCHAR(2147483647) NOT NULL", "{\"a\":2}"},
	{"JSON_OBJECT('a' VALUE JSON_STRING(1))", "VARCHAR(2147483647) NOT NULL", "{\"a\":\"1\"}"},
	{"JSON_OBJECT('b' VALUE 1, 'a' VALUE 2)", "VARCHAR(2147483647) NOT NULL", "{\"a\":2,\"b\":1}"},
	{"JSON_OBJECT('a' VALUE JSON_ARRAY(1,2))", "VARCHAR(2147483647) NOT NULL", "{\"a\":[1,2]}"},
	{"JSON_OBJECT('j' VALUE JSON('{\"x\":1}'))", "VARCHAR(2147483647) NOT NULL", "{\"j\":{\"x\":1}}"},
	// JSON_QUERY
	{"JSON_QUERY('[1,2]','$')", "VARCHAR(2147483647)", "[1,2]"},
	{"JSON_QUERY('bad','$.a')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_QUERY('{\"a\":1}','$.a' RETURNING ARRAY<STRING>)", "ARRAY<VARCHAR(2147483647)>", "<null>"},
	{"JSON_QUERY('{\"a\":[1,2]}','$.a' RETURNING ARRAY<STRING>)", "ARRAY<VARCHAR(2147483647)>", "[1, 2]"},
	{"JSON_QUERY('{\"a\":1}','$.a')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_QUERY('{\"a\":1}', '$.a')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_QUERY('{\"a\":null}','$.a')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_QUERY('{\"a\":[1,2]}', '$.a')", "VARCHAR(2147483647)", "[1,2]"},
	{"JSON_QUERY('{\"b\":1, \"a\":2}','$')", "VARCHAR(2147483647)", "{\"a\":2,\"b\":1}"},
	{"JSON_QUERY('{\"a\":{\"b\":1}}','$.a')", "VARCHAR(2147483647)", "{\"b\":1}"},
	{"JSON_QUERY('{\"a\":[1,2]}','$.a[*]')", "VARCHAR(2147483647)", "[1,2]"},
	{"JSON_QUERY('{}','$.x' WITH WRAPPER)", "VARCHAR(2147483647)", "<null>"},
	{"JSON_QUERY('{}','$.x' NULL ON EMPTY)", "VARCHAR(2147483647)", "<null>"},
	{"JSON_QUERY(CAST(NULL AS STRING),'$')", "VARCHAR(2147483647)", "<null>"},
	// JSON_QUOTE
	{"JSON_QUOTE('a\"b')", "VARCHAR(2147483647) NOT NULL", "\"a\\\"b\""},
	{"JSON_QUOTE('abc')", "VARCHAR(2147483647) NOT NULL", "\"abc\""},
	{"JSON_QUOTE('é/\\')", "VARCHAR(2147483647) NOT NULL", "\"\\u00e9\\/\\\\\""},
	{"JSON_QUOTE('é\"\\\\/')", "VARCHAR(2147483647) NOT NULL", "\"\\u00e9\\\"\\\\\\\\\\/\""},
	// JSON_STRING
	{"JSON_STRING(1)", "VARCHAR(2147483647) NOT NULL", "1"},
	{"JSON_STRING(NULL)", "VARCHAR(2147483647)", "<null>"},
	{"JSON_STRING('a')", "VARCHAR(2147483647) NOT NULL", "\"a\""},
	{"JSON_STRING('é/')", "VARCHAR(2147483647) NOT NULL", "\"é/\""},
	{"JSON_STRING(1.50)", "VARCHAR(2147483647) NOT NULL", "1.50"},
	{"JSON_STRING(TRUE)", "VARCHAR(2147483647) NOT NULL", "true"},
	{"JSON_STRING('a\"b')", "VARCHAR(2147483647) NOT NULL", "\"a\\\"b\""},
	{"JSON_STRING(X'0102')", "VARCHAR(2147483647) NOT NULL", "\"AQI=\""},
	{"JSON_STRING(ARRAY[1,2])", "VARCHAR(2147483647) NOT NULL", "[1,2]"},
	{"JSON_STRING(MAP['a',1])", "VARCHAR(2147483647) NOT NULL", "{\"a\":1}"},
	{"JSON_STRING(ROW(1,'a'))", "VARCHAR(2147483647) NOT NULL", "{\"EXPR$0\":1,\"EXPR$1\":\"a\"}"},
	{"JSON_STRING(ARRAY[1, 2])", "VARCHAR(2147483647) NOT NULL", "[1,2]"},
	{"JSON_STRING(MAP['a', 1])", "VARCHAR(2147483647) NOT NULL", "{\"a\":1}"},
	{"JSON_STRING(ROW(1, 'x'))", "VARCHAR(2147483647) NOT NULL", "{\"EXPR$0\":1,\"EXPR$1\":\"x\"}"},
	// JSON_UNQUOTE
	{"JSON_UNQUOTE('\"a')", "VARCHAR(2147483647) NOT NULL", "\"a"},
	{"JSON_UNQUOTE(CAST(NULL AS STRING))", "VARCHAR(2147483647)", "<null>"},
	{"JSON_UNQUOTE('[1]')", "VARCHAR(2147483647) NOT NULL", "[1]"},
	{"JSON_UNQUOTE('abc')", "VARCHAR(2147483647) NOT NULL", "abc"},
	{"JSON_UNQUOTE('\"ab\"')", "VARCHAR(2147483647) NOT NULL", "ab"},
	{"JSON_UNQUOTE('\"\\\\x\"')", "VARCHAR(2147483647) NOT NULL", "\\x"},
	{"JSON_UNQUOTE('\"\\u0041\"')", "VARCHAR(2147483647) NOT NULL", "A"},
	{"JSON_UNQUOTE('\"a\\\\u0041\"')", "VARCHAR(2147483647) NOT NULL", "a\\u0041"},
	// JSON_VALUE
	{"JSON_VALUE('5','$')", "VARCHAR(2147483647)", "5"},
	{"JSON_VALUE('','$.a')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_VALUE('{\"a\":7}','$.a' RETURNING INTEGER)", "INT", "7"},
	{"JSON_VALUE('{\"a\":1.5}','$.a' RETURNING DOUBLE)", "DOUBLE", "1.5"},
	{"JSON_VALUE('{\"a\":1}','$.a' RETURNING VARCHAR(2))", "VARCHAR(2)", "1"},
	{"JSON_VALUE('{\"a\":true}','$.a' RETURNING BOOLEAN)", "BOOLEAN", "TRUE"},
	{"JSON_VALUE('{}','$.a' RETURNING INTEGER DEFAULT 5 ON EMPTY)", "INT", "<null>"},
	{"JSON_VALUE('{\"a\":1}','$')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_VALUE('[1,2]','$[0]')", "VARCHAR(2147483647)", "1"},
	{"JSON_VALUE('nojson','$.a')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_VALUE('{\"a\":1}', 'a')", "VARCHAR(2147483647)", "1"},
	{"JSON_VALUE('{}','lax $.a')", "VARCHAR(2147483647)", "<null>"},
	{"JSON_VALUE('[1,2]','$[-1]')", "VARCHAR(2147483647)", "2"},
	{"JSON_VALUE('{\"a\":1}','$.*')", "VARCHAR(2147483647)", "<null>"},
}

func TestAnswersOfFlink(t *testing.T) { functiontest.Run(t, cases) }

func TestEveryFunctionHasACase(t *testing.T) { functiontest.RequireAll(t, jsons.Functions, cases) }
