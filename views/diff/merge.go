package diff

import (
	"maps"
	"slices"
)

// Conflict is a value that both sides changed, each to something else.
type Conflict struct {
	Path             Path
	Base, Mine, Live string // as YAML writes it, "" where there is none
	values           [3]found
}

// Hide is the conflict without what secret names.
func (c Conflict) Hide(secret func(Path) bool) Conflict {
	hidden := comparison{secret: secret}
	for i, side := range []*string{&c.Base, &c.Mine, &c.Live} {
		*side = text(hidden.hide(c.Path, c.values[i]))
	}
	return c
}

// Merge puts two changes of one document of Parse together: what mine changed,
// and what live changed meanwhile. Where both changed the same value differently
// mine stands, and the conflict is told.
func Merge(base, mine, live any) (merged any, conflicts []Conflict) {
	m := merge{}
	out := m.value(nil, found{base, true}, found{mine, true}, found{live, true})
	return out.value, m.conflicts
}

type merge struct{ conflicts []Conflict }

func same(a, b found) bool { return a.there == b.there && (!a.there || Equal(a.value, b.value)) }

func (m *merge) value(at Path, base, mine, live found) found {
	switch {
	case same(mine, base):
		return live
	case same(live, base), same(mine, live):
		return mine
	}
	if o, ok := m.objects(at, base, mine, live); ok {
		return o
	}
	if l, ok := m.lists(at, base, mine, live); ok {
		return l
	}
	m.conflicts = append(m.conflicts, Conflict{
		Path: slices.Clone(at), Base: text(base), Mine: text(mine), Live: text(live), values: [3]found{base, mine, live},
	})
	return mine
}

// objects merges by members; ok is false where one of the sides is none.
func (m *merge) objects(at Path, base, mine, live found) (found, bool) {
	b, baseOK := base.value.(map[string]any)
	x, mineOK := mine.value.(map[string]any)
	y, liveOK := live.value.(map[string]any)
	if !mineOK || !liveOK || base.there && !baseOK {
		return found{}, false
	}
	return found{m.members(at, func(name string) string { return name }, b, x, y), true}, true
}

func (m *merge) members(at Path, part func(string) string, base, mine, live map[string]any) map[string]any {
	names := map[string]any{}
	for _, side := range []map[string]any{base, mine, live} {
		maps.Copy(names, side)
	}
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		v := m.value(at.join(part(name)), member(base, name), member(mine, name), member(live, name))
		if v.there {
			out[name] = v.value
		}
	}
	return out
}

// lists merges lists of objects with names by those; ok is false for others.
func (m *merge) lists(at Path, base, mine, live found) (found, bool) {
	b, baseOK := base.value.([]any)
	x, mineOK := mine.value.([]any)
	y, liveOK := live.value.([]any)
	if !mineOK || !liveOK || base.there && !baseOK {
		return found{}, false
	}
	bn, _, baseOK := named(b)
	xn, order, mineOK := named(x)
	yn, added, liveOK := named(y)
	if !baseOK || !mineOK || !liveOK {
		return found{}, false
	}
	merged := m.members(at, func(name string) string { return "[" + name + "]" }, bn, xn, yn)
	for _, name := range added {
		if _, mine := xn[name]; !mine {
			order = append(order, name)
		}
	}
	out := []any{}
	for _, name := range order {
		if item, stays := merged[name]; stays {
			out = append(out, item)
		}
	}
	return found{out, true}, true
}
