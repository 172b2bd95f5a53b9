package stream

import "fmt"

// Describe tells which operators the rows of each input go through, one line
// for each input.
func (p *Pipeline) Describe() []string {
	var lines []string
	for i, in := range p.inputs {
		line := fmt.Sprintf("input %d: Scan", i+1)
		for op := in.next; op != nil; {
			var name string
			name, op = describe(op)
			line += " -> " + name
		}
		lines = append(lines, line)
	}
	return lines
}

// describe names an operator and gives the one behind it.
func describe(op Op) (string, Op) {
	switch o := op.(type) {
	case *Filter:
		return "Filter", o.Next
	case *Project:
		return fmt.Sprintf("Project(%d columns)", len(o.Columns)), o.Next
	case *Union:
		return "Union", o.Next
	case *Expand:
		return fmt.Sprintf("Expand(%d grouping sets)", len(o.Sets)), o.Next
	case *Limit:
		return fmt.Sprintf("Limit(offset %d, fetch %d)", o.Skip, o.Count), o.Next
	case *Settle:
		return "Settle", o.Next
	case *Aggregate:
		return fmt.Sprintf("GroupAggregate(%d keys, %d aggregates)", len(o.Keys), len(o.Aggs)), o.Next
	case *WindowAggregate:
		return fmt.Sprintf("WindowAggregate(%d keys, %d aggregates)", len(o.Keys), len(o.Aggs)), o.Next
	case *joinSide:
		return o.name(), o.j.Next
	case *setSide:
		return "SetOperation", o.s.Next
	case *Sort:
		return "Sort", o.Next
	case *TopN:
		return fmt.Sprintf("SortLimit(offset %d, fetch %d)", o.Skip, o.Count), o.Next
	}
	return describeMore(op)
}

func describeMore(op Op) (string, Op) {
	switch o := op.(type) {
	case *Watermarks:
		return "WatermarkAssigner", o.Next
	case *Windows:
		return "WindowTableFunction", o.Next
	case *Sessions:
		return "SessionTableFunction", o.Next
	case *WindowRank:
		return fmt.Sprintf("WindowRank(first %d)", o.Limit), o.Next
	case *Rank:
		return fmt.Sprintf("Rank(%d to %d)", o.First, o.Last), o.Next
	case *Deduplicate:
		return "Deduplicate", o.Next
	case *Over:
		return "OverAggregate", o.Next
	case *OverTime:
		return "OverAggregate(by time)", o.Next
	case *OverChanges:
		return "OverAggregate(of changes)", o.Next
	case *Unnest:
		return "Unnest", o.Next
	case *Match:
		return o.Describe(), o.Next
	case *OnTime:
		return "OnTime", o.Next
	case *intervalSide:
		name := "IntervalJoin(left input"
		if o.side == 1 {
			name = "IntervalJoin(right input"
		}
		return fmt.Sprintf("%s, %d keys)", name, len(o.j.KeyTypes)), o.j.Next
	case *TimeSort:
		return "TemporalSort", o.Next
	case *temporalSide:
		return "TemporalJoin", o.t.Next
	}
	return "Sink", nil
}

func (s *joinSide) name() string {
	side := "right"
	if s.isLeft {
		side = "left"
	}
	kind := "Join"
	switch {
	case s.j.Semi:
		kind = "SemiJoin"
	case s.j.Anti:
		kind = "AntiJoin"
	}
	return fmt.Sprintf("%s(%s input, %d keys)", kind, side, len(s.j.KeyTypes))
}
