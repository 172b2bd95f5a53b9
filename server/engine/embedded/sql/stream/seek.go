package stream

// Jumper is a Source that gives any row at once.
type Jumper interface {
	Source
	// Jumps says whether it really does.
	Jumps() bool
}

// End is the last operator of a pipeline.
type End interface{ End() }

// Seekable says whether the pipeline remembers nothing of the rows that went
// through, and its sources can begin anywhere: then it can go on where another
// process was without computing again what that had computed.
func (p *Pipeline) Seekable() bool {
	for _, in := range p.inputs {
		if j, ok := in.source.(Jumper); !ok || !j.Jumps() {
			return false
		}
		for op := in.next; ; {
			if _, end := op.(End); end {
				break
			}
			next := forgetful(op)
			if next == nil {
				return false
			}
			op = next
		}
	}
	return true
}

// forgetful gives what is behind an operator that remembers nothing; nil for
// any other.
func forgetful(op Op) Op {
	switch o := op.(type) {
	case *Filter:
		return o.Next
	case *Project:
		return o.Next
	case *Union:
		return o.Next
	case *Expand:
		return o.Next
	case *Unnest:
		return o.Next
	case *Windows:
		return o.Next
	case *Watermarks:
		return o.Next
	}
	return nil
}

// Positions are how many rows were taken from each source.
func (p *Pipeline) Positions() []int64 {
	rows := make([]int64, len(p.inputs))
	for i, in := range p.inputs {
		rows[i] = in.row
	}
	return rows
}

// Seek goes on behind these rows.
func (p *Pipeline) Seek(rows []int64, clock int64) bool {
	if len(rows) != len(p.inputs) {
		return false
	}
	p.events, p.Clock = 0, clock
	for i, in := range p.inputs {
		in.row = rows[i]
		p.events += rows[i]
	}
	return true
}
