package parse

import "drey/client/flinksql/ast"

// Names of package ast for those who ask for a statement and little of its tree.
type (
	Pos          = ast.Pos
	Name         = ast.Name
	Type         = ast.Type
	CreateTable  = ast.CreateTable
	CreateView   = ast.CreateView
	CreateObject = ast.CreateObject
	Drop         = ast.Drop
	Alter        = ast.Alter
)

// Quoted is a name in backticks.
func Quoted(name string) string { return ast.Quoted(name) }

// Unsupported is the error for a construct that Flink knows and drey does not.
func Unsupported(pos Pos, what string) *ast.Error { return ast.Unsupported(pos, what) }
