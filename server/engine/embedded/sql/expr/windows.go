package expr

import (
	"strings"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// OverFunction is what a function that is called with OVER gives to each row: a
// number that follows from where the row stands in its partition, or a value of
// another row of it.
type OverFunction struct {
	// Number computes from where the row stands, and from the constant argument.
	Number func(s Standing, constant int64) value.Value
	Type   types.Type // of the number
	// Constant says that a number has one argument, which is a constant above 0.
	Constant bool
	// Step is 1 for a value of a row after this one, and -1 for one before it; 0
	// for numbers.
	Step int

	// Ranks says that a condition may want the rows with the first numbers.
	Ranks bool
	// Counts says that it numbers rows one after the other, also those that the
	// order has equal.
	Counts bool
	// BatchOnly says that Flink refuses it in streaming mode.
	BatchOnly bool
	// ByTime says that it is computed in the order of event time.
	ByTime bool
	// AppendOnly says that it is not computed of rows that change.
	AppendOnly bool
	// NoChanges says that it is not computed again with each row that comes: only
	// its first rows can be had.
	NoChanges bool
	// NoTies says that rows that the order has equal are refused where it is
	// computed again with each row that comes.
	NoTies bool
}

// Standing is where a row stands in its partition, in the order of the window.
// All are numbers of rows.
type Standing struct {
	Row    int // before it
	First  int // before the first one that the order has equal to it
	End    int // up to the last one that the order has equal to it
	Before int // before it that the order tells apart, equal ones counted once
	Rows   int // of the partition
}

// Windowing is how a function puts rows into windows.
type Windowing struct {
	Arguments []string // their names over a table, in their order
	Form      string   // as Flink's complaint has it
	// Step names the argument that says how far apart windows begin; empty: they
	// follow one another.
	Step      string
	Cumulates bool // windows of one start grow
	Sessions  bool // a window ends where no row comes for some time
	// GroupBy is the number of arguments in GROUP BY; 0: it cannot stand there.
	GroupBy int
}

// Windowing finds the function of a name in any case that puts rows into windows;
// nil: there is none.
func (g *Registry) Windowing(name string) *Function {
	if f := g.Function(name); f != nil && f.Windowing != nil {
		return f
	}
	return nil
}

// GroupWindow finds the function that stands in GROUP BY for windows; nil: the
// expression is none.
func (g *Registry) GroupWindow(e ast.Expr) *Function {
	c, ok := e.(*ast.Call)
	if !ok {
		return nil
	}
	if f := g.Windowing(c.Name); f != nil && f.Windowing.GroupBy > 0 {
		return f
	}
	return nil
}

// WindowCall resolves the arguments of TUMBLE, HOP and their auxiliary
// functions, and gives a text that is the same for the same windows.
func (r *Resolver) WindowCall(c *ast.Call) (string, []*Expr, error) {
	own := *r
	own.Group, own.Over = nil, nil
	args, err := own.Values(c.Args)
	if err != nil {
		return "", nil, err
	}
	kind, _, _ := strings.Cut(strings.ToUpper(c.Name), "_")
	name := " of " + kind
	for _, a := range args {
		name += " " + a.ID.String()
	}
	return name, args, nil
}
