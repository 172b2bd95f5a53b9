// Package ask is what a person is asked before something is done to objects: about which of
// them, what will happen, by which requests and in which way. It changes nothing before
// the answer, reads the objects again before and while it asks, and does then what was
// shown (perform) or opens the text that is edited first.
package ask

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/perform"
	"drey/views/resource"
	"drey/views/steps"
)

// Asker asks about objects of one kind.
type Asker struct {
	Env  *views.Env
	Kind *resource.Kind[any]
	Mail *views.Mailbox // of the view that its answers go to
	// Begun hears that something is begun to objects, before it is.
	Begun func([]views.Ref)

	preparing string // what Act waits for
}

// Ask is the dialog about items, which is asked by a key. What can be done to none of
// them as they were listed is looked at again, and only then refused.
func (s *Asker) Ask(a resource.Action[any], key string, items []resource.Item[any]) tea.Cmd {
	return s.askBy(a, asking{key: key, token: resource.RandomToken()}, items)
}

func (s *Asker) askBy(a resource.Action[any], by asking, items []resource.Item[any]) tea.Cmd {
	q := s.question(a, by, perform.Targets(items))
	switch {
	case q.Plan != "":
		return views.Send(views.ConfirmMsg{Confirmation: q})
	case by.fresh || len(items) > mostWays || s.Refusal(resource.Action[any]{Reads: a.Reads}, items[0]) != nil:
		return s.refuse(a, items, q.Targets[0])
	}
	return s.lookAgain(a, by, items, q.Targets[0])
}

// refuse says why an action is done to none of the items; first is why not to the first.
func (s *Asker) refuse(a resource.Action[any], items []resource.Item[any], first views.Target) tea.Cmd {
	label := a.Verb(items[0].Value).Do
	if len(items) == 1 {
		return refused(clean.Text(s.Kind.NameOf(items[0].Value)), label, first.Refused)
	}
	return views.Notice(themes.Warn, fmt.Sprintf(
		"none of %d can %s: %s: %s", len(items), label, first.Name, first.Refused,
	))
}

// lookAgain reads items to which nothing could be done when they were listed; known is why
// not, in case that they cannot be read.
func (s *Asker) lookAgain(a resource.Action[any], by asking, items []resource.Item[any], known views.Target) tea.Cmd {
	s.preparing = "looking at " + clean.Text(s.nameOf(perform.Targets(items)))
	return s.Mail.Ask("act", func(ctx context.Context) tea.Msg {
		now := by
		now.fresh = true
		msg := PreparedMsg{action: a, by: now}
		for _, t := range perform.ReadAgain(ctx, s.Kind, items) {
			if t.Absence != nil {
				known.Refused += " (as it was listed: " + t.Absence.Error() + ")"
				msg.refusal = &known
				msg.items = items
				return msg
			}
			msg.items = append(msg.items, t.Item)
		}
		return msg
	})
}

// Preparing implements views.Preparer: keys that come before the dialog are for it.
func (s *Asker) Preparing() string {
	if s.Mail.Waiting("act") {
		return s.preparing
	}
	return ""
}

// GiveUp implements views.Preparer.
func (s *Asker) GiveUp() tea.Cmd {
	s.Mail.Cancel("act")
	return views.Notice(themes.Dim, "gave up "+s.preparing)
}

// PreparedMsg is the answer to what Act has asked; HandlePrepared takes it.
type PreparedMsg struct {
	action resource.Action[any]
	by     asking
	items  []resource.Item[any]
	err    error
	// refusal is what is said of the first item where it could not be read again.
	refusal *views.Target
}

// Act asks about objects that another view names, by the action of this kind:
// they are looked at first, wherever they are.
func (s *Asker) Act(msg views.ActMsg) tea.Cmd {
	if msg.Task != nil && (msg.Verb == views.VerbRetry || msg.Verb == views.VerbBack ||
		msg.Verb == views.VerbRecreate) {
		return s.actOnTask(msg)
	}
	by := asking{key: msg.Asked, token: resource.RandomToken(), way: msg.How, undoes: msg.Undoes, fresh: true}
	s.preparing = "looking at " + clean.Text(msg.Target.Name)
	return s.Mail.Ask("act", func(ctx context.Context) tea.Msg {
		what := msg.Verb + " " + msg.Target.Name
		first, err := perform.Read(ctx, s.Kind, msg.Target, msg.Made)
		if err != nil {
			return PreparedMsg{by: asking{key: what}, err: err}
		}
		a, ok := s.actionNow(first, msg.Verb)
		if own, has := s.ownUndo(); has && len(msg.Undoes) == 1 && (!ok || s.Refusal(a, first) != nil) {
			a, ok, by.undoes = own, true, nil // it was taken back by somebody else
		}
		if !ok {
			return PreparedMsg{by: asking{key: what}, err: s.noAction(first, msg.Verb)}
		}
		items := []resource.Item[any]{first}
		for _, ref := range msg.Also {
			if item, err := perform.Read(ctx, s.Kind, ref, ""); err == nil {
				items = append(items, item) // one that is gone needs nothing
			}
		}
		return PreparedMsg{action: a, by: by, items: items}
	})
}

// noAction is why a verb is not done to an item as it is.
func (s *Asker) noAction(item resource.Item[any], verb string) error {
	known := slices.ContainsFunc(s.Kind.Actions, func(a resource.Action[any]) bool {
		return slices.ContainsFunc(a.Verbs, func(o views.Verb) bool { return o.Do == verb })
	})
	if known && s.Kind.State != nil {
		word, _ := s.Kind.State(item.Value)
		return fmt.Errorf("it is %s%s", word, s.possible(item))
	}
	return fmt.Errorf("a %s has no such action", s.Kind.Singular)
}

// possible says what can be done to an item as it is, with the keys.
func (s *Asker) possible(item resource.Item[any]) string {
	var can, verbs []string
	for _, a := range s.Kind.Actions {
		verb := a.Verb(item.Value).Do
		if s.Refusal(a, item) != nil || len(can) == mostPossible || slices.Contains(verbs, verb) {
			continue
		}
		verbs = append(verbs, verb)
		can = append(can, a.Key(s.Env.Keys).Help().Key+" "+verb)
	}
	if len(can) == 0 {
		return ""
	}
	return ": what can be done to it now is " + strings.Join(can, ", ")
}

// mostPossible is how many actions a refusal names.
const mostPossible = 3

// HandlePrepared opens the dialog, or says why there is none.
func (s *Asker) HandlePrepared(msg PreparedMsg) tea.Cmd {
	if msg.err != nil {
		return views.Send(views.ErrorMsg{Doing: msg.by.key, Err: msg.err})
	}
	if msg.refusal != nil {
		return s.refuse(msg.action, msg.items, *msg.refusal)
	}
	return s.askBy(msg.action, msg.by, msg.items)
}

var (
	errReadOnly    = errors.New("read-only: nothing is changed from here, as the setting of the context says")
	errOnlyQueries = errors.New(
		"read-only: only queries are run, stopped and deleted from here, as the setting of the context says",
	)
)

// Refusal is why an action cannot be done to an item from here, nil when it can.
func (s *Asker) Refusal(a resource.Action[any], item resource.Item[any]) error {
	switch s.Env.Server.ReadOnly {
	case views.NothingAtAll:
		return errReadOnly
	case views.QueriesOnly:
		if a.Reads == nil || !a.Reads(item.Value) {
			return errOnlyQueries
		}
	}
	if err := steps.Refusal(s.Env, s.Kind.Ref(item)); err != nil {
		return err
	}
	return a.Refusal(item)
}

func refused(name, label, reason string) tea.Cmd {
	return views.Notice(themes.Warn, "cannot "+label+" "+name+": "+reason)
}
