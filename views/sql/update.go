package sql

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client"
	"drey/client/cmf"
	"drey/keymap"
	"drey/views"
	"drey/views/catalog"
)

type contextT = context.Context

// The view's own messages.
type (
	draftMsg struct {
		text string
		err  error
	}
	savedMsg struct {
		version uint64
		err     error
	}
	saveMsg  struct{} // it is time to save
	poolsMsg struct {
		environment string
		names       []string
		err         error
	}
	observeMsg  struct{ run *run } // it is time to look
	fetchMsg    struct{ run *run } // it is time to fetch
	observedMsg struct {
		run       *run
		statement cmf.Statement
		detail    string // from the exceptions, where the status has none
		err       error
	}
	fetchedMsg struct {
		run  *run
		rows []cmf.ResultRow
		// pages is how many were read, done that none follows.
		pages int
		done  bool
		err   error
	}
)

// saveAfter is how long a change may be on the screen only.
const saveAfter = 300 * time.Millisecond

// Update takes keys and answers.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	v.dirty = true
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case draftMsg:
		v.takeDraft(msg)
	case saveMsg:
		return v.save()
	case savedMsg:
		return v.handleSaved(msg)
	case poolsMsg:
		return v.takePools(msg)
	case observeMsg:
		return v.observe()
	case observedMsg:
		return v.handleObserved(msg)
	case fetchMsg:
		return v.fetch()
	case fetchedMsg:
		return v.handleFetched(msg)
	case catalog.LoadedMsg:
		v.tree.Update(msg)
		if v.completion.open {
			return v.lookUp()
		}
	case views.RestyledMsg:
		v.tree.Update(msg)
		v.results.grid.SetTheme(v.env.Theme)
		v.editor.painted = 0
	}
	return nil
}

func (v *View) handleSaved(msg savedMsg) tea.Cmd {
	if msg.err != nil {
		v.say("the draft could not be saved: "+msg.err.Error(), true)
		return nil
	}
	v.saved = msg.version
	return v.save()
}

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	if v.results.filtering {
		v.results.handleFilterKey(msg, v.env.Keys.Line)
		return nil
	}
	switch v.pane {
	case inResults:
		return v.handleResultsKey(msg)
	case inTree:
		return v.handleTreeKey(msg)
	}
	if v.completion.open {
		if cmd, handled := v.handleOfferKey(msg); handled {
			return cmd
		}
	}
	return v.handleEditorKey(msg)
}

func (v *View) handleEditorKey(msg tea.KeyMsg) tea.Cmd {
	keys, line := v.env.Keys.SQL, v.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Run):
		v.completion = completion{}
		return v.runUnderCursor()
	case keymap.Matches(msg, keys.Names):
		return v.enterTree()
	case keymap.Matches(msg, keys.Complete), keymap.Matches(msg, line.Complete) && !v.editor.blankBefore():
		return v.complete()
	case keymap.Matches(msg, line.Cancel):
		v.Escape()
		return nil
	case keymap.Matches(msg, keys.Pool):
		v.nextPool()
		return nil
	}
	before := v.editor.buffer.version
	v.editor.handleKey(msg, v.env.Keys)
	if v.editor.buffer.version == before {
		v.completion = completion{}
		return nil
	}
	v.editor.problem = nil
	saved := v.mail.After("typed", saveAfter, saveMsg{})
	if !v.completion.open {
		return saved
	}
	cmd := v.lookUp()
	if a := v.completion.asking; a.prefix == "" && len(a.path) == 0 {
		v.completion = completion{}
	}
	return tea.Batch(saved, cmd)
}

// listPools names the pools that can run a statement.
func listPools(ctx context.Context, c *client.Client, scope cmf.Scope) ([]string, error) {
	list, err := client.List[cmf.ComputePool](ctx, c, cmf.ComputePools, scope, client.Query{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, pool := range list.Items {
		if pool.Status == nil || (pool.Status.Phase != cmf.PoolSuspended && pool.Status.Phase != cmf.PoolDeleting) {
			names = append(names, pool.Metadata.Name)
		}
	}
	return names, nil
}

var errNoEnvironment = errors.New("a statement runs in one environment: esc leaves the editor, 1 goes to the environments, enter takes one")
