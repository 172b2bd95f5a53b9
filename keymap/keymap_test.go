package keymap

import (
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

func TestNoKeyMeansTwoThingsAtOnce(t *testing.T) {
	for _, clash := range Default().Conflicts() {
		t.Error(clash)
	}
}

func TestEveryBindingIsListedWithHelp(t *testing.T) {
	m := Default()
	listed := map[*key.Binding]bool{}
	ids := map[string]bool{}
	for _, e := range m.Entries() {
		listed[e.Binding] = true
		if ids[e.ID] {
			t.Errorf("%s is listed twice", e.ID)
		}
		ids[e.ID] = true
		if e.Binding.Help().Desc == "" || e.Binding.Help().Key == "" {
			t.Errorf("%s has no help", e.ID)
		}
	}
	groups := reflect.ValueOf(m).Elem()
	for i := range groups.NumField() {
		for j := range groups.Field(i).NumField() {
			if b := groups.Field(i).Field(j).Addr().Interface().(*key.Binding); !listed[b] {
				t.Errorf("%s.%s is not listed", groups.Type().Field(i).Name, groups.Field(i).Type().Field(j).Name)
			}
		}
	}
}

func TestOverridesReplaceKeysOrFail(t *testing.T) {
	m := Default()
	if err := m.Override(map[string][]string{"table.toggle": {"f2"}}); err != nil {
		t.Fatal(err)
	}
	if got := m.Table.Toggle.Keys()[0]; got != "f2" || m.Table.Toggle.Help().Key != "f2" {
		t.Errorf("got %s, want f2", got)
	}
	if err := m.Override(map[string][]string{"table.stop": {"D"}}); err == nil ||
		!strings.Contains(err.Error(), "table.delete") {
		t.Errorf("a clash was taken: %v", err)
	}
	if err := m.Override(map[string][]string{"table.fly": {"f"}}); err == nil {
		t.Error("an unknown name was taken")
	}
	if m.Table.Stop.Keys()[0] != "x" {
		t.Error("a refused override changed the map")
	}
}

func TestMessagesComeBackAsTheirKeys(t *testing.T) {
	for _, e := range Default().Entries() {
		for _, k := range e.Binding.Keys() {
			if k == "ctrl+enter" || k == "ctrl+h" || k == "alt+backspace" {
				continue // no terminal that v1 reads sends these by that name
			}
			if got := Message(k).String(); got != k {
				t.Errorf("%s %q: got %q", e.ID, k, got)
			}
		}
	}
}

func TestCtrlDNeverDeletesRows(t *testing.T) {
	if key.Matches(tea.KeyMsg{Type: tea.KeyCtrlD}, Default().Table.Delete) {
		t.Error("ctrl-d deletes")
	}
}

// TestKeysAreWrittenInASCII for a terminal of nothing else.
func TestKeysAreWrittenInASCII(t *testing.T) {
	m := Default()
	m.ASCII()
	for _, e := range m.Entries() {
		for _, r := range e.Binding.Help().Key {
			if r > 0x7e {
				t.Errorf("%s is written %s", e.ID, e.Binding.Help().Key)
				break
			}
		}
	}
	if got := m.Move.Down.Help().Key; got != "j down" {
		t.Errorf("the key that goes down is written %q", got)
	}
}
