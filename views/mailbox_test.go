package views

import (
	"context"
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMailboxDropsLateAnswers(t *testing.T) {
	m := Mailbox{Context: t.Context()}
	first := m.Ask("list", func(context.Context) tea.Msg { return "first" })
	second := m.Ask("list", func(context.Context) tea.Msg { return "second" })
	if msg := Run(first); msg != nil {
		t.Errorf("a cancelled question answered %v", msg)
	}
	a := Run(second).(Answer)
	if !m.Accept(a) {
		t.Error("the answer to the open question was dropped")
	}
	if m.Accept(a) {
		t.Error("an answer was accepted twice")
	}
}

func TestMailboxKeepsTopicsAndOwnersApart(t *testing.T) {
	m, other := Mailbox{Context: t.Context()}, Mailbox{Context: t.Context()}
	list := m.Ask("list", func(context.Context) tea.Msg { return 1 })
	m.Ask("preview", func(context.Context) tea.Msg { return 2 })
	other.Ask("list", func(context.Context) tea.Msg { return 3 })
	a := Run(list).(Answer)
	if other.Accept(a) {
		t.Error("another mailbox took the answer")
	}
	if !m.Accept(a) {
		t.Error("a question on another topic cancelled this one")
	}
}

func TestMailboxCloseEndsWaiting(t *testing.T) {
	m := Mailbox{Context: t.Context()}
	wait := m.After("poll", time.Hour, "late")
	m.Close()
	if msg := Run(wait); msg != nil {
		t.Errorf("got %v, want nothing", msg)
	}
}

func TestMailboxDoOutlivesTheView(t *testing.T) {
	m := Mailbox{Context: t.Context()}
	do := m.Do("suspend orders", func(ctx context.Context) (string, error) { return "suspended orders", ctx.Err() })
	m.Close()
	if got := Run(do).(DoneMsg); got.Text != "suspended orders" || got.Err != nil {
		t.Errorf("got %+v", got)
	}
}

func TestMailboxTurnsPanicsIntoErrors(t *testing.T) {
	m := Mailbox{Context: t.Context()}
	do := m.Do("delete s1", func(context.Context) (string, error) { panic("boom") })
	if got, ok := Run(do).(ErrorMsg); !ok || errors.Unwrap(got.Err) != nil || got.Doing != "delete s1" {
		t.Errorf("got %+v", got)
	}
}

func TestACommandThatTakesTimeSaysSoAtOnce(t *testing.T) {
	m := Mailbox{Context: t.Context()}
	block := make(chan struct{})
	for name, cmd := range map[string]tea.Cmd{
		"ask":    m.Ask("list", func(context.Context) tea.Msg { <-block; return nil }),
		"after":  m.After("poll", time.Hour, "late"),
		"do":     m.Do("stop", func(context.Context) (string, error) { <-block; return "", nil }),
		"report": m.Report("stop", func(context.Context) DoneMsg { <-block; return DoneMsg{} }),
	} {
		if _, later := cmd().(Later); !later {
			t.Errorf("%s does not say that it takes time", name)
		}
	}
	close(block)
	m.Close()
}
