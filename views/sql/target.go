package sql

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
	"drey/views/catalog"
	"drey/views/sql/queries"
)

// target is where a statement would run.
type target struct {
	environment string
	pools       []string
	pool        string
	asked       bool // the pools of environment are known
	wanted      bool // a statement waits for them
}

type poolsMsg struct {
	environment string
	names       []string
	err         error
}

// SetEnvironment says where statements will run; results that are shown stay.
func (v *View) SetEnvironment(name string) tea.Cmd {
	if name == "" {
		return nil // a statement runs in one environment: the last one stays
	}
	v.buffers.Version++
	return v.runIn(name)
}

// runIn makes statements run in an environment.
func (v *View) runIn(name string) tea.Cmd {
	if name == v.target.environment {
		return nil
	}
	v.buffers.RememberEnvironment(name)
	v.target = target{environment: name}
	v.buffer().Resolve(queries.OfInput)
	v.buffer().Resolve(queries.OfPools)
	v.showNames()
	v.layout.dirty = true
	return v.askPools()
}

// showNames has the catalog show what the statements of the buffer see.
func (v *View) showNames() {
	v.tree.SetTarget(catalog.Target{
		Environment: v.target.environment, Pool: v.target.pool, Session: v.buffer().Session(),
	})
}

// endSession lets the session of a buffer go that was closed.
func (v *View) endSession(s *queries.Buffer) tea.Cmd {
	engine, ok := s.Engine.(statement.Sessioner)
	if !ok {
		return nil
	}
	name := s.Session()
	v.tree.Forget(name)
	return v.mail.Ask("session "+name, func(ctx context.Context) tea.Msg {
		return sessionEndedMsg{buffer: s.Name, err: engine.EndSession(ctx, name)}
	})
}

// sessionEndedMsg tells that the session of a closed buffer was let go.
type sessionEndedMsg struct {
	buffer string
	err    error
}

func (v *View) takeSessionEnded(msg sessionEndedMsg) {
	if msg.err != nil && v.env.Server.ReadOnly != views.NothingAtAll {
		v.say("the session of "+msg.buffer+" was not closed, and ends by itself: "+msg.err.Error(), true)
	}
}

// askPools finds the compute pools of the environment; without pools names can be
// asked for at once.
func (v *View) askPools() tea.Cmd {
	env := v.target.environment
	if !v.layout.visible || v.scoped() && env == "" {
		return nil
	}
	pooler, ok := v.engine.(statement.Pooler)
	if !ok {
		return v.updateNames()
	}
	return v.mail.Ask("pools", func(ctx context.Context) tea.Msg {
		names, err := pooler.Pools(ctx, env)
		return poolsMsg{environment: env, names: names, err: err}
	})
}

// scoped says whether statements live in scopes, of which one is chosen.
func (v *View) scoped() bool {
	_, ok := v.engine.(statement.Scoper)
	return ok
}

// scopeWord names a scope of the platform: environment.
func (v *View) scopeWord() string {
	if s, ok := v.engine.(statement.Scoper); ok {
		return s.ScopeWord()
	}
	return "scope"
}

// poolWord names a pool of the platform: compute pool.
func (v *View) poolWord() string {
	if p, ok := v.engine.(statement.Pooler); ok {
		return p.PoolWord()
	}
	return "pool"
}

func (v *View) takePools(msg poolsMsg) tea.Cmd {
	p := &v.target
	if msg.environment != p.environment {
		return nil
	}
	wanted := p.wanted
	p.wanted = false
	if msg.err != nil {
		if wanted {
			v.buffer().Complain(queries.OfPools, msg.err.Error())
		}
		return nil
	}
	p.take(msg.names)
	if p.pool != "" {
		v.buffer().Resolve(queries.OfPools)
	}
	v.showNames()
	if wanted {
		return tea.Batch(v.updateNames(), v.runUnderCursor())
	}
	return v.updateNames()
}

func (p *target) take(names []string) {
	p.asked, p.pools = true, names
	if !slices.Contains(p.pools, p.pool) {
		p.pool = ""
	}
	if p.pool == "" && len(p.pools) > 0 {
		p.pool = p.pools[0]
	}
}

// nextPool takes the next compute pool in turn.
func (p *target) nextPool() {
	if i := slices.Index(p.pools, p.pool); i >= 0 {
		p.pool = p.pools[(i+1)%len(p.pools)]
	}
}
