package stream

import (
	"math"
	"slices"
	"strings"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
)

// jsonItems is JSON_ARRAYAGG of JSON texts.
type jsonItems struct {
	items  []string
	size   int64
	budget *Budget
}

func (j *jsonItems) add(v value.Value) error {
	n := int64(len(v.S) + 17)
	if j.size += n; j.size > memory.MaxValue {
		return expr.TooLarge("JSON_ARRAYAGG", j.size)
	}
	j.items = append(j.items, v.S)
	return j.budget.Grow(n)
}

func (j *jsonItems) retract(v value.Value) error {
	if i := slices.Index(j.items, v.S); i >= 0 {
		j.items = slices.Delete(j.items, i, i+1)
		n := int64(len(v.S) + 17)
		j.size -= n
		return j.budget.Grow(-n)
	}
	return nil
}

func (j *jsonItems) held() int64 { return j.size }

func (j *jsonItems) result() (value.Value, error) {
	return value.Text("[" + strings.Join(j.items, ",") + "]"), nil
}

func (j *jsonItems) state(c *codec) {
	c.int64(&j.size)
	list(c, &j.items, c.text)
}

// jsonMembers is JSON_OBJECTAGG of keys and JSON texts, in the order of the keys.
type jsonMembers struct {
	seen   map[string]string
	size   int64
	budget *Budget
}

func (j *jsonMembers) add(v value.Value) error {
	key, text := v.Items()[0].S, v.Items()[1].S
	if _, ok := j.seen[key]; ok {
		return &sqlerr.Failure{
			Class:   "org.apache.flink.table.api.TableRuntimeException",
			Message: "Key '" + key + "' is already present. Duplicate keys are not allowed in JSON_OBJECTAGG. Please ensure that keys are unique.",
		}
	}
	n := int64(len(key) + len(text) + entryBytes)
	if j.size += n; j.size > 4*memory.MaxValue {
		return expr.TooLarge("JSON_OBJECTAGG", j.size)
	}
	j.seen[key] = text
	return j.budget.Grow(n)
}

func (j *jsonMembers) retract(v value.Value) error {
	key := v.Items()[0].S
	if text, ok := j.seen[key]; ok {
		n := int64(len(key) + len(text) + entryBytes)
		delete(j.seen, key)
		j.size -= n
		return j.budget.Grow(-n)
	}
	return nil
}

func (j *jsonMembers) held() int64 { return j.size }

func (j *jsonMembers) result() (value.Value, error) {
	keys := make([]string, 0, len(j.seen))
	for key := range j.seen {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		keys[i] = expr.JSONText(key) + ":" + j.seen[key]
	}
	return value.Text("{" + strings.Join(keys, ",") + "}"), nil
}

func (j *jsonMembers) state(c *codec) {
	c.int64(&j.size)
	table(c, &j.seen, c.text)
}

// percentile is PERCENTILE: between two values it lies on a line.
type percentile struct {
	shares []float64
	list   bool
	values []float64 // sorted
	budget *Budget
}

func (p *percentile) add(v value.Value) error {
	at, _ := slices.BinarySearch(p.values, v.F())
	p.values = slices.Insert(p.values, at, v.F())
	return p.budget.Grow(8)
}

func (p *percentile) retract(v value.Value) error {
	if at, ok := slices.BinarySearch(p.values, v.F()); ok {
		p.values = slices.Delete(p.values, at, at+1)
		return p.budget.Grow(-8)
	}
	return nil
}

func (p *percentile) result() (value.Value, error) {
	if len(p.values) == 0 {
		return value.NULL, nil
	}
	items := make([]value.Value, len(p.shares))
	for i, share := range p.shares {
		at := share * float64(len(p.values)-1)
		low, high := math.Floor(at), math.Ceil(at)
		f := p.values[int(low)]
		if low != high {
			f = (high-at)*f + (at-low)*p.values[int(high)]
		}
		items[i] = value.Float(f)
	}
	if p.list {
		return value.List(items), nil
	}
	return items[0], nil
}

func (p *percentile) held() int64 { return 8 * int64(len(p.values)) }

func (p *percentile) state(c *codec) {
	list(c, &p.values, c.float)
}
