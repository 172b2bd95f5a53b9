package flinkapi

import (
	"context"
	"slices"
	"strings"

	"drey/client/flinksql"
	"drey/client/statement"
)

// made is a statement that changed a session, and what it was looked up in.
type made struct {
	target statement.Target
	text   string
	object string // what it makes or alters, "" for what has no name
}

// maxMade is how many statements a new session is told.
const maxMade = 500

// remember keeps what a statement changed in its session. Only what the session
// made is made again: a table of a catalog that outlives sessions may be another's by
// then, so what it dropped is not dropped again, nor altered what it had not made.
func (s *session) remember(kind flinksql.Kind, r statement.Request) {
	verb, _, _ := strings.Cut(string(kind), "_")
	m := made{target: r.Target, text: r.SQL}
	switch verb {
	case "CREATE", "ALTER", "DROP":
		m.object = objectOf(r.SQL, r.Target)
	case "LOAD", "UNLOAD", "ADD":
	default:
		return
	}
	known := m.object != "" && slices.ContainsFunc(s.made, func(o made) bool { return o.object == m.object })
	switch {
	case verb == "DROP":
		if known {
			s.made = slices.DeleteFunc(s.made, func(o made) bool { return o.object == m.object })
		}
		return
	case verb == "ALTER" && !known:
		return
	}
	s.made = append(s.made, m)
	s.made = s.made[max(len(s.made)-maxMade, 0):]
}

// makeAgain tells a new session what was made in the one before. What one needed may
// be gone by now; what could not be made is not altered.
func (e *Engine) makeAgain(ctx context.Context, s *session, id string, before []made) {
	failed := map[string]bool{}
	for _, m := range before {
		if m.object != "" && failed[m.object] {
			continue
		}
		err := e.use(ctx, s, id, m.target)
		if err == nil {
			err = e.gateway.Configure(ctx, id, m.text)
		}
		failed[m.object] = err != nil
	}
}

// besideNames are the words that stand between a verb and the name of an object.
var besideNames = []string{"OR", "REPLACE", "ALTER", "IF", "NOT", "EXISTS"}

// objectOf names what a statement makes, alters or drops: its kind, whether it is
// temporary, and its whole path where a target says what it is looked up in.
func objectOf(text string, target statement.Target) string {
	tokens := slices.DeleteFunc(flinksql.Lex(text), func(t flinksql.Token) bool {
		return t.Kind == flinksql.Comment || t.Kind == flinksql.Hint
	})
	var kind, path []string
	for i := 1; i < len(tokens) && path == nil; i++ {
		word := strings.ToUpper(tokens[i].Text)
		switch {
		case slices.ContainsFunc(besideNames, tokens[i].Is):
		case slices.Contains([]string{"TEMPORARY", "SYSTEM", "MATERIALIZED"}, word):
			kind = append(kind, word)
		case len(kind) == 0 || slices.Contains([]string{"TEMPORARY", "SYSTEM", "MATERIALIZED"}, kind[len(kind)-1]):
			kind = append(kind, word)
		default:
			path = pathAt(tokens[i:])
		}
	}
	if len(path) == 0 {
		return ""
	}
	home := []string{target.Catalog, target.Database}
	switch kind[len(kind)-1] {
	case "CATALOG":
		home = nil
	case "DATABASE":
		home = home[:1]
	}
	path = append(home[:max(len(home)+1-len(path), 0)], path...)
	return strings.Join(append(kind, path...), "\x00")
}

// pathAt reads a name with the names before it: a.b.c.
func pathAt(tokens []flinksql.Token) []string {
	var path []string
	for i := 0; i < len(tokens); i += 2 {
		name := tokens[i].Text
		if tokens[i].Kind == flinksql.Quoted {
			name = strings.ReplaceAll(strings.Trim(name, "`"), "``", "`")
		}
		path = append(path, name)
		if i+1 >= len(tokens) || !tokens[i+1].Is(".") {
			break
		}
	}
	return path
}
