// Package tabledef is how catalogs, databases, tables and views that statements
// define are stored, and the statements that make them again: what the engines
// share of them.
package tabledef

import "drey/client/flinksql/ast"

// Definition is what is stored of a catalog, a database, a table or a view.
// Types and expressions are texts, read again at every use.
type Definition struct {
	Columns     []Column          `json:"columns,omitempty"`
	Watermark   *Watermark        `json:"watermark,omitempty"`
	Key         []string          `json:"key,omitempty"`
	KeyName     string            `json:"keyName,omitempty"`
	PartitionBy []string          `json:"partitionBy,omitempty"`
	Options     map[string]string `json:"options,omitempty"`
	Comment     string            `json:"comment,omitempty"`
	View        *View             `json:"view,omitempty"`
	By          string            `json:"by,omitempty"` // the run that made it
}

// Column is one column of a table.
type Column struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`
	Computed string `json:"computed,omitempty"`
	Metadata bool   `json:"metadata,omitempty"`
	Key      string `json:"key,omitempty"`
	Virtual  bool   `json:"virtual,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

// Watermark is WATERMARK FOR a column AS an expression.
type Watermark struct {
	Column string `json:"column"`
	Expr   string `json:"expr"`
}

// View is a query and where its names are looked up.
type View struct {
	Query    string   `json:"query"`
	Columns  []string `json:"columns,omitempty"`
	Catalog  string   `json:"catalog"`
	Database string   `json:"database"`
}

func (c Column) sql() string {
	text := ast.Quoted(c.Name) + " " + c.Type
	switch {
	case c.Computed != "":
		text = ast.Quoted(c.Name) + " AS " + c.Computed
	case c.Metadata:
		text += " METADATA"
		if c.Key != "" {
			text += " FROM " + literal(c.Key)
		}
		if c.Virtual {
			text += " VIRTUAL"
		}
	}
	return text + comment(c.Comment)
}
