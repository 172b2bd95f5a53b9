package stream

import (
	"errors"
	"fmt"
	"strings"

	"drey/server/engine/embedded/sql/state"
)

// SnapshotForm is raised when what operators save changes its form.
const SnapshotForm = 6

// Save gives all that the pipeline remembers: where its sources are, the state
// of its operators, and changes that it gave and nobody has taken yet.
func (p *Pipeline) Save(given []Change) []byte {
	c := state.NewSaver()
	shape := p.shape()
	c.Text(&shape)
	p.state(c)
	state.List(c, &given, func(p *Change) { CarryChange(c, p) })
	return c.Buf
}

// Load takes up what Save gave, of a pipeline that was built alike and has not
// begun. The pipeline is of no use after an error.
func (p *Pipeline) Load(b []byte) (given []Change, err error) {
	c := state.NewLoader(b)
	var shape string
	if c.Text(&shape); shape != p.shape() {
		return nil, errors.New("the snapshot is of another plan")
	}
	p.state(c)
	state.List(c, &given, func(p *Change) { CarryChange(c, p) })
	if c.Err == nil && len(c.Buf) > 0 {
		c.Err = state.ErrDamaged
	}
	if c.Err != nil {
		return nil, c.Err
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

func (p *Pipeline) state(c *state.Codec) {
	c.Int64(&p.Clock)
	c.Int64(&p.events)
	p.budget.State(c)
	p.expiry.now = p.Clock
	seen := map[state.Stateful]bool{}
	for _, in := range p.inputs {
		c.Int64(&in.row)
		c.Bool(&in.ended)
		for op := in.next; op != nil; op = Following(op) {
			s := MemoryOf(op)
			if s == nil || seen[s] || c.Err != nil {
				continue
			}
			seen[s] = true
			s.State(c)
		}
	}
}
