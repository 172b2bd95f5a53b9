package views

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Answer is what came of a question, on the way to whoever asked. The root
// gives Msg to the view that accepts it and drops it if none does.
type Answer struct {
	Msg tea.Msg

	to    *Mailbox
	topic string
	gen   uint64
}

// Routine is what came of a question that is asked again and again. Where it tells
// nothing new, at most the header and the view itself are drawn otherwise after it: its
// keys, the tabs and the scopes are what they were.
type Routine interface{ NothingNew() bool }

// NothingNew tells that the answer is one of a routine that tells nothing new.
func (a Answer) NothingNew() bool {
	r, ok := a.Msg.(Routine)
	return ok && r.NothingNew()
}

// Later is what a command gives that takes time: it is run off the loop. Every other
// command gives its message at once, so what a key asks for is there before the next
// key is handled, however fast they come.
type Later func() tea.Msg

// Slow is a command for what takes time.
func Slow(fn func() tea.Msg) tea.Cmd { return func() tea.Msg { return Later(fn) } }

// Run gives what comes of a command, also of one that takes time.
func Run(cmd tea.Cmd) tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if later, ok := msg.(Later); ok {
		return later()
	}
	return msg
}

// Mailbox is how a view asks. A question cancels the one before it on the same
// topic, and an answer that comes too late is dropped. The zero value is ready
// once Context is set.
type Mailbox struct {
	Context context.Context

	gen   uint64
	asked map[string]question
}

type question struct {
	gen    uint64
	cancel context.CancelFunc
}

// Ask runs fn off the loop; what it returns comes back as an Answer. A nil
// message is no answer.
func (m *Mailbox) Ask(topic string, fn func(context.Context) tea.Msg) tea.Cmd {
	ctx, answer := m.open(topic)
	return Slow(func() tea.Msg {
		return answer(guard("ask for "+topic, func() tea.Msg { return fn(ctx) }))
	})
}

// After brings msg back after d, unless the topic is asked again or cancelled.
func (m *Mailbox) After(topic string, d time.Duration, msg tea.Msg) tea.Cmd {
	ctx, answer := m.open(topic)
	return Slow(func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			return answer(msg)
		}
	})
}

// Do runs fn to its end on the program's context, whether or not the view is
// still there; the root tells the person how it went.
func (m *Mailbox) Do(doing string, fn func(context.Context) (done string, err error)) tea.Cmd {
	ctx := m.Context
	return Slow(func() tea.Msg {
		return guard(doing, func() tea.Msg {
			text, err := fn(ctx)
			return DoneMsg{Doing: doing, Text: text, Err: err}
		})
	})
}

// Report runs fn to its end on the program's context like Do; what it returns
// says how it went with each of several targets.
func (m *Mailbox) Report(doing string, fn func(context.Context) DoneMsg) tea.Cmd {
	ctx := m.Context
	return Slow(func() tea.Msg {
		return guard(doing, func() tea.Msg {
			msg := fn(ctx)
			msg.Doing = doing
			return msg
		})
	})
}

// Waiting tells whether a question on topic is open.
func (m *Mailbox) Waiting(topic string) bool {
	_, open := m.asked[topic]
	return open
}

// Cancel gives up the question on topic.
func (m *Mailbox) Cancel(topic string) {
	if q, open := m.asked[topic]; open {
		q.cancel()
		delete(m.asked, topic)
	}
}

// Accept tells whether the answer is to a question that is still open, and
// closes that question.
func (m *Mailbox) Accept(a Answer) bool {
	q, open := m.asked[a.topic]
	if a.to != m || !open || q.gen != a.gen {
		return false
	}
	q.cancel()
	delete(m.asked, a.topic)
	return true
}

// Close gives up every question.
func (m *Mailbox) Close() {
	for topic := range m.asked {
		m.Cancel(topic)
	}
}

func (m *Mailbox) open(topic string) (context.Context, func(tea.Msg) tea.Msg) {
	m.Cancel(topic)
	m.gen++
	ctx, cancel := context.WithCancel(m.Context)
	if m.asked == nil {
		m.asked = map[string]question{}
	}
	gen := m.gen
	m.asked[topic] = question{gen: gen, cancel: cancel}
	return ctx, func(msg tea.Msg) tea.Msg {
		if msg == nil || ctx.Err() != nil {
			return nil
		}
		return Answer{Msg: msg, to: m, topic: topic, gen: gen}
	}
}

// guard turns a panic in a command into an error message: it costs one answer,
// not the console.
func guard(doing string, fn func() tea.Msg) (msg tea.Msg) {
	defer func() {
		if r := recover(); r != nil {
			msg = ErrorMsg{Doing: doing, Err: fmt.Errorf("internal error: %v\n%s", r, debug.Stack())}
		}
	}()
	return fn()
}
