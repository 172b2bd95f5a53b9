package stream

import (
	"errors"
	"fmt"
	"strings"
)

// SnapshotForm is raised when what operators save changes its form.
const SnapshotForm = 4

// Save gives all that the pipeline remembers: where its sources are, the state
// of its operators, and changes that it gave and nobody has taken yet.
func (p *Pipeline) Save(given []Change) []byte {
	c := &codec{}
	shape := p.shape()
	c.text(&shape)
	p.state(c)
	list(c, &given, c.change)
	return c.buf
}

// Load takes up what Save gave, of a pipeline that was built alike and has not
// begun. The pipeline is of no use after an error.
func (p *Pipeline) Load(b []byte) (given []Change, err error) {
	c := &codec{loading: true, buf: b}
	var shape string
	if c.text(&shape); shape != p.shape() {
		return nil, errors.New("the snapshot is of another plan")
	}
	p.state(c)
	list(c, &given, c.change)
	if c.err == nil && len(c.buf) > 0 {
		c.err = errDamaged
	}
	if c.err != nil {
		return nil, c.err
	}
	return given, p.resumeSources()
}

// resumeSources reads again what was read, where a source cannot begin anywhere.
func (p *Pipeline) resumeSources() error {
	for _, in := range p.inputs {
		if j, ok := in.source.(Jumper); ok && j.Jumps() || in.ended {
			continue
		}
		for i := range in.row {
			_, ok, err := in.source.Row(i)
			if err == nil && !ok {
				err = errors.New("it ended early")
			}
			if err != nil {
				return fmt.Errorf("read an input up to where it was: %w", err)
			}
		}
	}
	return nil
}

// shape tells pipelines apart that cannot share their state.
func (p *Pipeline) shape() string { return strings.Join(p.Describe(), "\n") }

func (p *Pipeline) state(c *codec) {
	c.int64(&p.Clock)
	c.int64(&p.events)
	p.budget.state(c)
	p.expiry.now = p.Clock
	seen := map[stateful]bool{}
	for _, in := range p.inputs {
		c.int64(&in.row)
		c.bool(&in.ended)
		for op := in.next; op != nil; _, op = describe(op) {
			s := remembers(op)
			if s == nil || seen[s] || c.err != nil {
				continue
			}
			seen[s] = true
			s.state(c)
		}
	}
}

// remembers is what keeps the state of an operator; nil: it keeps none.
func remembers(op Op) stateful {
	switch o := op.(type) {
	case *joinSide:
		return o.j
	case *intervalSide:
		return o.j
	case *setSide:
		return o.s
	case *temporalSide:
		return o.t
	}
	s, _ := op.(stateful)
	return s
}
