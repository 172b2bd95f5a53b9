package aggregates

import (
	"slices"
	"strings"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/value"
)

// jsonItems is JSON_ARRAYAGG of JSON texts.
type jsonItems struct {
	items  []string
	size   int64
	budget *state.Budget
}

func (j *jsonItems) Add(v value.Value) error {
	n := int64(len(v.S) + 17)
	if j.size += n; j.size > memory.MaxValue {
		return expr.TooLarge("JSON_ARRAYAGG", j.size)
	}
	j.items = append(j.items, v.S)
	return j.budget.Grow(n)
}

func (j *jsonItems) Retract(v value.Value) error {
	if i := slices.Index(j.items, v.S); i >= 0 {
		j.items = slices.Delete(j.items, i, i+1)
		n := int64(len(v.S) + 17)
		j.size -= n
		return j.budget.Grow(-n)
	}
	return nil
}

func (j *jsonItems) Held() int64 { return j.size }

func (j *jsonItems) Result() (value.Value, error) {
	return value.Text("[" + strings.Join(j.items, ",") + "]"), nil
}

func (j *jsonItems) State(c *state.Codec) {
	c.Int64(&j.size)
	state.List(c, &j.items, c.Text)
}

// jsonMembers is JSON_OBJECTAGG of keys and JSON texts, in the order of the keys.
type jsonMembers struct {
	seen   map[string]string
	size   int64
	budget *state.Budget
}

func (j *jsonMembers) Add(v value.Value) error {
	key, text := v.Items()[0].S, v.Items()[1].S
	if _, ok := j.seen[key]; ok {
		return &sqlerr.Failure{
			Class: "org.apache.flink.table.api.TableRuntimeException",
			Message: "Key '" + key +
				"' is already present. Duplicate keys are not allowed in JSON_OBJECTAGG. Please ensure that keys are unique.",
		}
	}
	n := int64(len(key) + len(text) + state.EntryBytes)
	if j.size += n; j.size > 4*memory.MaxValue {
		return expr.TooLarge("JSON_OBJECTAGG", j.size)
	}
	j.seen[key] = text
	return j.budget.Grow(n)
}

func (j *jsonMembers) Retract(v value.Value) error {
	key := v.Items()[0].S
	if text, ok := j.seen[key]; ok {
		n := int64(len(key) + len(text) + state.EntryBytes)
		delete(j.seen, key)
		j.size -= n
		return j.budget.Grow(-n)
	}
	return nil
}

func (j *jsonMembers) Held() int64 { return j.size }

func (j *jsonMembers) Result() (value.Value, error) {
	keys := make([]string, 0, len(j.seen))
	for key := range j.seen {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for i, key := range keys {
		keys[i] = JSONText(key) + ":" + j.seen[key]
	}
	return value.Text("{" + strings.Join(keys, ",") + "}"), nil
}

func (j *jsonMembers) State(c *state.Codec) {
	c.Int64(&j.size)
	state.Table(c, &j.seen, c.Text)
}
