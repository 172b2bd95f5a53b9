package ast

import "strings"

// Quoted is a name in backticks.
func Quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// Written is an expression as Flink writes it: names quoted, one space between.
// ok is false for what drey does not know how Flink writes.
func Written(e Expr) (text string, ok bool) {
	w := writer{ok: true}
	w.expr(e)
	return w.String(), w.ok
}

type writer struct {
	strings.Builder
	ok bool
}

func (w *writer) write(parts ...string) {
	for _, p := range parts {
		w.WriteString(p)
	}
}

func (w *writer) list(items []Expr) {
	for i, it := range items {
		if i > 0 {
			w.write(", ")
		}
		w.expr(it)
	}
}

func (w *writer) expr(e Expr) {
	switch e := e.(type) {
	case *Ident:
		for i, p := range e.Parts {
			if i > 0 {
				w.write(".")
			}
			w.write(Quoted(p.Text))
		}
	case *Literal:
		w.literal(e)
	case *Interval:
		if e.To != "" || e.Negative {
			w.ok = false
		}
		w.write("INTERVAL '", e.Text, "' ", e.From)
	case *Binary:
		w.operand(e.L)
		w.write(" ", e.Op, " ")
		w.operand(e.R)
	case *Call:
		if e.Distinct || e.Filter != nil || e.Over != nil {
			w.ok = false
		}
		w.write(strings.ToUpper(e.Name))
		if !e.Niladic {
			w.write("(")
			w.list(e.Args)
			w.write(")")
		}
	case *Cast:
		w.cast(e)
	default:
		w.ok = false
	}
}

// operand leaves to a person what needs parentheses.
func (w *writer) operand(e Expr) {
	if _, nested := e.(*Binary); nested {
		w.ok = false
	}
	w.expr(e)
}

func (w *writer) literal(e *Literal) {
	switch e.Kind {
	case Number, Bool, Null:
		w.write(e.Text)
	case Text:
		w.write("'", strings.ReplaceAll(e.Text, "'", "''"), "'")
	case Date, Time, Timestamp:
		w.write(map[LiteralKind]string{Date: "DATE", Time: "TIME", Timestamp: "TIMESTAMP"}[e.Kind], " '", e.Text, "'")
	default:
		w.ok = false
	}
}

func (w *writer) cast(e *Cast) {
	if e.Try || len(e.Type.Fields) > 0 || e.Type.Elem != nil || e.Type.Precision >= 0 {
		w.ok = false
	}
	w.write("CAST(")
	w.expr(e.X)
	w.write(" AS ", e.Type.Name, ")")
}
