package expr

import (
	"strings"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/types"
)

func hasField(t types.Type, name string) bool {
	for _, f := range t.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// noField is Flink's complaint of the part of a name that is no field of what
// stands before it; used is how many parts name the column.
func (r *Resolver) noField(id *parse.Ident, used, at int) error {
	parts := id.Parts[used-1 : at+1]
	pos := parts[0].Pos.To(parts[len(parts)-1].Pos)
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Text
	}
	table := ""
	for _, rel := range r.Scope.Relations {
		for _, c := range rel.Columns {
			if c.Name == parts[0].Text && (used == 1 || rel.Name == id.Parts[0].Text) {
				table = rel.Name
			}
		}
	}
	if table == "" {
		return sqlerr.Refuse(pos, "the field %s, which is not there", strings.Join(names, "."))
	}
	return sqlerr.Invalid(pos, "Column '%s' not found in table '%s'", strings.Join(names, "."), table)
}
