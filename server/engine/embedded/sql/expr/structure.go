package expr

import (
	"sync"

	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// EachColumn calls f for the columns of the row that the expression reads; for
// some of them more than once.
func (x *Expr) EachColumn(f func(column int)) {
	seen := map[*Expr]bool{}
	var walk func(*Expr)
	walk = func(x *Expr) {
		if x.Column >= 0 {
			f(x.Column)
			return
		}
		if len(x.Args) == 0 || seen[x] {
			return
		}
		seen[x] = true
		for _, a := range x.Args {
			walk(a)
		}
	}
	walk(x)
}

// Conjuncts are the conditions that must all be TRUE for the expression to be.
func (x *Expr) Conjuncts() []*Expr {
	if x.Op != "AND" {
		return []*Expr{x}
	}
	var list []*Expr
	for _, a := range x.Args {
		list = append(list, a.Conjuncts()...)
	}
	return list
}

// certain are the operators that give a result for all arguments.
var certain = map[string]bool{
	"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true, "AND": true, "OR": true, "NOT": true,
	"IS NULL": true, "IS NULL NOT": true, "IS TRUE": true, "IS TRUE NOT": true, "IS FALSE": true, "IS FALSE NOT": true,
	"BETWEEN": true, "BETWEEN NOT": true, "IN": true, "IN NOT": true, "DISTINCT": true, "DISTINCT NOT": true,
}

// Certain says whether the expression gives a result for every row, and the same
// one wherever it is computed: comparisons of columns and constants do.
func (x *Expr) Certain() bool {
	switch {
	case x.Column >= 0:
		return true
	case x.Const:
		_, err := x.Eval(nil)
		return err == nil
	case x.Op == "CAST":
		return x.Args[0].Certain() && widens(x.Args[0].Type, x.Type)
	case x.Op == "LIKE" || x.Op == "LIKE NOT":
		return x.Args[0].Certain() && x.Args[1].Literal != nil && len(x.Args) == 2
	case !certain[x.Op]:
		return false
	}
	for _, a := range x.Args {
		if !a.Certain() {
			return false
		}
	}
	return true
}

// widens says whether a cast gives a result for every value.
func widens(from, to types.Type) bool {
	return from.IsNumeric() && to.IsApprox() || from.IsExact() && to.IsExact() || from.IsText() && to.IsText()
}

// Shifted is the expression over the columns of a row from one on alone, which
// are all that it reads.
func (x *Expr) Shifted(by int) *Expr {
	out := *x
	if x.Column >= 0 {
		out.Column -= by
		out.Eval = column(out.Column)
		return &out
	}
	var reads []int
	x.EachColumn(func(i int) { reads = append(reads, i) })
	width := 0
	for _, i := range reads {
		width = max(width, i+1)
	}
	wide := sync.Pool{New: func() any { row := make(value.Row, width); return &row }}
	eval := x.Eval
	out.Eval = func(row value.Row) (value.Value, error) {
		w := wide.Get().(*value.Row)
		for _, i := range reads {
			(*w)[i] = row[i-by]
		}
		v, err := eval(*w)
		clear(*w)
		wide.Put(w)
		return v, err
	}
	out.Args = make([]*Expr, len(x.Args))
	for i, a := range x.Args {
		out.Args[i] = a.shiftedColumns(by)
	}
	return &out
}

// shiftedColumns is an argument as it is told of; only the whole is computed.
func (x *Expr) shiftedColumns(by int) *Expr {
	out := *x
	if x.Column >= 0 {
		out.Column -= by
		return &out
	}
	out.Args = make([]*Expr, len(x.Args))
	for i, a := range x.Args {
		out.Args[i] = a.shiftedColumns(by)
	}
	return &out
}

// unreadOp marks what nobody reads.
const unreadOp = "UNREAD"

// Unread is NULL in the place of a column that nobody reads.
func Unread(t types.Type) *Expr {
	return &Expr{Type: t, Column: -1, Op: unreadOp, Eval: func(value.Row) (value.Value, error) {
		return value.NULL, nil
	}}
}

// IsUnread says whether the expression stands for what nobody reads.
func (x *Expr) IsUnread() bool { return x.Op == unreadOp }
