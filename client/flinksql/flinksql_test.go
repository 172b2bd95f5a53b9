package flinksql

import (
	"reflect"
	"strings"
	"testing"
)

func texts(tokens []Token) []string {
	var out []string
	for _, t := range tokens {
		out = append(out, t.Text)
	}
	return out
}

func TestLexCutsATextIntoTokensWithPositions(t *testing.T) {
	got := Lex("SELECT `a b`, 'it''s' -- end\nFROM t.x WHERE é <> 1.5e-3;")
	want := []string{
		"SELECT", "`a b`", ",", "'it''s'", "-- end", "FROM", "t", ".", "x", "WHERE", "é", "<>", "1.5e-3", ";",
	}
	if !reflect.DeepEqual(texts(got), want) {
		t.Fatalf("got %q, want %q", texts(got), want)
	}
	if f := got[5]; f.Line != 2 || f.Column != 1 || f.Kind != Keyword {
		t.Errorf("FROM: got %+v", f)
	}
	if op := got[11]; op.Column != 18 || op.Kind != Operator {
		t.Errorf("<>: got %+v, want column 18 counted in characters", op)
	}
}

func TestLexKeepsUnfinishedTextAsInvalid(t *testing.T) {
	for _, text := range []string{"'abc", "`abc", "/* abc", "@", "\"", "X'0", "/*"} {
		got := Lex(text)
		if len(got) != 1 || got[0].Kind != Invalid || got[0].Text != text {
			t.Errorf("%q: got %+v, want one invalid token", text, got)
		}
	}
}

func TestSplitCutsOnlyAtRealSemicolons(t *testing.T) {
	text := "SELECT ';' -- ;\n;\n/* ; */;;  SELECT `;` ; BEGIN STATEMENT SET; INSERT INTO a SELECT 1; INSERT " +
		"INTO b SELECT 2; END; SHOW TABLES"
	var got []string
	for _, s := range Split(text) {
		if text[s.Start:s.End] != s.Text {
			t.Errorf("%q is not what stands at %d:%d", s.Text, s.Start, s.End)
		}
		got = append(got, s.Text)
	}
	want := []string{
		"SELECT ';'", "SELECT `;`",
		"BEGIN STATEMENT SET; INSERT INTO a SELECT 1; INSERT INTO b SELECT 2; END", "SHOW TABLES",
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestSplitTakesAnExecutedSetAsOne(t *testing.T) {
	text := "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END; INSERT INTO b SELECT " +
		"2; END; SELECT 1"
	if got := Split(text); len(got) != 2 || got[1].Text != "SELECT 1" {
		t.Fatalf("got %+v, want two statements", got)
	}
}

func TestAtFindsTheStatementUnderTheCursor(t *testing.T) {
	text := "SELECT 1;\n\nSELECT 2; SELECT 3;\n"
	for offset, want := range map[int]string{
		0: "SELECT 1", 8: "SELECT 1", 9: "SELECT 1", 10: "SELECT 2", 15: "SELECT 2",
		20: "SELECT 2", 22: "SELECT 3", 30: "SELECT 3", len(text): "SELECT 3",
	} {
		if got, ok := At(text, offset); !ok || got.Text != want {
			t.Errorf("at %d: got %q, want %q", offset, got.Text, want)
		}
	}
	if _, ok := At("  -- nothing\n", 3); ok {
		t.Error("found a statement in a comment")
	}
}

func TestKindOfNamesAStatement(t *testing.T) {
	for text, want := range map[string]Kind{
		"select 1": Select, " /* x */ WITH a AS (SELECT 1) SELECT * FROM a": Select, "VALUES (1)": Select,
		"(SELECT 1)":             Select,
		"INSERT INTO t SELECT 1": InsertInto, "insert overwrite t values (1)": InsertInto, "SHOW TABLES": ShowTables,
		"SHOW CURRENT CATALOG": ShowCurrentCatalog, "SHOW CURRENT DATABASE": ShowCurrentDatabase,
		"SHOW CREATE TABLE t": ShowCreateTable,
		"desc t":              Describe, "DESCRIBE t": Describe, "EXPLAIN SELECT 1": Explain,
		"CREATE TEMPORARY TABLE t (a INT)":      CreateTable,
		"CREATE OR REPLACE TABLE t AS SELECT 1": CreateTable, "CREATE VIEW v AS SELECT 1": CreateView,
		"DROP TEMPORARY TABLE t":    DropTable,
		"ALTER TABLE t RENAME TO u": AlterTable, "SET 'a'='b'": Set, "RESET": Reset,
		"USE CATALOG c": UseCatalog, "USE d": Use,
		"QUIT": Quit, "": Unknown, "-- only": Unknown, "FOO BAR": Unknown, "BEGIN STATEMENT SET": StatementSet,
		"CREATE MATERIALIZED TABLE m": "CREATE_MATERIALIZED_TABLE", "SHOW JARS": "SHOW_JARS",
	} {
		if got := KindOf(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{
		"SELECT 1; SELECT ';'", "'", "`;`;--x\n;/*;*/", "BEGIN STATEMENT SET;a;END;b", "\xff;é;", "U&'x';_a'b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, token := range Lex(text) {
			if token.Offset < at || token.End() > len(text) || text[token.Offset:token.End()] != token.Text ||
				token.Text == "" {
				t.Fatalf("token %+v after %d of %q", token, at, text)
			}
			if strings.TrimSpace(strings.ReplaceAll(text[at:token.Offset], "\ufeff", "")) != "" {
				t.Fatalf("lost %q", text[at:token.Offset])
			}
			at = token.End()
		}
		end := 0
		for _, s := range Split(text) {
			if s.Start < end || s.End > len(text) || s.Start >= s.End || text[s.Start:s.End] != s.Text {
				t.Fatalf("statement %+v after %d", s, end)
			}
			end = s.End
			if got, ok := At(text, s.Start); !ok || got != s {
				t.Fatalf("At(%d) = %+v, %v, want %+v", s.Start, got, ok, s)
			}
		}
		KindOf(text)
	})
}

func TestEveryFunctionIsReadyForACompletion(t *testing.T) {
	for _, f := range Functions {
		if f.Name != strings.ToUpper(f.Name) || f.Category == "" || !strings.HasPrefix(f.Signature, f.Name) ||
			!strings.HasSuffix(f.Doc, ".") {
			t.Errorf(
				"%+v: want a name in upper case, a category, a signature that begins with the name, and a sentence", f,
			)
		}
	}
	if got := FunctionsNamed("log"); len(got) != 2 {
		t.Errorf("FunctionsNamed(log): got %v, want both forms", got)
	}
	if got := FunctionsWithPrefix("sha2"); len(got) != 3 {
		t.Errorf("FunctionsWithPrefix(sha2): got %v, want SHA224, SHA256 and SHA2", got)
	}
	if now := FunctionsNamed("current_date"); len(now) != 1 || !now[0].Bare() {
		t.Errorf("CURRENT_DATE: got %v, want one form without parentheses", now)
	}
}
