package console

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
)

// ahead are keys that were pressed before what they are for was there.
type ahead struct {
	keys  []tea.KeyMsg
	since time.Time // what is prepared is waited for
	said  string    // that it is
}

// givesUp tells that esc gives up what is prepared: at once, or the second time where it
// may be one of the keys that are for it.
func (a *ahead) givesUp(msg tea.KeyMsg) bool {
	n := len(a.keys)
	return n == 0 || a.keys[n-1].String() == msg.String()
}

// patience is how long nothing is said of what is prepared.
const patience = 300 * time.Millisecond

// sayPrepared says what is waited for, and no longer than that.
func (r *Root) sayPrepared() {
	a, t := &r.ahead, &r.status.toasts
	p := r.preparer()
	switch {
	case p == nil && a.said != "" && t.now.Text == a.said:
		t.now = views.NoticeMsg{}
		fallthrough
	case p == nil:
		a.since, a.said = time.Time{}, ""
	case a.since.IsZero():
		a.since = r.Env.Now()
	case r.Env.Now().Sub(a.since) >= patience:
		a.said = p.Preparing() + " " + r.Env.Theme.Glyphs.Ellipsis + "  " +
			strings.Repeat(r.Env.Keys.Move.Escape.Help().Key+" ", min(len(a.keys)+1, 2)) + "gives up"
		t.now, t.until = views.NoticeMsg{Text: a.said, Tone: busyTone}, r.Env.Now().Add(toastFor)
	}
}

// mostAhead is how many keys wait; more than that are no answer to a dialog.
const mostAhead = 1000

// takeKey handles a key, or lets it wait for what is being prepared: it would mean
// something else to what is in front until then. Leaving works all the same.
func (r *Root) takeKey(msg tea.KeyMsg) tea.Cmd {
	keys := r.Env.Keys
	p := r.preparer()
	switch {
	case keymap.Matches(msg, keys.Global.Suspend):
	case p != nil && keymap.Matches(msg, keys.Global.Interrupt):
		r.ahead.keys = nil
		return tea.Batch(r.press(msg), r.grant(from(r.Space, p.GiveUp())))
	case p != nil && keymap.Matches(msg, keys.Move.Escape) && r.ahead.givesUp(msg):
		r.ahead.keys = nil
		return r.grant(from(r.Space, p.GiveUp()))
	case p != nil || len(r.ahead.keys) > 0:
		if len(r.ahead.keys) < mostAhead {
			r.ahead.keys = append(r.ahead.keys, msg)
		}
		return nil
	}
	return r.press(msg)
}

// press handles a key and grants what comes of it before the next one.
func (r *Root) press(msg tea.KeyMsg) tea.Cmd {
	cmd := r.handleKey(msg)
	return r.grant(from(r.Space, cmd))
}

// typeAhead handles the keys that have waited, once nothing is prepared any more.
func (r *Root) typeAhead() tea.Cmd {
	var cmds []tea.Cmd
	for len(r.ahead.keys) > 0 && r.preparer() == nil {
		msg := r.ahead.keys[0]
		r.ahead.keys = r.ahead.keys[1:]
		cmds = append(cmds, r.press(msg))
	}
	return tea.Batch(cmds...)
}

// preparer is the view that prepares what is to be in front, nil for none. What lies
// over the others takes every key.
func (r *Root) preparer() views.Preparer {
	if r.over != nil {
		return nil
	}
	return r.Space.Preparer()
}
