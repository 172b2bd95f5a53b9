package parse

import (
	"errors"
	"strings"
	"testing"
)

func TestParseReadsWhatFlinkReads(t *testing.T) {
	for _, text := range []string{
		"SELECT 1", "SELECT 1;", "SELECT a.b, * FROM t AS x (a, b), u WHERE a > 1 AND NOT b IS NULL GROUP BY a HAVING COUNT(*) > 1 ORDER BY 1 DESC NULLS LAST LIMIT 3",
		"WITH x(a) AS (SELECT 1) SELECT * FROM x UNION ALL (SELECT 2 EXCEPT SELECT 3) ORDER BY a OFFSET 1 ROW FETCH NEXT 2 ROWS ONLY",
		"SELECT CAST(x AS MAP<STRING, ARRAY<ROW<a INT NOT NULL, b DECIMAL(10, 2)>>>) FROM t JOIN u USING (a) LEFT JOIN v ON t.a = v.a",
		"SELECT CASE a WHEN 1 THEN 'x' ELSE 'y' END, x BETWEEN 1 AND 2 AND y, TRIM(BOTH 'x' FROM y), SUBSTRING(a FROM 1 FOR 2), EXTRACT(DAY FROM d)",
		"SELECT POSITION('b' IN 'abc'), FLOOR(t TO DAY), INTERVAL -'1' DAY, INTERVAL '1 2' DAY TO HOUR, (1, 2) IN ((1, 2)), a[1].b, MAP['a', 1], ARRAY[]",
		"SELECT SUM(x) FILTER (WHERE y > 1), COUNT(DISTINCT a) FROM t GROUP BY ROLLUP(a, b), CUBE(c), GROUPING SETS ((a), ())",
		"INSERT INTO c.d.t (a, b) SELECT 1, 2", "INSERT INTO t VALUES (1, 'a'), (2, 'b')", "SHOW TABLES FROM c.d LIKE 'a%'", "DESCRIBE `t`", "SHOW CURRENT CATALOG",
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
		"CREATE TABLE t (a INT)", "SELECT * FROM t, UNNEST(a)", "SELECT SUM(x) OVER (ORDER BY y) FROM t", "SELECT /*+ X */ 1",
		"SELECT " + strings.Repeat("(", 10000) + "1" + strings.Repeat(")", 10000), "SELECT " + strings.Repeat("1+", 20000) + "1",
		"SELECT " + strings.Repeat("NOT ", 10000) + "TRUE", strings.Repeat("(", 10000) + "SELECT 1", "SELECT CAST(1 AS " + strings.Repeat("ARRAY<", 9999),
	} {
		_, err := Parse(text)
		var e *Error
		if !errors.As(err, &e) || !e.Unsupported || e.Line == 0 {
			t.Errorf("%.40s: got %v, want it refused with a position", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT a, b[1].c FROM t x JOIN (SELECT 1) AS y(z) ON TRUE WHERE a IN (SELECT 1)", "INSERT INTO t VALUES (1,'a')", "SHOW TABLES", "(", "SELECT CAST(",
		"SELECT INTERVAL '1' DAY + TRIM(x FROM y) FROM (VALUES (1)) AS t(x) GROUP BY CUBE(a)", "SELECT X'0", "WITH a AS (SELECT 1) SELECT", "SELECT FLOOR(x TO", "DESC",
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
	text := "INSERT INTO t VALUES " + strings.Repeat("(1, 'abc', 2.5, CAST(NULL AS INT)), ", 1<<20/37) + "(1, 'abc', 2.5, NULL)"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
