// Package sql is the tab in which statements are written and run: an editor
// over the results of one statement, which goes on when the tab is left.
package sql

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/cmf"
	"drey/views"
	"drey/views/catalog"
	"drey/views/grid"
)

// Drafts keeps what was typed, beyond the end of the program. Both are called
// off the loop, and Save once more when the view is closed.
type Drafts interface {
	Load(name string) (text string, err error)
	Save(name, text string) error
}

// Welcome is the text of an editor that was never used.
const Welcome = `-- F5 or alt-enter runs the statement under the cursor, esc leaves the editor.
SELECT customer_id, COUNT(*) AS orders, SUM(price) AS spent
FROM examples.marketplace.orders
GROUP BY customer_id;

SHOW TABLES IN examples.marketplace;
`

const draftName = "editor.sql"

// View is the SQL tab.
type View struct {
	env     *views.Env
	mail    views.Mailbox
	drafts  Drafts
	size    struct{ width, height int }
	focused bool
	visible bool

	environment string
	pools       []string
	pool        string
	asked       bool // the pools of environment are known
	wanted      bool // a statement waits for them
	settings    settings

	editor     editor
	completion completion
	tree       *catalog.Tree

	loaded  bool
	saved   uint64 // version of the buffer that is on disk
	message message

	run     *run
	results results
	pane    pane
	picture string
	dirty   bool
}

type pane int

const (
	inEditor pane = iota
	inResults
	inTree
)

// message is the line between editor and results.
type message struct {
	text string
	bad  bool
}

// New makes the tab; drafts may be nil.
func New(env *views.Env, drafts Drafts) *View {
	v := &View{env: env, drafts: drafts, mail: views.Mailbox{Context: env.Context}, dirty: true}
	v.editor.buffer = newBuffer("")
	v.tree = catalog.New(env)
	v.results.grid = grid.New(nil, env.Theme)
	v.settings.reset()
	return v
}

// Title names the tab.
func (v *View) Title() string { return "SQL" }

// Init brings back the draft.
func (v *View) Init() tea.Cmd {
	drafts := v.drafts
	if drafts == nil {
		v.takeDraft(draftMsg{})
		return nil
	}
	return v.mail.Ask("draft", func(ctx contextT) tea.Msg {
		text, err := drafts.Load(draftName)
		return draftMsg{text: text, err: err}
	})
}

// Accept takes the answers to the view's own questions.
func (v *View) Accept(a views.Answer) bool { return v.mail.Accept(a) || v.tree.Accept(a) }

// Close saves the draft. Statements go on.
func (v *View) Close() {
	if v.loaded && v.drafts != nil && v.saved != v.editor.buffer.version {
		_ = v.drafts.Save(draftName, v.editor.buffer.text())
		v.saved = v.editor.buffer.version
	}
	v.mail.Close()
	v.tree.Close()
}

// Typing is true while the editor takes the keys.
func (v *View) Typing() bool { return v.pane == inEditor || v.results.filtering }

// Crumb names the statement whose results are shown.
func (v *View) Crumb() string {
	if v.run == nil {
		return ""
	}
	return v.run.name
}

// SetFocus draws the pane with the keys as such.
func (v *View) SetFocus(focused bool) {
	v.focused = focused
	v.refocus()
}

func (v *View) refocus() {
	v.results.grid.SetFocus(v.focused && v.pane == inResults)
	v.tree.SetFocus(v.focused && v.pane == inTree)
	v.dirty = true
}

// SetVisible goes on fetching when the tab is seen again.
func (v *View) SetVisible(visible bool) tea.Cmd {
	v.visible = visible
	if !visible {
		return v.save()
	}
	return tea.Batch(v.fetch(), v.askPools())
}

// SetEnvironment says where statements will run; results that are shown stay.
func (v *View) SetEnvironment(name string) tea.Cmd {
	if name == v.environment {
		return nil
	}
	v.environment, v.pools, v.pool = name, nil, ""
	v.asked, v.wanted = false, false
	v.tree.SetPlace(catalog.Place{Environment: name})
	v.dirty = true
	return v.askPools()
}

// Freshness is that of the statement that is followed, nothing once it ended.
func (v *View) Freshness() views.Freshness {
	if v.run == nil || !v.run.alive() {
		return views.Freshness{}
	}
	return views.Freshness{At: v.run.observed, Every: v.run.every(), Err: v.run.lost}
}

// Refresh asks for everything again.
func (v *View) Refresh() tea.Cmd {
	return tea.Batch(v.askPools(), v.observe(), v.fetch(), v.tree.Refresh(), v.lookAtTree())
}

// Escape leaves the editor for the results, or a filter.
func (v *View) Escape() bool {
	switch {
	case v.results.escape():
	case v.pane == inEditor, v.pane == inTree:
		v.pane = inResults
		v.refocus()
	default:
		return false
	}
	v.dirty = true
	return true
}

// Tick redraws what depends on the clock.
func (v *View) Tick(now time.Time) time.Duration {
	v.dirty = true
	if v.run == nil || !v.run.alive() {
		return v.results.grid.Tick(now)
	}
	if now.Sub(v.run.began) < time.Minute {
		return time.Second
	}
	return time.Minute
}

// askPools finds the compute pools of the environment.
func (v *View) askPools() tea.Cmd {
	env := v.environment
	if env == "" || !v.visible {
		return nil
	}
	c := v.env.Client
	return v.mail.Ask("pools", func(ctx contextT) tea.Msg {
		names, err := listPools(ctx, c, cmf.Scope{Environment: env})
		return poolsMsg{environment: env, names: names, err: err}
	})
}

func (v *View) takePools(msg poolsMsg) tea.Cmd {
	if msg.environment != v.environment {
		return nil
	}
	wanted := v.wanted
	v.wanted = false
	if msg.err != nil {
		if wanted {
			v.say(msg.err.Error(), true)
		}
		return nil
	}
	v.asked, v.pools = true, msg.names
	if !slices.Contains(v.pools, v.pool) {
		v.pool = ""
	}
	if v.pool == "" && len(v.pools) > 0 {
		v.pool = v.pools[0]
	}
	v.tree.SetPlace(catalog.Place{Environment: v.environment, Pool: v.pool})
	if wanted {
		return tea.Batch(v.lookAtTree(), v.runUnderCursor())
	}
	return v.lookAtTree()
}

// lookAtTree asks for the catalogs once they can be seen.
func (v *View) lookAtTree() tea.Cmd {
	if !v.visible || !v.treeShown() {
		return nil
	}
	return v.tree.Want(nil)
}

// nextPool takes the next compute pool in turn.
func (v *View) nextPool() {
	for i, name := range v.pools {
		if name == v.pool {
			v.pool = v.pools[(i+1)%len(v.pools)]
			return
		}
	}
}

func (v *View) takeDraft(msg draftMsg) {
	text := msg.text
	if strings.TrimSpace(text) == "" {
		text = Welcome
	}
	typed := v.editor.buffer.text() // before the draft came
	v.editor.buffer = newBuffer(text)
	if text == Welcome {
		v.editor.buffer.moveTo(1, 0)
	}
	v.editor.buffer.insert(typed)
	v.loaded = true
	v.saved = v.editor.buffer.version
	if msg.err != nil {
		v.say("the draft could not be read: "+msg.err.Error(), true)
	}
}

// save keeps the draft if it changed.
func (v *View) save() tea.Cmd {
	version := v.editor.buffer.version
	if !v.loaded || v.drafts == nil || version == v.saved {
		return nil
	}
	text, drafts := v.editor.buffer.text(), v.drafts
	return v.mail.Ask("save", func(contextT) tea.Msg {
		return savedMsg{version: version, err: drafts.Save(draftName, text)}
	})
}

// LastError is the whole message of what failed.
func (v *View) LastError() string {
	if !v.message.bad {
		return ""
	}
	return v.message.text
}

func (v *View) say(text string, bad bool) { v.message = message{text, bad} }
