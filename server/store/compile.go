package store

import (
	"strconv"
	"strings"

	"drey/server/service"
)

// compiled is a query as SQL. Values are always arguments; what stands in the
// text comes from the rules of kinds, never from a request.
type compiled struct {
	where string
	order string
	args  []any
}

func compile(scope service.Scope, query service.Query) compiled {
	c := compiled{
		where: "o.kind = ? AND o.env = ? AND o.parent = ?",
		args:  []any{string(scope.Kind), scope.Env, scope.Parent},
	}
	if query.Everywhere {
		c = compiled{where: "o.kind = ?", args: []any{string(scope.Kind)}}
	}
	for _, term := range query.Where {
		c.where += " AND " + c.term(term)
	}
	c.order = orderBy(query.Order)
	return c
}

// page is the query of one page. Ids are selected first, so that rows that are
// skipped are not read.
func (c compiled) page(query service.Query) string {
	limit := "-1"
	if query.Limit > 0 {
		limit = strconv.Itoa(query.Limit)
	}
	return "SELECT " + columns + " FROM objects o WHERE o.id IN (SELECT o.id FROM objects o WHERE " + c.where +
		c.order + " LIMIT " + limit + " OFFSET " + strconv.Itoa(query.Offset) + ")" + c.order
}

// orderBy ends in creation and name, so that every list has one order.
func orderBy(orders []service.Order) string {
	var parts []string
	seen := map[string]bool{}
	add := func(text string, desc bool) {
		if seen[text] {
			return
		}
		seen[text] = true
		if desc {
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
	add("o.created", desc)
	add("o.name", desc)
	return " ORDER BY " + strings.Join(parts, ", ")
}

func expression(field service.Field) string {
	if field.Column == service.ColumnPath {
		return "o.doc ->> '" + strings.ReplaceAll(field.Path, "'", "''") + "'"
	}
	return "o." + string(field.Column)
}

func (c *compiled) term(term service.Term) string {
	if term.Label != "" {
		return c.label(term)
	}
	var parts []string
	for _, field := range term.Fields {
		parts = append(parts, c.field(expression(field), field.Exact, term))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func (c *compiled) field(expression string, exact bool, term service.Term) string {
	switch {
	case term.Test == service.TestContains && !exact:
		c.args = append(c.args, term.Values[0])
		return "instr(lower(" + expression + "), lower(?)) > 0"
	case term.Test == service.TestContains, term.Test == service.TestEqualFold:
		c.args = append(c.args, term.Values[0])
		return expression + " = ? COLLATE NOCASE"
	case term.Test == service.TestGlob:
		c.args = append(c.args, glob(term.Values[0]))
		return expression + " GLOB ?"
	case term.Test == service.TestPrefix:
		c.args = append(c.args, globQuoter.Replace(strings.ReplaceAll(term.Values[0], "*", "[*]"))+"*")
		return expression + " GLOB ?"
	case term.Test == service.TestNotIn:
		return expression + " NOT IN " + c.values(term.Values)
	}
	return expression + " IN " + c.values(term.Values)
}

// label asks the side table; != and notin hold for objects without the label.
func (c *compiled) label(term service.Term) string {
	c.args = append(c.args, term.Label)
	inner := "SELECT l.object FROM labels l WHERE l.key = ?"
	switch term.Test {
	case service.TestMissing:
		return "o.id NOT IN (" + inner + ")"
	case service.TestNotIn:
		return "o.id NOT IN (" + inner + " AND l.value IN " + c.values(term.Values) + ")"
	case service.TestIn:
		return "o.id IN (" + inner + " AND l.value IN " + c.values(term.Values) + ")"
	}
	return "o.id IN (" + inner + ")"
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
