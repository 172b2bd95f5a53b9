package sql

import (
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql"
)

// settings are what SET and USE said in a buffer; they go with each of its
// statements.
type settings struct {
	values map[string]string
}

func (s *settings) reset() { s.values = map[string]string{} }

// What USE said is kept among the settings by these keys.
const (
	catalogKey  = "sql.current-catalog"
	databaseKey = "sql.current-database"
)

// sent are the settings that go with a statement, beside its catalog and
// database.
func (s *settings) sent() map[string]string {
	return s.pick(func(key string) bool { return key != catalogKey && key != databaseKey })
}

func (s *settings) pick(want func(string) bool) map[string]string {
	out := map[string]string{}
	for key, value := range s.values {
		if want(key) {
			out[key] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// public are the settings without those that hold secrets.
func (s *settings) public() map[string]string {
	return s.pick(func(key string) bool { return !flinksql.SecretKey(key) })
}

// bringBack sets what an earlier console had set.
func (s *settings) bringBack(values map[string]string) {
	for key, value := range values {
		s.values[key] = value
	}
}

// shown lists every setting but the catalog and the database, secrets masked.
func (s *settings) shown() []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(s.values)) {
		value := s.values[key]
		if flinksql.SecretKey(key) {
			value = flinksql.Mask
		}
		if key != catalogKey && key != databaseKey {
			all = append(all, key+"="+value)
		}
	}
	return all
}

// location is the current catalog and database for people, "" without.
func (s *settings) location() string {
	parts := []string{s.values[catalogKey], s.values[databaseKey]}
	return strings.Trim(strings.Join(parts, "."), ".")
}

// take carries out SET, RESET or USE and says what it did; bad: that it could not.
func (s *settings) take(statement string) (text string, bad bool) {
	var args []string
	for _, t := range flinksql.Lex(statement)[1:] {
		switch t.Kind {
		case flinksql.String:
			args = append(args, strings.ReplaceAll(strings.Trim(t.Text, "'"), "''", "'"))
		case flinksql.Quoted:
			args = append(args, strings.Trim(t.Text, "`"))
		case flinksql.Comment, flinksql.Operator, flinksql.Punctuation:
		default:
			args = append(args, t.Text)
		}
	}
	switch flinksql.KindOf(statement) {
	case flinksql.Set:
		return s.set(args)
	case flinksql.Reset:
		return s.unset(args)
	case flinksql.UseCatalog:
		if len(args) == 2 {
			s.values[catalogKey] = args[1]
			delete(s.values, databaseKey)
			return "statements now run in catalog " + args[1], false
		}
	case flinksql.Use:
		return s.use(args)
	}
	return "this is a command of the shell, not a statement; see ? for the keys", true
}

func (s *settings) set(args []string) (text string, bad bool) {
	switch len(args) {
	case 0:
		all := s.shown()
		if location := s.location(); location != "" {
			all = append([]string{"USE " + location}, all...)
		}
		if len(all) == 0 {
			return "nothing is set", false
		}
		return strings.Join(all, "  "), false
	case 2:
		if args[0] == catalogKey || args[0] == databaseKey {
			return "use USE CATALOG and USE for the catalog and the database", true
		}
		s.values[args[0]] = args[1]
		return "set " + args[0] + " for the statements that follow", false
	}
	return "want SET 'key' = 'value'", true
}

func (s *settings) unset(args []string) (text string, bad bool) {
	switch len(args) {
	case 0:
		s.reset()
		return "nothing is set any more", false
	case 1:
		delete(s.values, args[0])
		if args[0] == catalogKey {
			delete(s.values, databaseKey)
		}
		return args[0] + " is not set any more", false
	}
	return "want RESET or RESET 'key'", true
}

func (s *settings) use(args []string) (text string, bad bool) {
	switch {
	case len(args) == 2:
		s.values[catalogKey], s.values[databaseKey] = args[0], args[1]
	case len(args) == 1 && s.values[catalogKey] != "":
		s.values[databaseKey] = args[0]
	case len(args) == 1:
		return "set a catalog first: USE CATALOG name, or USE catalog.database", true
	default:
		return "want USE database or USE catalog.database", true
	}
	return "statements now run in " + s.location(), false
}
