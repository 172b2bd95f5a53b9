package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind is how a value differs.
type Kind uint8

// The kinds.
const (
	Same Kind = iota
	Changed
	OnlyLeft
	OnlyRight
)

// Entry is a value that is compared: one without members of its own.
type Entry struct {
	Path        Path
	Kind        Kind
	Left, Right string // as YAML writes it, "" where there is none
	Remark      string // is said below the value; "" for nothing
}

// Mask stands for a value that must not be shown.
const Mask = "••••••"

// Compare lists the values of two documents of Parse, in the order of their
// paths. Of those that secret names nothing is shown but whether they differ.
// A list of objects with names is compared by them, another one by its items'
// places after what both have in common.
func Compare(left, right any, secret func(Path) bool) []Entry {
	c := comparison{secret: secret}
	c.compare(nil, found{left, true}, found{right, true})
	return c.entries
}

// Differ counts the entries that are not the same.
func Differ(entries []Entry) int {
	n := 0
	for _, e := range entries {
		if e.Kind != Same {
			n++
		}
	}
	return n
}

type comparison struct {
	secret  func(Path) bool
	entries []Entry
}

// found is a value, or that there is none.
type found struct {
	value any
	there bool
}

func (c *comparison) compare(at Path, left, right found) {
	lo, leftObject := left.value.(map[string]any)
	ro, rightObject := right.value.(map[string]any)
	if (leftObject || !left.there) && (rightObject || !right.there) && len(lo)+len(ro) > 0 && !c.masked(at) {
		c.objects(at, lo, ro)
		return
	}
	ll, leftList := left.value.([]any)
	rl, rightList := right.value.([]any)
	if (leftList || !left.there) && (rightList || !right.there) && len(ll)+len(rl) > 0 && !c.masked(at) {
		c.lists(at, ll, rl)
		return
	}
	c.leaf(at, left, right)
}

func (c *comparison) objects(at Path, left, right map[string]any) {
	all := maps.Clone(left)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, right)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c.compare(at.join(name), member(left, name), member(right, name))
	}
}

func member(o map[string]any, name string) found {
	v, ok := o[name]
	return found{v, ok}
}

func (c *comparison) lists(at Path, left, right []any) {
	ln, lOrder, lOK := named(left)
	rn, rOrder, rOK := named(right)
	if lOK && rOK {
		for _, name := range lOrder {
			c.compare(at.join("["+name+"]"), member(ln, name), member(rn, name))
		}
		for _, name := range rOrder {
			if _, both := ln[name]; !both {
				c.compare(at.join("["+name+"]"), found{}, member(rn, name))
			}
		}
		return
	}
	for i, pair := range aligned(left, right) {
		c.compare(at.join(fmt.Sprintf("[%d]", i)), pair[0], pair[1])
	}
}

// maxAligned is how many items are aligned: the work grows with the product.
const maxAligned = 400

// aligned pairs the items of two lists: what both have in the same order stands
// together, and what stands between is paired by place.
func aligned(left, right []any) [][2]found {
	var pairs [][2]found
	for len(left) > 0 && len(right) > 0 && Equal(left[0], right[0]) {
		pairs = append(pairs, [2]found{{left[0], true}, {right[0], true}})
		left, right = left[1:], right[1:]
	}
	var tail [][2]found
	for len(left) > 0 && len(right) > 0 && Equal(left[len(left)-1], right[len(right)-1]) {
		l, r := len(left)-1, len(right)-1
		tail = append(tail, [2]found{{left[l], true}, {right[r], true}})
		left, right = left[:l], right[:r]
	}
	if len(left) <= maxAligned && len(right) <= maxAligned {
		for _, gap := range gaps(left, right) {
			pairs = append(pairs, gap...)
		}
	} else {
		pairs = append(pairs, byPlace(left, right)...)
	}
	slices.Reverse(tail)
	return append(pairs, tail...)
}

// gaps walks a longest common part of two lists and pairs what lies between.
func gaps(left, right []any) [][][2]found {
	length := make([][]int, len(left)+1)
	for i := range length {
		length[i] = make([]int, len(right)+1)
	}
	for i := len(left) - 1; i >= 0; i-- {
		for j := len(right) - 1; j >= 0; j-- {
			if Equal(left[i], right[j]) {
				length[i][j] = length[i+1][j+1] + 1
				continue
			}
			length[i][j] = max(length[i+1][j], length[i][j+1])
		}
	}
	var out [][][2]found
	i, j, fromI, fromJ := 0, 0, 0, 0
	for i < len(left) && j < len(right) {
		switch {
		case Equal(left[i], right[j]):
			out = append(out, byPlace(left[fromI:i], right[fromJ:j]), [][2]found{{{left[i], true}, {right[j], true}}})
			i, j = i+1, j+1
			fromI, fromJ = i, j
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return append(out, byPlace(left[fromI:], right[fromJ:]))
}

func byPlace(left, right []any) [][2]found {
	pairs := make([][2]found, max(len(left), len(right)))
	for i := range pairs {
		if i < len(left) {
			pairs[i][0] = found{left[i], true}
		}
		if i < len(right) {
			pairs[i][1] = found{right[i], true}
		}
	}
	return pairs
}

func (c *comparison) masked(at Path) bool { return c.secret != nil && len(at) > 0 && c.secret(at) }

func (c *comparison) leaf(at Path, left, right found) {
	e := Entry{Path: slices.Clone(at), Left: text(c.hide(at, left)), Right: text(c.hide(at, right))}
	switch {
	case !left.there:
		e.Kind = OnlyRight
	case !right.there:
		e.Kind = OnlyLeft
	case !Equal(left.value, right.value):
		e.Kind = Changed
	}
	if e.Kind == Changed && e.Left == e.Right {
		e.Right += " (another)" // what differs is hidden
	}
	c.entries = append(c.entries, e)
}

// hide is a value without secrets: one with members can stand beside one without any.
func (c *comparison) hide(at Path, f found) found {
	if c.secret == nil || !f.there {
		return f
	}
	return found{Masked(at, f.value, c.secret), true}
}

// Masked is the value at a path without what secret names; null is no secret.
func Masked(at Path, value any, secret func(Path) bool) any {
	if value != nil && len(at) > 0 && secret(at) {
		return Mask
	}
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = Masked(at.join(name), inner, secret)
		}
		return out
	case []any:
		items, order, isNamed := named(v)
		out := make([]any, len(v))
		for i, inner := range v {
			part := fmt.Sprintf("[%d]", i)
			if isNamed {
				inner, part = items[order[i]], "["+order[i]+"]"
			}
			out[i] = Masked(at.join(part), inner, secret)
		}
		return out
	}
	return value
}

// ValueText is a value in one piece, as Entry has it.
func ValueText(value any) string { return text(found{value, true}) }

// text is a value as YAML writes it in one line; a text of several lines stays
// as it is.
func text(f found) string {
	if !f.there {
		return ""
	}
	switch v := f.value.(type) {
	case nil:
		return "null"
	case string:
		return scalar(v)
	case map[string]any:
		if len(v) == 0 {
			return "{}"
		}
	case []any:
		if len(v) == 0 {
			return "[]"
		}
	}
	raw, err := json.Marshal(f.value)
	if err != nil {
		return fmt.Sprint(f.value)
	}
	return string(raw)
}

// scalar quotes a text that YAML would read as something else.
func scalar(s string) string {
	if strings.Contains(s, "\n") {
		return s
	}
	var v any
	plain := s != "" && strings.TrimSpace(s) == s && json.Unmarshal([]byte(s), &v) != nil
	switch strings.ToLower(s) {
	case "yes", "no", "on", "off", "y", "n", "~":
		plain = false
	}
	if plain {
		return s
	}
	quoted, _ := json.Marshal(s) // a string can be
	return string(quoted)
}
