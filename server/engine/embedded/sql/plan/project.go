package plan

import (
	"fmt"
	"strconv"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/sqlerr"
)

// output is the select list as resolved: what is shown, and what only sorts.
type output struct {
	columns []expr.Column
	items   []*expr.Expr
	visible int
}

func (o *output) add(name string, x *expr.Expr) {
	o.items = append(o.items, x)
	o.columns = append(o.columns, expr.Column{Name: name, Type: x.Type})
}

func itemName(it ast.Item, i int) string {
	if it.Alias != nil {
		return it.Alias.Text
	}
	if e, ok := it.Expr.(*ast.Ident); ok {
		return e.Parts[len(e.Parts)-1].Text
	}
	return fmt.Sprintf("EXPR$%d", i)
}

func (o *output) find(x *expr.Expr) int {
	for i, it := range o.items {
		if it.ID == x.ID {
			return i
		}
	}
	return -1
}

// outputColumn finds the column that an ordinal or an alias names, or -1.
func outputColumn(e ast.Expr, columns []expr.Column, items []ast.Item) (int, error) {
	if l, ok := e.(*ast.Literal); ok && l.Kind == ast.Number {
		n, err := strconv.Atoi(l.Text)
		if err != nil || n < 1 || n > len(columns) {
			return 0, sqlerr.Invalid(l.Pos, "Ordinal out of range")
		}
		return n - 1, nil
	}
	id, ok := e.(*ast.Ident)
	if !ok || len(id.Parts) != 1 {
		return -1, nil
	}
	found := -1
	for i, c := range columns {
		if c.Name != id.Parts[0].Text {
			continue
		}
		if i < len(items) && len(items) == len(columns) && items[i].Alias == nil {
			continue
		}
		if found >= 0 {
			return 0, sqlerr.Refuse(id.Pos, "ORDER BY a name that two columns have")
		}
		if i < len(items) || items == nil {
			found = i
		}
	}
	return found, nil
}
