package ast

// Match is table MATCH_RECOGNIZE (…).
type Match struct {
	Pos
	Table       TableRef
	PartitionBy []Expr
	OrderBy     []OrderItem
	Measures    []Item
	Skip        Skip
	Pattern     []PatternPart
	Within      Expr // nil without WITHIN
	Define      []Definition
	Alias       Alias
}

// Skip says where the next match may begin: after the last row, or, with
// Next, after the first one, or at a row of Var.
type Skip struct {
	Pos
	Next  bool
	First bool // of Var, else its last row
	Var   *Name
}

// PatternPart is a variable of PATTERN and how often it may match; To is -1
// without a limit.
type PatternPart struct {
	Var       Name
	From, To  int
	Reluctant bool
}

// Definition is the condition of a variable of DEFINE.
type Definition struct {
	Var  Name
	Cond Expr
}

// Statement is one whole statement.
type Statement interface{ Node }

// Statements.
type (
	// QueryStatement is SELECT, VALUES, WITH.
	QueryStatement struct {
		Pos
		Query *Query
	}
	// Insert is INSERT INTO or INSERT OVERWRITE.
	Insert struct {
		Pos
		Overwrite bool
		Table     []Name
		Columns   []Name
		Options   []Option
		Partition []PartitionValue
		Query     *Query
	}
	// Show is SHOW What [FROM|IN Of] [[NOT] LIKE pattern].
	Show struct {
		Pos
		What string // CATALOGS, DATABASES, TABLES, CURRENT CATALOG, …
		Of   []Name
		Like *Literal
		Not  bool
	}
	// Describe is DESCRIBE or DESC of a table.
	Describe struct {
		Pos
		Table []Name
	}
)

// PartitionValue is column = value in INSERT … PARTITION.
type PartitionValue struct {
	Column Name
	Value  Expr
}

// Query is a query with what stands around its body.
type Query struct {
	Pos
	With          []CTE
	Recursive     bool
	Body          Body
	OrderBy       []OrderItem
	Limit, Offset Expr // nil when absent
}

// CTE is one name of WITH.
type CTE struct {
	Name    Name
	Columns []Name
	List    Pos // of the columns, parentheses included
	Query   *Query
}

// Body is *Select, *Values, *SetOp or, in parentheses, *Query.
type Body interface{ Node }

// Bodies.
type (
	// Select is SELECT … FROM ….
	Select struct {
		Pos
		Distinct bool
		Items    []Item
		From     TableRef // nil when absent
		Where    Expr
		GroupBy  []GroupItem
		Grouped  bool // GROUP BY was written, maybe empty: ()
		Having   Expr
		Windows  map[string]*Window // of the WINDOW clause
		Qualify  Expr
	}
	// Values is VALUES row, row.
	Values struct {
		Pos
		Rows []Expr // a *Row, or a single expression
	}
	// SetOp is UNION, INTERSECT or EXCEPT.
	SetOp struct {
		Pos
		Op   string
		All  bool
		L, R Body
	}
)

// Item is one of the select list.
type Item struct {
	Expr  Expr
	Alias *Name
}

// GroupItem is one item of GROUP BY: Kind is "", "ROLLUP", "CUBE" or
// "GROUPING SETS"; Sets holds one list per item of the latter three.
type GroupItem struct {
	Pos
	Kind string
	Expr Expr
	Sets [][]Expr
}

// Argument is one argument of a table function: a table, a descriptor or an
// expression.
type Argument struct {
	Pos
	Name        string // of name => argument, upper case
	Table       TableRef
	PartitionBy []Expr
	OrderBy     []OrderItem
	Descriptor  []Name
	Expr        Expr
}

// TableRef is *Table, *Derived, *Join, *Function, *Unnest or *Match.
type TableRef interface{ Node }

// Alias names a table of FROM, and maybe its columns.
type Alias struct {
	Name    *Name
	Columns []Name
}

// Tables.
type (
	// Table is a table by name.
	Table struct {
		Pos     // of the name alone
		Whole   Pos
		Parts   []Name
		Options []Option // of /*+ OPTIONS(…) */
		AsOf    Expr     // of FOR SYSTEM_TIME AS OF
		Alias   Alias
	}
	// Derived is a query as a table.
	Derived struct {
		Pos
		Query   *Query
		Alias   Alias
		Lateral bool
	}
	// Function is a table function, with or without TABLE( ) around it.
	Function struct {
		Pos
		Call    Pos // without what is around it
		Name    Name
		Args    []Argument
		Alias   Alias
		Lateral bool
		Wrapped bool
	}
	// Unnest is UNNEST(x) [WITH ORDINALITY].
	Unnest struct {
		Pos
		X          Expr
		Ordinality bool
		Alias      Alias
	}
	// Join is two tables; Kind is CROSS (also the comma), INNER, LEFT, RIGHT or FULL.
	Join struct {
		Pos
		Kind    string
		Comma   bool
		Word    Pos // of JOIN
		Cond    Pos // of ON or USING
		Natural bool
		L, R    TableRef
		On      Expr
		Using   []Name
	}
)
