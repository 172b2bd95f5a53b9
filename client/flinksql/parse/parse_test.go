package parse

import (
	"errors"
	"strings"
	"testing"

	"drey/client/flinksql/ast"
)

func TestParseReadsWhatFlinkReads(t *testing.T) {
	for _, text := range []string{
		"SELECT 1", "SELECT 1;",
		"SELECT a.b, * FROM t AS x (a, b), u WHERE a > 1 AND NOT b IS NULL GROUP BY a HAVING COUNT(*) > 1 ORDER BY 1 DESC NULLS LAST LIMIT 3",
		"WITH x(a) AS (SELECT 1) SELECT * FROM x UNION ALL (SELECT 2 EXCEPT SELECT 3) ORDER BY a OFFSET 1 ROW FETCH NEXT 2 ROWS ONLY",
		"SELECT CAST(x AS MAP<STRING, ARRAY<ROW<a INT NOT NULL, b DECIMAL(10, 2)>>>) FROM t JOIN u USING (a) LEFT JOIN v ON t.a = v.a",
		"SELECT CASE a WHEN 1 THEN 'x' ELSE 'y' END, x BETWEEN 1 AND 2 AND y, TRIM(BOTH 'x' FROM y), SUBSTRING(a FROM 1 FOR 2), EXTRACT(DAY FROM d)",
		"SELECT POSITION('b' IN 'abc'), FLOOR(t TO DAY), INTERVAL -'1' DAY, INTERVAL '1 2' DAY TO HOUR, (1, 2) IN ((1, 2)), a[1].b, MAP['a', 1], ARRAY[]",
		"SELECT SUM(x) FILTER (WHERE y > 1), COUNT(DISTINCT a) FROM t GROUP BY ROLLUP(a, b), CUBE(c), GROUPING SETS ((a), ())",
		"INSERT INTO c.d.t (a, b) SELECT 1, 2", "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
		"SHOW TABLES FROM c.d LIKE 'a%'", "DESCRIBE `t`", "SHOW CURRENT CATALOG",
		"CREATE TABLE IF NOT EXISTS a.b.t (a INT NOT NULL COMMENT 'x', b AS a * 2, m STRING METADATA FROM 'k' VIRTUAL, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, CONSTRAINT pk PRIMARY KEY (a) NOT ENFORCED) COMMENT 'c' PARTITIONED BY (a) WITH ('k'='v')",
		"CREATE TABLE t LIKE u (INCLUDING ALL EXCLUDING OPTIONS)",
		"CREATE VIEW v (a, b) COMMENT 'x' AS SELECT 1, 2", "CREATE DATABASE IF NOT EXISTS d WITH ('a'='b')",
		"ALTER TABLE t ADD (a INT FIRST, b INT AFTER a, WATERMARK FOR c AS c)", "ALTER TABLE t DROP (a, b)",
		"ALTER TABLE t RENAME TO u", "ALTER TABLE t RENAME a TO b", "ALTER VIEW v AS SELECT 1",
		"ALTER TABLE t SET ('a'='b')", "ALTER TABLE t RESET ('a', 'b')", "DROP DATABASE IF EXISTS d CASCADE",
		"DROP TEMPORARY VIEW v", "SHOW CREATE TABLE t", "SHOW COLUMNS FROM t LIKE 'a%'",
		"EXPLAIN ESTIMATED_COST, CHANGELOG_MODE SELECT 1",
		"EXPLAIN STATEMENT SET BEGIN INSERT INTO t SELECT 1; END",
		"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO u SELECT 2; END",
		"SELECT * FROM t CROSS JOIN UNNEST(a) WITH ORDINALITY AS u(x, n), LATERAL (SELECT 1) AS v, LATERAL TABLE(f(a)) AS w(b)",
		"SELECT * FROM t /*+ OPTIONS('a'='b') */ AS x",
		"SELECT * FROM TABLE(HOP(DATA => TABLE t PARTITION BY a, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '1' MINUTE, SIZE => INTERVAL '5' MINUTE))",
		"SELECT * FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' DAY)",
		"SELECT SUM(x) OVER (PARTITION BY a, b ORDER BY c DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), COUNT(*) OVER w, RANK() OVER () FROM t WINDOW w AS (ORDER BY a RANGE UNBOUNDED PRECEDING) QUALIFY x = 1",
		"SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.ts ON o.a = r.a",
		"INSERT INTO t PARTITION (dt = '2024') (a, b) VALUES (1, 2)",
		"SELECT x = ANY (SELECT 1), EXISTS (SELECT 1), x NOT LIKE 'a!%' ESCAPE '!', -x, +1, a || b, x IS NOT DISTINCT FROM y",
	} {
		if _, err := Parse(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestParseSaysWhatFlinkSays(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT * FORM t":           `SQL parse failed. Encountered "t" at line 1, column 15.`,
		"SELECT (1":                 `Encountered "<EOF>" at line 1, column 9.`,
		"SELECT FROM t":             "SQL parse failed. Incorrect syntax near the keyword 'FROM' at line 1, column 8.",
		"SELECT 1 AS order":         `SQL parse failed. Encountered "order" at line 1, column 13.`,
		"SELECT 'abc":               `SQL parse failed. Encountered "\'" at line 1, column 8.`,
		"SELECT @x":                 `SQL parse failed. Lexical error at line 1, column 8.  Encountered: "@" (64), after : ""`,
		"SELECT 1 != 2":             "SQL parse failed. Bang equal '!=' is not allowed under the current SQL conformance level",
		"SELECT 1; SELECT 2":        "only single statement supported",
		"FOO BAR":                   "SQL parse failed. Non-query expression encountered in illegal context",
		"SELECT id FROM t ORDER id": "SQL parse failed. Encountered \"id\" at line 1, column 24.",
	} {
		_, err := Parse(text)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestParseNamesWhatItDoesNotRead(t *testing.T) {
	for _, text := range []string{
		"CREATE FUNCTION f AS 'x'", "SELECT * FROM t TABLESAMPLE BERNOULLI(10)", "SELECT /*+ X */ 1",
		"ALTER TABLE t ADD PARTITION (a = 1)",
		"SELECT " + strings.Repeat("(", 10000) + "1" + strings.Repeat(")", 10000),
		"SELECT " + strings.Repeat("1+", 20000) + "1",
		"SELECT " + strings.Repeat("NOT ", 10000) + "TRUE", strings.Repeat("(", 10000) + "SELECT 1",
		"SELECT CAST(1 AS " + strings.Repeat("ARRAY<", 9999),
	} {
		_, err := Parse(text)
		var e *ast.Error
		if !errors.As(err, &e) || !e.Unsupported || e.Line == 0 {
			t.Errorf("%.40s: got %v, want it refused with a position", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT a, b[1].c FROM t x JOIN (SELECT 1) AS y(z) ON TRUE WHERE a IN (SELECT 1)",
		"INSERT INTO t VALUES (1,'a')", "SHOW TABLES", "(", "SELECT CAST(",
		"CREATE TABLE t (a INT, WATERMARK FOR a AS a, PRIMARY KEY (a) NOT ENFORCED) WITH ('a'='b')",
		"ALTER TABLE t ADD (a INT AFTER b)", "DROP VIEW", "EXPLAIN ",
		"SELECT SUM(x) OVER (ORDER BY a ROWS 1 PRECEDING) FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(a), INTERVAL " +
			"'1' DAY)) CROSS JOIN UNNEST(a) AS u",
		"SELECT * FROM t /*+ OPTIONS(", "CREATE",
		"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END", "SELECT * FROM t FOR SYSTEM_TIME AS OF",
		"SELECT INTERVAL '1' DAY + TRIM(x FROM y) FROM (VALUES (1)) AS t(x) GROUP BY CUBE(a)", "SELECT X'0",
		"WITH a AS (SELECT 1) SELECT", "SELECT FLOOR(x TO", "DESC",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if (s == nil) == (err == nil) {
			t.Fatalf("got %v and %v", s, err)
		}
	})
}

func BenchmarkParseOneMegabyte(b *testing.B) {
	text := "INSERT INTO t VALUES " + strings.Repeat("(1, 'abc', 2.5, CAST(NULL AS INT)), ", 1<<20/37) +
		"(1, 'abc', 2.5, NULL)"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
