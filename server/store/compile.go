package store

import (
	"strings"
	"unicode/utf8"

	"drey/server/model"
)

// compiled is a query as SQL. Values are always arguments; what stands in the
// text comes from the rules of kinds, never from a request.
type compiled struct {
	scope model.Scope
	// everywhere is of the query; driver is the label term whose range of the
	// index is read, -1 for none: rows are then those of objects.
	everywhere bool
	brief      bool
	driver     int
	joined     bool // something of objects is needed beside the labels
	where      string
	args       []any
	order      string
	backwards  string // order the other way round
}

func compile(scope model.Scope, query model.Query) compiled {
	c := compiled{scope: scope, everywhere: query.Everywhere, brief: query.Brief, driver: driver(query)}
	c.where = c.within(c.row())
	for i, term := range query.Where {
		if i == c.driver {
			c.args = append(c.args, term.Label, term.Values[0])
			c.where += " AND l.key = ? AND l.value = ?"
			continue
		}
		c.where += " AND " + c.term(term)
	}
	c.order, c.backwards = orderBy(query.Order, c.expression, false), orderBy(query.Order, c.expression, true)
	return c
}

// driver is the first term that asks for one value of a label.
func driver(query model.Query) int {
	for i, term := range query.Where {
		if term.Label != "" && term.Test == model.TestIn && len(term.Values) == 1 && !query.Everywhere {
			return i
		}
	}
	return -1
}

func (c *compiled) row() string {
	if c.driver >= 0 {
		return "l"
	}
	return "o"
}

func (c *compiled) id() string {
	if c.driver >= 0 {
		return "l.object"
	}
	return "o.id"
}

// within selects the scope.
func (c *compiled) within(row string) string {
	c.args = append(c.args, string(c.scope.Kind))
	if c.everywhere {
		return row + ".kind = ?"
	}
	c.args = append(c.args, c.scope.Env, c.scope.Parent)
	return row + ".kind = ? AND " + row + ".env = ? AND " + row + ".parent = ?"
}

// expression takes a column from the labels where they have it.
func (c *compiled) expression(field model.Field) string {
	switch field.Column {
	case model.ColumnName, model.ColumnState, model.ColumnCreated:
		return c.row() + "." + string(field.Column)
	}
	c.joined = true
	return expression(field)
}

func (c *compiled) selection() selection {
	if c.everywhere {
		return selection{}
	}
	return selection{scope: &c.scope, brief: c.brief}
}

func (c *compiled) from() string {
	switch {
	case c.driver < 0:
		return "objects o"
	case c.joined:
		return "labelled l CROSS JOIN objects o ON o.id = l.object"
	}
	return "labelled l"
}

// page is the query of one page; how many rows it has and how many are before
// it are its last arguments, so that all pages share a statement.
type page struct {
	text         string
	rows, offset int64
	turned       bool // the rows come backwards
}

// page selects ids first, so that rows that are skipped are not read; they are
// then read in the order of the ids, as the left side of CROSS JOIN is SQLite's
// outer loop. What is nearer to the end is read from there, backwards.
//
// Of few matches the index that finds them is read and they are sorted; of many
// the index that has their order is. SQLite cannot know which, and is told by +.
// The range of a label has the order within.
func (c *compiled) page(query model.Query, matches int64) page {
	p := page{rows: matches - int64(query.Offset), offset: int64(query.Offset)}
	if query.Limit > 0 {
		p.rows = min(p.rows, int64(query.Limit))
	}
	order := c.order
	if p.turned = p.offset > matches/2; p.turned {
		order, p.offset = c.backwards, matches-p.offset-p.rows
	}
	if len(query.Where) > 0 && matches <= fewMatches && c.driver < 0 {
		order = strings.Replace(order, " ORDER BY ", " ORDER BY +", 1)
	}
	p.text = "SELECT " + c.selection().columns() + " FROM (SELECT " + c.id() + " AS id FROM " + c.from() +
		" WHERE " + c.where +
		order + " LIMIT ? OFFSET ?) page CROSS JOIN objects o ON o.id = page.id"
	return p
}

const fewMatches = 1000

// count is the query of how many there are.
func (c *compiled) count() string { return "SELECT count(*) FROM " + c.from() + " WHERE " + c.where }

// orderBy ends in creation and name, so that every list has one order.
func orderBy(orders []model.Order, expression func(model.Field) string, backwards bool) string {
	var parts []string
	seen := map[string]bool{}
	add := func(text string, desc bool) {
		if seen[text] {
			return
		}
		seen[text] = true
		if desc != backwards {
			text += " DESC"
		}
		parts = append(parts, text)
	}
	desc := false
	for _, order := range orders {
		add(expression(order.Field), order.Desc)
		desc = order.Desc
	}
	// The last direction is carried on: an index is then read straight on.
	add(expression(model.Field{Column: model.ColumnCreated}), desc)
	add(expression(model.Field{Column: model.ColumnName}), desc)
	return " ORDER BY " + strings.Join(parts, ", ")
}

func expression(field model.Field) string {
	if field.Column == model.ColumnPath {
		return "o.doc ->> '" + strings.ReplaceAll(field.Path, "'", "''") + "'"
	}
	return "o." + string(field.Column)
}

func (c *compiled) term(term model.Term) string {
	if term.Label != "" {
		return c.label(term)
	}
	var parts []string
	for _, field := range term.Fields {
		parts = append(parts, c.field(c.expression(field), field.Exact, term))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func (c *compiled) field(expression string, exact bool, term model.Term) string {
	switch {
	case term.Test == model.TestContains && !exact:
		c.args = append(c.args, term.Values[0])
		return containsFunction + "(lower(" + expression + "), lower(?))"
	case term.Test == model.TestContains, term.Test == model.TestEqualFold:
		c.args = append(c.args, term.Values[0])
		return expression + " = ? COLLATE NOCASE"
	case term.Test == model.TestGlob:
		prefix, _, _ := strings.Cut(term.Values[0], "*")
		between := c.begins(expression, prefix)
		c.args = append(c.args, glob(term.Values[0]))
		return between + expression + " GLOB ?"
	case term.Test == model.TestPrefix:
		between := c.begins(expression, term.Values[0])
		c.args = append(c.args, globQuoter.Replace(strings.ReplaceAll(term.Values[0], "*", "[*]"))+"*")
		return between + expression + " GLOB ?"
	case term.Test == model.TestNotIn:
		return expression + " NOT IN " + c.values(term.Values)
	}
	return expression + " IN " + c.values(term.Values)
}

// begins bounds what begins with a prefix, so that a range of an index is read:
// SQLite does not look into the pattern of a prepared statement.
func (c *compiled) begins(expression, prefix string) string {
	if prefix == "" {
		return ""
	}
	c.args = append(c.args, prefix, prefix+string(utf8.MaxRune))
	return expression + " >= ? AND " + expression + " < ? AND "
}

// label asks the side table; != and notin hold for objects without the label.
func (c *compiled) label(term model.Term) string {
	inner := "SELECT x.object FROM labelled x WHERE " + c.within("x") + " AND x.key = ?"
	c.args = append(c.args, term.Label)
	switch term.Test {
	case model.TestMissing:
		return c.id() + " NOT IN (" + inner + ")"
	case model.TestNotIn:
		return c.id() + " NOT IN (" + inner + " AND x.value IN " + c.values(term.Values) + ")"
	case model.TestIn:
		return c.id() + " IN (" + inner + " AND x.value IN " + c.values(term.Values) + ")"
	}
	return c.id() + " IN (" + inner + ")"
}

func (c *compiled) values(values []string) string {
	for _, value := range values {
		c.args = append(c.args, value)
	}
	return "(?" + strings.Repeat(", ?", len(values)-1) + ")"
}

var globQuoter = strings.NewReplacer("[", "[[]", "?", "[?]")

// glob keeps * as any text and takes all else as it stands.
func glob(pattern string) string { return globQuoter.Replace(pattern) }
