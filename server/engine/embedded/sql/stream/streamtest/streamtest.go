// Package streamtest runs operators on changes that are written as texts.
package streamtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/functions/aggregates"
	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Case is what an operator makes of changes. A change is written as "+I a 1":
// texts and numbers, ~ for NULL; "r" before it sends it to the right input,
// "mark 5" is a watermark, "at 5" the time of the sources, and "end" ends an input.
type Case struct {
	Name  string
	Build func(b *stream.Builder, next stream.Op) []stream.Op // its inputs
	In    []string
	Want  []string // an error that ends it is the last: "fails: …"
}

// Run runs each case in one go, and once more for each of its steps, after which
// another operator goes on with what the first one remembered.
func Run(t *testing.T, cases []Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			for pause := -1; pause < len(c.In); pause++ {
				if got := c.Changes(t, pause); !slices.Equal(got, c.Want) {
					t.Errorf(
						"paused after %d: got\n%s\nwant\n%s", pause, strings.Join(got, "\n"),
						strings.Join(c.Want, "\n"),
					)
				}
			}
		})
	}
}

// Changes are what comes of the changes of a case; after pause of them another
// operator goes on, and none does after -1.
func (c Case) Changes(t *testing.T, pause int) []string {
	t.Helper()
	r := &running{c: c, t: t, out: &Sink{}, ended: map[int]bool{}}
	r.build()
	var failed error
	for i, text := range c.In {
		if i == pause {
			r.resume(i)
		}
		if failed = r.step(text); failed != nil {
			break
		}
	}
	for i, input := range r.inputs {
		if failed == nil && !r.ended[i] {
			failed = input.Finish()
		}
	}
	if failed != nil {
		return append(r.out.List, "fails: "+failed.Error())
	}
	if r.out.Ended != 1 {
		t.Errorf("%s: told its end %d times, want once", c.Name, r.out.Ended)
	}
	return r.out.List
}

// running is an operator at work.
type running struct {
	c       Case
	t       *testing.T
	builder *stream.Builder
	inputs  []stream.Op
	out     *Sink
	ended   map[int]bool
}

func (r *running) build() {
	r.builder = stream.NewBuilder()
	r.inputs = r.c.Build(r.builder, r.out)
}

// resume goes on in an operator that was just built.
func (r *running) resume(at int) {
	r.t.Helper()
	saved := state.NewSaver()
	Carry(saved, r.builder, r.inputs)
	now := r.builder.Expiry
	r.build()
	r.builder.Expiry = now
	loaded := state.NewLoader(saved.Buf)
	if Carry(loaded, r.builder, r.inputs); loaded.Err != nil || len(loaded.Buf) > 0 {
		r.t.Fatalf(
			"%s: what was remembered after %d changes cannot be read: %v, %d bytes are left", r.c.Name, at, loaded.Err,
			len(loaded.Buf),
		)
	}
}

func (r *running) step(text string) error {
	r.t.Helper()
	words := strings.Fields(text)
	side := 0
	if words[0] == "r" {
		side, words = 1, words[1:]
	}
	switch words[0] {
	case "end":
		r.ended[side] = true
		return r.inputs[side].Finish()
	case "mark":
		return stream.PassMark(r.inputs[side], number(r.t, words[1]))
	case "at":
		r.builder.Expiry.Set(number(r.t, words[1]))
		return nil
	}
	return r.inputs[side].Push(Change(r.t, words))
}

func number(t *testing.T, word string) int64 {
	t.Helper()
	if word == "max" {
		return stream.MaxWatermark
	}
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Carry saves or loads what operators remember, in the order of a pipeline.
func Carry(c *state.Codec, b *stream.Builder, inputs []stream.Op) {
	b.Budget.State(c)
	seen := map[state.Stateful]bool{}
	for _, op := range inputs {
		for ; op != nil; op = stream.Following(op) {
			if s := stream.MemoryOf(op); s != nil && !seen[s] {
				seen[s] = true
				s.State(c)
			}
		}
	}
}

var ops = map[string]cmf.Op{"+I": cmf.OpInsert, "-U": cmf.OpUpdateBefore, "+U": cmf.OpUpdateAfter, "-D": cmf.OpDelete}

// Change reads a change: "+I a 1" in words.
func Change(t *testing.T, words []string) stream.Change {
	t.Helper()
	op, ok := ops[words[0]]
	if !ok {
		t.Fatalf("no change: %q", words)
	}
	c := stream.Change{Op: op}
	for _, word := range words[1:] {
		n, err := strconv.ParseInt(word, 10, 64)
		switch {
		case word == "~":
			c.Row = append(c.Row, value.NULL)
		case err == nil:
			c.Row = append(c.Row, value.Int(n))
		case strings.HasPrefix(word, "["):
			c.Row = append(c.Row, list(strings.Trim(word, "[]")))
		default:
			c.Row = append(c.Row, value.Text(word))
		}
	}
	return c
}

// list reads "a,b" as a list of texts.
func list(text string) value.Value {
	items := []value.Value{}
	for _, item := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' }) {
		items = append(items, value.Text(item))
	}
	return value.List(items)
}

// Sink is the last operator: what came of an input.
type Sink struct {
	List  []string
	Ended int
}

// Push implements stream.Op.
func (o *Sink) Push(c stream.Change) error {
	text := ""
	for name, op := range ops {
		if op == c.Op {
			text = name
		}
	}
	for _, v := range c.Row {
		items, isList := v.R.([]value.Value)
		switch {
		case !v.Valid:
			text += " ~"
		case isList:
			text += fmt.Sprint(" ", len(items), " items")
		case v.S != "":
			text += " " + v.S
		default:
			text += fmt.Sprint(" ", v.I)
		}
	}
	o.List = append(o.List, text)
	return nil
}

// Mark implements stream.Marker.
func (o *Sink) Mark(w int64) error {
	text := fmt.Sprint("mark ", w)
	if w == stream.MaxWatermark {
		text = "mark max"
	}
	o.List = append(o.List, text)
	return nil
}

// Finish implements stream.Op.
func (o *Sink) Finish() error { o.Ended++; return nil }

// Types of the columns of rows.
var (
	Text   = types.String.Null(true)
	Number = types.Of(types.Bigint).Null(true)
)

// Column is what is in a column of a row.
func Column(i int) expr.Fn {
	return func(row value.Row) (value.Value, error) { return row[i], nil }
}

// Agg is an aggregate of a column of numbers.
func Agg(name string, column int, result types.Type) *expr.Agg {
	return &expr.Agg{
		Of:       aggregates.Named(name),
		AggInput: expr.AggInput{Arg: &expr.Expr{Type: Number, Eval: Column(column), Column: column}}, Type: result,
	}
}

// By orders by an expression.
func By(column int, desc bool) stream.RankKey {
	return stream.RankKey{Fn: Column(column), SortKey: stream.SortKey{Type: Number, Desc: desc, NullsFirst: !desc}}
}

// One is the only input of an operator.
func One(op stream.Op) []stream.Op { return []stream.Op{op} }

// Less says whether a number is less than another; NULL where one is.
func Less(a, b int) expr.Fn {
	return func(row value.Row) (value.Value, error) {
		if !row[a].Valid || !row[b].Valid {
			return value.NULL, nil
		}
		return value.Bool(row[a].I < row[b].I), nil
	}
}

// Row is a row of texts and numbers.
func Row(cells ...any) value.Row {
	row := make(value.Row, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case string:
			row[i] = value.Text(c)
		case int64:
			row[i] = value.Int(c)
		}
	}
	return row
}
