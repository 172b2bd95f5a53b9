// Package sqlsettings holds what SET and USE said in a buffer.
package sqlsettings

import (
	"maps"
	"slices"
	"strings"

	"drey/client/flinksql"
)

// Home is the catalog and database that names without one are looked for in:
// what USE said, else Flink's own (cmf-behaviour.md §4.2).
func (s *Settings) Home() [2]string {
	home := [2]string{"default_catalog", "default_database"}
	if c := s.Values[CatalogKey]; c != "" {
		home = [2]string{c, s.Values[DatabaseKey]}
	}
	return home
}

// Settings are what SET and USE said in a buffer; they go with each of its
// statements.
type Settings struct {
	Values map[string]string
}

// Reset forgets every setting.
func (s *Settings) Reset() { s.Values = map[string]string{} }

// What USE said is kept among the settings by these keys.
const (
	CatalogKey  = "sql.current-catalog"
	DatabaseKey = "sql.current-database"
)

// Sent are the settings that go with a statement, beside its catalog and
// database.
func (s *Settings) Sent() map[string]string {
	return s.pick(func(key string) bool { return key != CatalogKey && key != DatabaseKey })
}

func (s *Settings) pick(want func(string) bool) map[string]string {
	out := map[string]string{}
	for key, value := range s.Values {
		if want(key) {
			out[key] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Public are the settings without those that hold secrets.
func (s *Settings) Public() map[string]string {
	return s.pick(func(key string) bool { return !flinksql.SecretKey(key) })
}

// BringBack sets what an earlier console had set.
func (s *Settings) BringBack(values map[string]string) {
	for key, value := range values {
		s.Values[key] = value
	}
}

// Shown lists every setting but the catalog and the database, secrets masked.
func (s *Settings) Shown() []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(s.Values)) {
		value := s.Values[key]
		if flinksql.SecretKey(key) {
			value = flinksql.Mask
		}
		if key != CatalogKey && key != DatabaseKey {
			all = append(all, key+"="+value)
		}
	}
	return all
}

// Location is the current catalog and database for people, "" without.
func (s *Settings) Location() string {
	parts := []string{s.Values[CatalogKey], s.Values[DatabaseKey]}
	return strings.Trim(strings.Join(parts, "."), ".")
}

// Take carries out SET, RESET or USE and says what it did; bad: that it could not.
func (s *Settings) Take(statement string) (text string, bad bool) {
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
			s.Values[CatalogKey] = args[1]
			delete(s.Values, DatabaseKey)
			return "statements now run in catalog " + args[1], false
		}
	case flinksql.Use:
		return s.use(args)
	}
	return "this is a command of the shell, not a statement; see ? for the keys", true
}

func (s *Settings) set(args []string) (text string, bad bool) {
	switch len(args) {
	case 0:
		all := s.Shown()
		if location := s.Location(); location != "" {
			all = append([]string{"USE " + location}, all...)
		}
		if len(all) == 0 {
			return "nothing is set", false
		}
		return strings.Join(all, "  "), false
	case 2:
		if args[0] == CatalogKey || args[0] == DatabaseKey {
			return "use USE CATALOG and USE for the catalog and the database", true
		}
		s.Values[args[0]] = args[1]
		return "set " + args[0] + " for the statements that follow", false
	}
	return "want SET 'key' = 'value'", true
}

func (s *Settings) unset(args []string) (text string, bad bool) {
	switch len(args) {
	case 0:
		s.Reset()
		return "nothing is set any more", false
	case 1:
		delete(s.Values, args[0])
		if args[0] == CatalogKey {
			delete(s.Values, DatabaseKey)
		}
		return args[0] + " is not set any more", false
	}
	return "want RESET or RESET 'key'", true
}

func (s *Settings) use(args []string) (text string, bad bool) {
	switch {
	case len(args) == 2:
		s.Values[CatalogKey], s.Values[DatabaseKey] = args[0], args[1]
	case len(args) == 1 && s.Values[CatalogKey] != "":
		s.Values[DatabaseKey] = args[0]
	case len(args) == 1:
		return "set a catalog first: USE CATALOG name, or USE catalog.database", true
	default:
		return "want USE database or USE catalog.database", true
	}
	return "statements now run in " + s.Location(), false
}
