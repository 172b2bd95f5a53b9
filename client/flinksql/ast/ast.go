// Package ast holds what statements are when they have been read: trees with positions.
package ast

// Pos is where a part of a statement stands: line and column count from 1 in
// characters, the end is inclusive.
type Pos struct{ Line, Col, EndLine, EndCol int }

// Span is the position itself; it makes Pos usable as a part of a node.
func (p Pos) Span() Pos { return p }

// To is the span from the start of p to the end of q.
func (p Pos) To(q Pos) Pos { return Pos{p.Line, p.Col, q.EndLine, q.EndCol} }

// Node is any part of the tree.
type Node interface{ Span() Pos }

// Expr is an expression.
type Expr interface{ Node }

// Name is one part of an identifier, without its backticks.
type Name struct {
	Pos
	Text string
}

// LiteralKind says what a literal is.
type LiteralKind int

// The kinds of literal.
const (
	Null LiteralKind = iota
	Bool             // Text is TRUE, FALSE or UNKNOWN
	Number
	Text
	Hex // Text is hex digits
	Date
	Time
	Timestamp
)

// Expressions.
type (
	// Literal is a constant as written, quotes and doubling removed.
	Literal struct {
		Pos
		Kind LiteralKind
		Text string
	}
	// Interval is INTERVAL [-]'text' FROM [TO].
	Interval struct {
		Pos
		Negative bool
		Text     string
		From, To string // units, singular; To may be empty
	}
	// Ident is a column, maybe with its table, or a field of one.
	Ident struct {
		Pos
		Parts []Name
	}
	// Star is * or t.*.
	Star struct {
		Pos
		Of []Name
	}
	// Unary is -x, +x or NOT x.
	Unary struct {
		Pos
		Op string
		X  Expr
	}
	// Binary is an infix operator, also AND and OR.
	Binary struct {
		Pos
		Op   string
		L, R Expr
	}
	// Call is a function; Symbol arguments are words of its own syntax.
	Call struct {
		Pos
		Name     string
		Args     []Expr
		Distinct bool
		Filter   Expr
		Over     *Window
		Niladic  bool  // written without parentheses
		JSON     *JSON // the clauses of JSON functions
	}
	// Symbol is a word in a call: a unit of time, BOTH, LEADING, TRAILING.
	Symbol struct {
		Pos
		Word string
	}
	// Cast is CAST or TRY_CAST.
	Cast struct {
		Pos
		X    Expr
		Type *Type
		Try  bool
	}
	// Case is CASE in both forms; Operand is nil in the searched one.
	Case struct {
		Pos
		Operand Expr
		Whens   []When
		Else    Expr
	}
	// When is one branch of a Case.
	When struct{ Cond, Then Expr }
	// Between is x [NOT] BETWEEN [SYMMETRIC] low AND high.
	Between struct {
		Pos
		X, Low, High   Expr
		Not, Symmetric bool
	}
	// In is x [NOT] IN (list or query).
	In struct {
		Pos
		X     Expr
		List  []Expr
		Query *Query
		Not   bool
	}
	// Like is LIKE or SIMILAR TO.
	Like struct {
		Pos
		X, Pattern, Escape Expr
		Not, Similar       bool
	}
	// Is is x IS [NOT] NULL, TRUE, FALSE or UNKNOWN, or DISTINCT FROM Y.
	Is struct {
		Pos
		X    Expr
		What string
		Not  bool
		Y    Expr
	}
	// Exists is EXISTS (query).
	Exists struct {
		Pos
		Query *Query
	}
	// Subquery is a query as a value.
	Subquery struct {
		Pos
		Query *Query
	}
	// Quantified is x op ANY or ALL (query).
	Quantified struct {
		Pos
		Op    string
		X     Expr
		All   bool
		Query *Query
		List  []Expr
	}
	// Row is ROW(…) or (a, b).
	Row struct {
		Pos
		Items []Expr
	}
	// Array is ARRAY[…].
	Array struct {
		Pos
		Items []Expr
	}
	// Map is MAP[k, v, …].
	Map struct {
		Pos
		Items []Expr
	}
	// Index is x[i].
	Index struct {
		Pos
		X, At Expr
	}
	// Field is x.name where x is no identifier.
	Field struct {
		Pos
		X    Expr
		Name Name
	}
)

// Type is a data type as written. Precision, Scale and Length are -1 when absent.
type Type struct {
	Pos
	Name             string // canonical: INTEGER, VARCHAR, TIMESTAMP_LTZ, …
	Precision, Scale int
	Elem, Key        *Type // of ARRAY and MULTISET; Elem is the value of a MAP
	Fields           []TypeField
	NotNull          bool
	Units            [2]string // of an INTERVAL
}

// TypeField is a field of a ROW type.
type TypeField struct {
	Name Name
	Type *Type
}

// JSON is what stands in JSON functions besides arguments.
type JSON struct {
	Returning        *Type
	OnEmpty, OnError Behaviour
	OnNull           string // NULL or ABSENT; empty: not said
	Wrapper          string // WITHOUT, WITH, CONDITIONAL; empty: not said
}

// Behaviour is what happens at an empty result or an error: NULL, ERROR,
// DEFAULT, EMPTY ARRAY, TRUE, …; empty when not said.
type Behaviour struct {
	What string
	X    Expr // of DEFAULT
}

// Window is an OVER specification.
type Window struct {
	Pos
	Ref         *Name
	PartitionBy []Expr
	OrderBy     []OrderItem
	Frame       *Frame
}

// Frame is ROWS or RANGE BETWEEN two bounds.
type Frame struct {
	Pos
	Rows     bool
	From, To Bound
}

// Bound is one end of a frame. Without By, and not Current, it is unbounded.
type Bound struct {
	Current   bool
	Following bool
	By        Expr
}

// OrderItem is one key of ORDER BY.
type OrderItem struct {
	Expr       Expr
	Desc       bool
	NullsFirst *bool
}
