package stream

import (
	"strings"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/value"
)

// ordered is FIRST_VALUE and LAST_VALUE of an input that only inserts.
type ordered struct {
	last bool
	v    value.Value
}

func (o *ordered) add(v value.Value) error {
	if o.last || !o.v.Valid {
		o.v = v
	}
	return nil
}

func (o *ordered) retract(value.Value) error { return nil }

func (o *ordered) result() (value.Value, error) { return o.v, nil }

// lister is LISTAGG.
type lister struct {
	sep      string
	text     string
	any      bool
	retracts bool
	parts    []string
}

func (l *lister) add(v value.Value) error {
	if l.retracts {
		l.parts = append(l.parts, v.S)
		return nil
	}
	if l.any {
		l.text += l.sep
	}
	l.text, l.any = l.text+v.S, true
	return nil
}

func (l *lister) retract(v value.Value) error {
	for i, p := range l.parts {
		if p == v.S {
			l.parts = append(l.parts[:i], l.parts[i+1:]...)
			return nil
		}
	}
	return nil
}

func (l *lister) result() (value.Value, error) {
	if l.retracts {
		if len(l.parts) == 0 {
			return value.NULL, nil
		}
		return value.Text(strings.Join(l.parts, l.sep)), nil
	}
	if !l.any {
		return value.NULL, nil
	}
	return value.Text(l.text), nil
}

// collector is ARRAY_AGG.
type collector struct {
	items  []value.Value
	budget *Budget
}

func (c *collector) add(v value.Value) error {
	if !v.Valid {
		return &expr.Failure{Class: "java.lang.UnsupportedOperationException", Message: "not supported by the embedded engine: ARRAY_AGG of NULL"}
	}
	c.items = append(c.items, v)
	return c.budget.Take(value.Row{v})
}

func (c *collector) retract(value.Value) error {
	return &expr.Failure{Class: "java.lang.UnsupportedOperationException", Message: "not supported by the embedded engine: ARRAY_AGG of a changing input"}
}

func (c *collector) result() (value.Value, error) {
	if len(c.items) == 0 {
		return value.NULL, nil
	}
	return value.List(c.items[:len(c.items):len(c.items)]), nil
}

// single is the only value of a query as a value.
type single struct {
	v value.Value
	n int
}

func (s *single) add(v value.Value) error {
	if s.n++; s.n > 1 {
		return &expr.Failure{Class: "java.lang.RuntimeException", Message: "SingleValueAggFunction received more than one element."}
	}
	s.v = v
	return nil
}

func (s *single) retract(value.Value) error {
	if s.n--; s.n == 0 {
		s.v = value.NULL
	}
	return nil
}

func (s *single) result() (value.Value, error) { return s.v, nil }
