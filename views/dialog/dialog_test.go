package dialog

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
)

func newDialog(t *testing.T, ask views.Confirmation) *Dialog {
	theme, _ := themes.New(themes.Options{})
	d := New(&views.Env{Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now}, ask)
	d.SetSize(100, 30)
	return d
}

func ran() tea.Msg { return "ran" }

func press(d *Dialog, keys ...string) (closed *ClosedMsg) {
	for _, k := range keys {
		if cmd := d.Update(keymap.Message(k)); cmd != nil {
			if msg, ok := cmd().(ClosedMsg); ok {
				closed = &msg
			}
		}
	}
	return closed
}

func TestTheKeyThatAskedDoesNotConfirm(t *testing.T) {
	for _, asked := range []string{"s", "y", "enter"} {
		d := newDialog(t, views.Confirmation{Verb: "Suspend", Targets: []string{"orders"}, Asked: asked, Run: ran})
		if closed := press(d, asked, asked, asked); closed != nil {
			t.Errorf("%s pressed again closed the dialog: %+v", asked, closed)
		}
	}
}

func TestFocusStartsOnCancelAndYConfirms(t *testing.T) {
	d := newDialog(t, views.Confirmation{Verb: "Suspend", Targets: []string{"orders"}, Asked: "s", Run: ran})
	if closed := press(d, "enter"); closed == nil || closed.Run != nil {
		t.Errorf("enter on Cancel: got %+v", closed)
	}
	if closed := press(d, "y"); closed == nil || closed.Run == nil {
		t.Errorf("y: got %+v", closed)
	}
	if closed := press(d, "tab", "enter"); closed == nil || closed.Run == nil {
		t.Errorf("tab, enter: got %+v", closed)
	}
}

func TestDeletingWantsTheNameTyped(t *testing.T) {
	d := newDialog(t, views.Confirmation{Verb: "Delete", Targets: []string{"orders"}, Asked: "D", TypeName: "orders", Run: ran})
	if closed := press(d, "o", "r", "d", "enter"); closed != nil {
		t.Errorf("half a name deleted: %+v", closed)
	}
	if closed := press(d, "e", "r", "s", "enter"); closed == nil || closed.Run == nil {
		t.Errorf("the name did not delete: %+v", closed)
	}
}

func TestLoadingKeepsTheTargets(t *testing.T) {
	d := newDialog(t, views.Confirmation{Verb: "Start", Targets: []string{"orders"}, Run: ran})
	d.Update(loadedMsg{views.Confirmation{Verb: "Start", Targets: []string{"other"}}})
	if d.ask.Targets[0] != "orders" {
		t.Errorf("the target became %s", d.ask.Targets[0])
	}
}

func TestNothingIsConfirmedBeforeItIsKnown(t *testing.T) {
	load := func(_ context.Context, ask views.Confirmation) views.Confirmation { return ask }
	d := newDialog(t, views.Confirmation{Verb: "Start", Targets: []string{"orders"}, Run: ran, Load: load})
	if closed := press(d, "y"); closed != nil || !strings.Contains(strings.Join(d.Box(), "\n"), "still looking") {
		t.Errorf("confirmed while looking: %+v", closed)
	}
	d.Update(loadedMsg{d.ask})
	if strings.Contains(strings.Join(d.Box(), "\n"), "still looking") {
		t.Error("says that it looks, and does not any more")
	}
	if closed := press(d, "y"); closed == nil || closed.Run == nil {
		t.Errorf("not confirmed once known: %+v", closed)
	}
}

func TestBoxFitsItsRoom(t *testing.T) {
	ask := views.Confirmation{Verb: "Delete", Targets: []string{strings.Repeat("x", 253), "b"}, TypeName: "delete 2", Requests: []string{"a", "b", "c"}, Facts: []views.Fact{{Label: "what", Text: strings.Repeat("long ", 60)}}}
	for _, size := range [][2]int{{20, 5}, {60, 16}, {80, 24}, {220, 50}} {
		d := newDialog(t, ask)
		d.SetSize(size[0], size[1])
		box := d.Box()
		if len(box) > size[1] {
			t.Errorf("%v: %d lines", size, len(box))
		}
		for _, l := range box {
			if clean.Width(l) > size[0] {
				t.Errorf("%v: a line of %d cells", size, clean.Width(l))
			}
		}
	}
}
