package catalog

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/statement"
	"drey/views"
)

// Tree is the pane of names. It implements views.View; what it knows is asked
// for when a branch is opened, or by Want.
type Tree struct {
	env    *views.Env
	engine statement.Engine
	box    views.Mailbox
	target Target
	root   *node
	others map[string]branch // of the sessions that are not shown
	rows   []*node           // those that can be seen
	cursor int
	asking int // questions on their way
	layout layout
}

type layout struct {
	width, height, top int
	focused, dirty     bool
	out                string
	drawn              []int // row of each line, -1 for a note
}

// node is a name with what is known below it.
type node struct {
	Name
	path    []string
	below   []*node
	state   state
	asking  bool
	at      time.Time // of the answer
	problem string    // why it failed
	open    bool
}

type state uint8

const (
	unknown state = iota
	known
	failed
)

// LoadedMsg is what was found below a path.
type LoadedMsg struct {
	target Target
	path   []string
	names  []Name
	err    error
}

// New makes a tree that knows nothing yet.
func New(env *views.Env, engine statement.Engine) *Tree {
	t := &Tree{env: env, engine: engine, box: views.Mailbox{Context: env.Context}}
	t.SetTarget(Target{})
	return t
}

// branch is what is known of the names of a session while another is shown.
type branch struct {
	root   *node
	cursor int
}

// SetTarget shows the names of another place. What is known of a session's is there
// when it is shown again; in another environment everything is forgotten.
func (t *Tree) SetTarget(target Target) {
	if t.root != nil && t.target.Environment == target.Environment && t.target.Session == target.Session {
		t.target = target
		return
	}
	t.box.Close()
	switch {
	case t.root == nil || t.target.Environment != target.Environment:
		t.others = map[string]branch{}
	default:
		t.root.giveUp()
		t.others[t.target.Session] = branch{t.root, t.cursor}
	}
	now, known := t.others[target.Session]
	if !known {
		now.root = &node{open: true}
	}
	delete(t.others, target.Session)
	t.target, t.root, t.cursor, t.asking = target, now.root, now.cursor, 0
	t.layout.dirty = true
	t.reshape()
}

// giveUp has what was being asked for asked for again when it is wanted.
func (n *node) giveUp() {
	n.asking = false
	for _, b := range n.below {
		b.giveUp()
	}
}

// Forget forgets the names of a session that is not shown.
func (t *Tree) Forget(session string) { delete(t.others, session) }

// Refresh asks again for what is looked at, and forgets what is known beside
// that, so that it is asked for when it is wanted: names change by DDL.
func (t *Tree) Refresh() tea.Cmd {
	if t.root.state == unknown {
		return nil
	}
	cmds := []tea.Cmd{t.load(t.root)}
	var walk func(n *node)
	walk = func(n *node) {
		for _, b := range n.below {
			if b.open {
				cmds = append(cmds, t.load(b))
				walk(b)
				continue
			}
			b.state, b.below = unknown, nil
		}
	}
	walk(t.root)
	return tea.Batch(cmds...)
}

// Age is how old what is known below path is, 0 when nothing is.
func (t *Tree) Age(path ...string) time.Duration {
	if n := t.find(path); n != nil && n.state == known {
		return t.env.Now().Sub(n.at)
	}
	return 0
}

// Want asks for what is below path unless it is known or on its way.
func (t *Tree) Want(path []string) tea.Cmd {
	n := t.find(path)
	if n == nil {
		for i := range path {
			if up := t.find(path[:i]); up != nil && up.state != known {
				return t.Want(path[:i])
			}
		}
		return nil
	}
	if n.state != unknown || n.asking || len(path) > Table {
		return nil
	}
	return t.load(n)
}

// Names is what is known below path; ready is false until that was answered.
func (t *Tree) Names(path ...string) (names []Name, ready bool) {
	n := t.find(path)
	if n == nil || n.state != known {
		return nil, n != nil && n.state == failed
	}
	for _, b := range n.below {
		names = append(names, b.Name)
	}
	return names, true
}

// Asking says whether an answer is on its way.
func (t *Tree) Asking() bool { return t.asking > 0 }

// lacksScope tells that names live in scopes, and none was chosen.
func (t *Tree) lacksScope() bool {
	_, scoped := t.engine.(statement.Scoper)
	return scoped && t.target.Environment == ""
}

// lacksPool tells that what asks for names needs a pool, and there is none.
func (t *Tree) lacksPool() bool {
	_, pooled := t.engine.(statement.Pooler)
	return pooled && t.target.Pool == ""
}

func (t *Tree) load(n *node) tea.Cmd {
	if t.lacksScope() || t.lacksPool() {
		return nil
	}
	if t.env.Server.ReadOnly == views.NothingAtAll {
		n.state, n.problem = failed, "read-only: names are asked for by statements"
		t.reshape()
		return nil
	}
	n.asking, t.layout.dirty = true, true
	t.asking++
	target, path, engine := t.target, n.path, t.engine
	return t.box.Ask("names "+Join(path), func(ctx context.Context) tea.Msg {
		names, err := ask(ctx, engine, target, path)
		return LoadedMsg{target: target, path: path, names: names, err: err}
	})
}

func (t *Tree) handleLoaded(msg LoadedMsg) {
	n := t.find(msg.path)
	if n == nil || msg.target.Environment != t.target.Environment || msg.target.Session != t.target.Session {
		return
	}
	at := t.selected()
	n.asking = false
	t.asking--
	if msg.err != nil {
		n.state, n.problem = failed, problemText(msg.err)
	} else {
		n.state, n.problem, n.at = known, "", t.env.Now()
		n.take(msg.names)
	}
	t.reshape()
	if i := slices.Index(t.rows, at); i >= 0 {
		t.cursor = i
	}
}

// take puts names below; those that were there keep what is known of them.
func (n *node) take(names []Name) {
	old := n.below
	n.below = make([]*node, 0, len(names))
	for _, name := range names {
		b := &node{path: append(slices.Clone(n.path), name.Name)}
		if i := slices.IndexFunc(old, func(o *node) bool { return o.Name.Name == name.Name }); i >= 0 {
			b = old[i]
		}
		b.Name = name
		n.below = append(n.below, b)
	}
}

// problemText is the first line of an error, which is what there is room for.
func problemText(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer"
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// find is the node at path; names are compared as written.
func (t *Tree) find(path []string) *node {
	n := t.root
	for _, name := range path {
		i := slices.IndexFunc(n.below, func(b *node) bool { return b.Name.Name == name })
		if i < 0 {
			return nil
		}
		n = n.below[i]
	}
	return n
}

func (t *Tree) reshape() {
	t.rows = t.rows[:0]
	var walk func(n *node)
	walk = func(n *node) {
		for _, b := range n.below {
			t.rows = append(t.rows, b)
			if b.open {
				walk(b)
			}
		}
	}
	walk(t.root)
	t.move(0)
}

func (t *Tree) selected() *node {
	if t.cursor < len(t.rows) {
		return t.rows[t.cursor]
	}
	return nil
}

// Selected is the path under the cursor as it stands in a statement, "" for none.
func (t *Tree) Selected() string {
	if n := t.selected(); n != nil {
		if len(n.path) == Column {
			return Quoted(n.Name.Name)
		}
		return Join(n.path)
	}
	return ""
}
