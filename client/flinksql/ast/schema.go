package ast

// Statements that define.
type (
	// CreateTable is CREATE TABLE.
	CreateTable struct {
		Pos
		Name                              []Name
		IfNotExists, OrReplace, Temporary bool
		Elements                          Elements
		Comment                           string
		PartitionedBy                     []Name
		Options                           []Option
		Like                              *TableLike
		As                                *Query
	}
	// CreateView is CREATE VIEW and ALTER VIEW … AS. Text is the query as written.
	CreateView struct {
		Pos
		Name                   []Name
		IfNotExists, Temporary bool
		Alter                  bool
		Columns                []Name
		Comment                string
		Query                  *Query
		Text                   string
	}
	// CreateObject is CREATE DATABASE and CREATE CATALOG.
	CreateObject struct {
		Pos
		What        string
		Name        []Name
		IfNotExists bool
		Comment     string
		Options     []Option
	}
	// Drop is DROP of a TABLE, VIEW, DATABASE, CATALOG or FUNCTION.
	Drop struct {
		Pos
		What                string
		Name                []Name
		IfExists, Temporary bool
		Cascade             bool
	}
	// Alter is ALTER of a TABLE, VIEW, DATABASE or CATALOG.
	Alter struct {
		Pos
		What     string
		Name     []Name
		IfExists bool
		Action   string // SET, RESET, RENAME, RENAME COLUMN, ADD, MODIFY, DROP, DROP KEY, DROP WATERMARK
		Options  []Option
		Keys     []string // of RESET
		To       []Name   // of RENAME
		Columns  []Name   // of DROP, and the one of RENAME COLUMN
		Elements Elements // of ADD and MODIFY
	}
	// Explain is EXPLAIN of a statement.
	Explain struct {
		Pos
		Details   []string
		Statement Statement
	}
	// StatementSet is EXECUTE STATEMENT SET BEGIN … END.
	StatementSet struct {
		Pos
		Inserts []*Insert
	}
)

// Elements are what stands in the parentheses of CREATE TABLE.
type Elements struct {
	Columns    []ColumnDef
	Watermark  *WatermarkDef
	PrimaryKey []Name
	KeyName    string
	Enforced   bool
}

// ColumnDef is one column: of a type, computed, or of metadata. Texts are as written.
type ColumnDef struct {
	Pos
	Name     Name
	Type     *Type
	TypeText string
	Expr     Expr
	ExprText string
	Metadata bool
	Key      string // of the metadata; empty: the column's name
	Virtual  bool
	Comment  string
	First    bool  // of ALTER TABLE … ADD
	After    *Name // of ALTER TABLE … ADD
}

// WatermarkDef is WATERMARK FOR a column AS an expression.
type WatermarkDef struct {
	Pos
	Column   []Name
	Expr     Expr
	ExprText string
}

// Option is one 'key' = 'value'.
type Option struct {
	Pos
	Key, Value string
}

// TableLike is LIKE table with its options, such as EXCLUDING ALL.
type TableLike struct {
	Pos
	Table   []Name
	Options [][2]string // INCLUDING, ALL
}
