package flinksql

import (
	"slices"
	"strings"
)

// Kind is what a statement does, in the words of CMF's status.traits.sqlKind.
type Kind string

// Unknown is the kind of a text that begins no statement.
const Unknown Kind = "UNKNOWN"

// The kinds that code names. KindOf gives others too, such as SHOW_JARS.
const (
	Select              Kind = "SELECT"
	InsertInto          Kind = "INSERT_INTO"
	StatementSet        Kind = "STATEMENT_SET"
	ShowTables          Kind = "SHOW_TABLES"
	ShowViews           Kind = "SHOW_VIEWS"
	ShowCatalogs        Kind = "SHOW_CATALOGS"
	ShowDatabases       Kind = "SHOW_DATABASES"
	ShowFunctions       Kind = "SHOW_FUNCTIONS"
	ShowCurrentCatalog  Kind = "SHOW_CURRENT_CATALOG"
	ShowCurrentDatabase Kind = "SHOW_CURRENT_DATABASE"
	ShowCreateTable     Kind = "SHOW_CREATE_TABLE"
	Describe            Kind = "DESCRIBE"
	Explain             Kind = "EXPLAIN"
	CreateTable         Kind = "CREATE_TABLE"
	CreateView          Kind = "CREATE_VIEW"
	DropTable           Kind = "DROP_TABLE"
	AlterTable          Kind = "ALTER_TABLE"
	Set                 Kind = "SET"
	Reset               Kind = "RESET"
	Use                 Kind = "USE"
	UseCatalog          Kind = "USE_CATALOG"
	Quit                Kind = "QUIT"
)

// IsQuery says whether the statement's answer is a changelog of rows.
func (k Kind) IsQuery() bool { return k == Select }

// Reads says whether the statement only reads: SELECT, SHOW, DESCRIBE and
// EXPLAIN change nothing.
func (k Kind) Reads() bool {
	return k == Select || k == Describe || k == Explain || strings.HasPrefix(string(k), "SHOW_")
}

// OnlyReads says whether a text is one statement that only reads.
func OnlyReads(text string) bool {
	all := Split(text)
	if len(all) != 1 || !KindOf(all[0].Text).Reads() {
		return false
	}
	if KindOf(all[0].Text) == Select { // behind WITH or FROM there may be anything
		return !slices.ContainsFunc(Lex(text), func(t Token) bool { return t.Is("INSERT") })
	}
	return true
}

// IsLocal says whether the statement is one of the client's own: a CMF server
// does not take it.
func (k Kind) IsLocal() bool {
	switch k {
	case Set, Reset, Use, UseCatalog, Quit, "CLEAR", "HELP":
		return true
	}
	return false
}

// KindOf names what a statement does from its first words.
func KindOf(text string) Kind {
	words := firstWords(text, 8)
	if len(words) == 0 {
		return Unknown
	}
	rest := words[1:]
	switch words[0] {
	case "SELECT", "WITH", "VALUES", "(", "FROM":
		return Select
	case "INSERT", "UPSERT":
		return InsertInto
	case "EXECUTE":
		return executeKind(rest)
	case "BEGIN":
		return StatementSet
	case "DESC", "DESCRIBE":
		return Describe
	case "EXPLAIN", "SET", "RESET", "DELETE", "UPDATE", "CALL", "CLEAR", "HELP":
		return Kind(words[0])
	case "QUIT", "EXIT":
		return Quit
	case "USE":
		return useKind(rest)
	case "SHOW":
		return showKind(rest)
	case "CREATE", "DROP", "ALTER":
		return objectKind(words[0], rest)
	case "TRUNCATE", "ANALYZE", "LOAD", "UNLOAD", "ADD", "REMOVE", "STOP", "COMPILE":
		return join(words[0], rest, 1)
	}
	return Unknown
}

// firstWords are the first n tokens in upper case, comments left out.
func firstWords(text string, n int) []string {
	var words []string
	l := lexer{text: text, line: 1, column: 1}
	for len(words) < n {
		l.skipSpace()
		if l.pos >= len(text) {
			break
		}
		kind, length := l.next()
		if kind != Comment && kind != Hint {
			words = append(words, strings.ToUpper(text[l.pos:l.pos+length]))
		}
		l.advance(length)
	}
	return words
}

func executeKind(rest []string) Kind {
	if len(rest) > 0 && rest[0] == "STATEMENT" {
		return StatementSet
	}
	if len(rest) > 0 && rest[0] == "INSERT" {
		return InsertInto
	}
	if len(rest) > 0 && rest[0] == "PLAN" {
		return "EXECUTE_PLAN"
	}
	return Select
}

func useKind(rest []string) Kind {
	if len(rest) > 0 && (rest[0] == "CATALOG" || rest[0] == "MODULES") {
		return join("USE", rest, 1)
	}
	return Use
}

func showKind(rest []string) Kind {
	if len(rest) == 0 {
		return "SHOW"
	}
	switch rest[0] {
	case "CURRENT", "CREATE", "FULL", "USER", "MATERIALIZED":
		return join("SHOW", rest, 2)
	}
	return join("SHOW", rest, 1)
}

// objectKind drops what stands between CREATE and the kind of object.
func objectKind(verb string, rest []string) Kind {
	for len(rest) > 0 {
		switch rest[0] {
		case "OR", "REPLACE", "ALTER", "TEMPORARY", "SYSTEM":
			rest = rest[1:]
			continue
		case "MATERIALIZED":
			return join(verb, rest, 2)
		}
		return join(verb, rest, 1)
	}
	return Kind(verb)
}

func join(verb string, rest []string, n int) Kind {
	return Kind(strings.Join(append([]string{verb}, rest[:min(n, len(rest))]...), "_"))
}
