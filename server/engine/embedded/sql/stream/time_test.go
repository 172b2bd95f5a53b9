package stream_test

import (
	"testing"

	"drey/server/engine/embedded/sql/state"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/stream/streamtest"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func unnest(u stream.Unnest) func(b *stream.Builder, next stream.Op) []stream.Op {
	return func(_ *stream.Builder, next stream.Op) []stream.Op {
		op := u
		op.Of, op.Next = streamtest.Column(1), next
		op.Spread = func(v value.Value) []value.Value { return []value.Value{v} }
		return streamtest.One(&op)
	}
}

func watermarks(_ *stream.Builder, next stream.Op) []stream.Op {
	return streamtest.One(&stream.Watermarks{Time: 1, Expr: streamtest.Column(1), Next: next})
}

func timeSort(b *stream.Builder, next stream.Op) []stream.Op {
	return streamtest.One(&stream.TimeSort{
		Time: 1, Keys: []stream.SortKey{{Column: 2, Type: streamtest.Number}}, Budget: b.Operator("TemporalSort"),
		Next: next,
	})
}

func TestOperatorsInTime(t *testing.T) {
	streamtest.Run(t, []streamtest.Case{
		{Name: "Watermarks", Build: watermarks, In: []string{"+I a 1000", "+I a 1100", "+I a 1201", "+I a 900", "+I a 5000", "end"}, Want: []string{"+I a 1000", "mark 1000", "+I a 1100", "+I a 1201", "mark 1201", "+I a 900", "+I a 5000", "mark 5000", "mark max"}},
		{Name: "Watermarks of a row without time", Build: watermarks, In: []string{"+I a 1", "+I a ~"}, Want: []string{"+I a 1", "mark 1", "fails: RowTime field should not be null, please convert it to a non-null long value."}},
		{Name: "TimeSort", Build: timeSort, In: []string{"+I a 3 1", "+I b 1 2", "+I c 1 1", "mark 1", "+I d 1 9", "+I e 2 5", "mark 2", "end"}, Want: []string{"+I c 1 1", "+I b 1 2", "mark 1", "+I e 2 5", "mark 2", "+I a 3 1"}},
		{Name: "Unnest", Build: unnest(stream.Unnest{Width: 1}), In: []string{"+I a [x,y]", "+I b []", "+I c ~", "-D a [x,y]", "mark 7"}, Want: []string{"+I a 2 items x", "+I a 2 items y", "-D a 2 items x", "-D a 2 items y", "mark 7"}},
		{Name: "Unnest of rows without elements", Build: unnest(stream.Unnest{Width: 2, Outer: true, Ordinality: true}), In: []string{"+I a [x,y]", "+I b []", "+I c ~"}, Want: []string{"+I a 2 items x 1", "+I a 2 items y 2", "+I b 0 items ~ ~", "+I c ~ ~ ~"}},
		{Name: "Filter and its watermarks", Build: func(_ *stream.Builder, next stream.Op) []stream.Op {
			return streamtest.One(&stream.Filter{Cond: streamtest.Less(0, 1), Next: &stream.Project{
				Columns: nil, Next: &stream.Limit{Count: 5, Next: next},
			}})
		}, In: []string{"+I 1 2", "mark 4", "+I 2 1"}, Want: []string{"+I", "mark 4"}},
	})
}

// source gives rows that are due one after the other.
type source struct {
	rows []value.Row
	step int64
}

func (s *source) Row(i int64) (value.Row, bool, error) {
	if i >= int64(len(s.rows)) {
		return nil, false, nil
	}
	return s.rows[i], true, nil
}

func (s *source) Due(i int64) int64 { return i * s.step }

func (s *source) Jumps() bool { return s.step > 0 }

// pipeline sorts the rows of two sources together.
func pipeline(out stream.Op) *stream.Pipeline {
	b := stream.NewBuilder()
	u := &stream.Union{Inputs: 2, Next: &stream.Sort{
		Keys: []stream.SortKey{{Column: 0, Type: streamtest.Number}}, Budget: b.Operator("Sort"), Next: out,
	}}
	b.Input(&source{rows: []value.Row{streamtest.Row(int64(5)), streamtest.Row(int64(1))}, step: 10}, u)
	b.Input(&source{rows: []value.Row{streamtest.Row(int64(4)), streamtest.Row(int64(2)), streamtest.Row(int64(3))}}, u)
	return b.Pipeline()
}

func TestAPipelineGoesOnInAnother(t *testing.T) {
	want := &streamtest.Sink{}
	p := pipeline(want)
	// the ends of the sources count
	if took, err := p.Step(100, 50); err != nil || took != 7 || !p.Done() || p.Events() != 5 {
		t.Fatalf("took %d, %v, done %v, %d events", took, err, p.Done(), p.Events())
	}
	for until := range 6 {
		first, second := &streamtest.Sink{}, &streamtest.Sink{}
		p := pipeline(first)
		if _, err := p.Step(100, until); err != nil {
			t.Fatal(err)
		}
		saved := p.Save([]stream.Change{{Row: streamtest.Row(int64(9))}})
		q := pipeline(second)
		given, err := q.Load(saved)
		if err != nil || len(given) != 1 || given[0].Row[0].I != 9 {
			t.Fatalf("after %d: got %v, %v", until, given, err)
		}
		if _, err := q.Step(100, 50); err != nil {
			t.Fatal(err)
		}
		if got := append(first.List, second.List...); len(got) != 5 || got[0] != want.List[0] ||
			got[4] != want.List[4] {
			t.Errorf("after %d: got %v, want %v", until, got, want.List)
		}
		for _, broken := range [][]byte{
			nil, saved[:len(saved)-2], append([]byte("x"), saved...), append(saved[:len(saved):len(saved)], 1),
		} {
			if _, err := pipeline(&streamtest.Sink{}).Load(broken); err == nil {
				t.Errorf("after %d: a snapshot of %d bytes that is damaged is taken", until, len(broken))
			}
		}
	}
}

func TestAPipelineWaitsForItsSources(t *testing.T) {
	p := pipeline(&streamtest.Sink{})
	if took, err := p.Step(5, 50); err != nil || took != 5 { // the second of the first source is due at 10
		t.Errorf("took %d, %v, want 5", took, err)
	}
	if due, ok := p.Next(); !ok || due != 10 {
		t.Errorf("next is due at %d, %v, want 10", due, ok)
	}
	if got := p.Describe(); len(got) != 2 || got[0] != "input 1: Scan -> Union -> Sort -> Sink" {
		t.Errorf("got %q", got)
	}
	if e := p.Ended(); !e.Done() || e.Events() != p.Events() {
		t.Error("a pipeline that has done as much is not done")
	}
}

func TestRowsThatAreTooLargeAreRefused(t *testing.T) {
	b := &stream.Builder{Budget: &state.Budget{Most: 2}}
	op := &stream.Sort{
		Keys: []stream.SortKey{{Type: types.Of(types.Bigint)}}, Budget: b.Operator("Sort"), Next: &streamtest.Sink{},
	}
	var err error
	for i := range int64(3) {
		err = op.Push(stream.Change{Row: streamtest.Row(i)})
	}
	if err == nil {
		t.Error("a third row is remembered, where two may be")
	}
}
