package aggregates

import (
	"strings"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

// ordered is FIRST_VALUE and LAST_VALUE of an input that only inserts.
type ordered struct {
	last   bool
	v      value.Value
	budget *state.Budget
}

func (o *ordered) Add(v value.Value) error {
	if o.last || !o.v.Valid {
		return replace(o.budget, &o.v, v)
	}
	return nil
}

func (o *ordered) Held() int64 { return o.v.Size() - value.NULL.Size() }

func (o *ordered) Retract(value.Value) error { return nil }

func (o *ordered) Result() (value.Value, error) { return o.v, nil }

// lister is LISTAGG.
type lister struct {
	sep      string
	text     strings.Builder
	any      bool
	retracts bool
	parts    []string
	size     int64
	budget   *state.Budget
}

func (l *lister) Add(v value.Value) error {
	n := int64(len(l.sep) + len(v.S))
	if l.retracts {
		l.parts = append(l.parts, v.S)
		n += 16
	}
	if l.size += n; l.size > memory.MaxValue {
		return expr.TooLarge("LISTAGG", l.size)
	}
	if err := l.budget.Grow(n); err != nil || l.retracts {
		return err
	}
	if l.any {
		l.text.WriteString(l.sep)
	}
	l.text.WriteString(v.S)
	l.any = true
	return nil
}

func (l *lister) Retract(v value.Value) error {
	for i, p := range l.parts {
		if p == v.S {
			l.parts = append(l.parts[:i], l.parts[i+1:]...)
			n := int64(len(l.sep) + len(p) + 16)
			l.size -= n
			_ = l.budget.Grow(-n)
			return nil
		}
	}
	return nil
}

func (l *lister) Result() (value.Value, error) {
	if l.retracts {
		if len(l.parts) == 0 {
			return value.NULL, nil
		}
		return value.Text(strings.Join(l.parts, l.sep)), nil
	}
	if !l.any {
		return value.NULL, nil
	}
	return value.Text(l.text.String()), nil
}

func (l *lister) Held() int64 { return l.size }

// collector is ARRAY_AGG.
type collector struct {
	items  []value.Value
	size   int64
	budget *state.Budget
}

func (c *collector) Add(v value.Value) error {
	if !v.Valid {
		return sqlerr.RefuseRow("ARRAY_AGG of NULL")
	}
	n := v.Size()
	if c.size += n; c.size > memory.MaxValue {
		return expr.TooLarge("ARRAY_AGG", c.size)
	}
	c.items = append(c.items, v)
	return c.budget.Grow(n)
}

func (c *collector) Retract(value.Value) error {
	return sqlerr.RefuseRow("ARRAY_AGG of a changing input")
}

func (c *collector) Held() int64 { return c.size }

func (c *collector) Result() (value.Value, error) {
	if len(c.items) == 0 {
		return value.NULL, nil
	}
	return value.List(c.items[:len(c.items):len(c.items)]), nil
}

// single is the only value of a query as a value.
type single struct {
	v      value.Value
	n      int
	budget *state.Budget
}

func (s *single) Add(v value.Value) error {
	if s.n++; s.n > 1 {
		return &sqlerr.Failure{
			Class: "java.lang.RuntimeException", Message: "SingleValueAggFunction received more than one element.",
		}
	}
	return replace(s.budget, &s.v, v)
}

func (s *single) Retract(value.Value) error {
	if s.n--; s.n == 0 {
		return replace(s.budget, &s.v, value.NULL)
	}
	return nil
}

func (s *single) Result() (value.Value, error) { return s.v, nil }

func (o *ordered) State(c *state.Codec) { c.Value(&o.v) }

func (l *lister) State(c *state.Codec) {
	text := l.text.String()
	c.Text(&text)
	c.Bool(&l.any)
	c.Int64(&l.size)
	state.List(c, &l.parts, c.Text)
	if c.Loading {
		l.text.Reset()
		l.text.WriteString(text)
	}
}

func (c *collector) State(k *state.Codec) {
	k.Int64(&c.size)
	state.List(k, &c.items, k.Value)
}

func (s *single) State(c *state.Codec) {
	c.Value(&s.v)
	c.Int(&s.n)
}
