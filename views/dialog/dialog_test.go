package dialog

import (
	"context"
	"fmt"
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

func ran(string) tea.Cmd { return func() tea.Msg { return "ran" } }

// about is a question about targets in prod.
func about(verb string, names ...string) views.Confirmation {
	c := views.Confirmation{Title: verb + " " + names[0], Button: verb, Doing: "doing", Plan: verb, Run: ran}
	for _, name := range names {
		c.Targets = append(c.Targets, views.Target{
			Ref:  views.Ref{Scope: "prod", Name: name, UID: name},
			Will: views.Fact{Label: "what happens", Text: "it happens"}, Requests: []string{"POST …/" + name},
		})
	}
	return c
}

func press(d *Dialog, keys ...string) (closed *ClosedMsg) {
	for _, k := range keys {
		if cmd := d.Update(keymap.Message(k)); cmd != nil {
			if msg, ok := views.Run(cmd).(ClosedMsg); ok {
				closed = &msg
			}
		}
	}
	return closed
}

func TestTheKeyThatAskedDoesNotConfirm(t *testing.T) {
	for _, asked := range []string{"s", "y", "enter"} {
		d := newDialog(t, asking(about("Suspend", "orders"), asked))
		if closed := press(d, asked, asked, asked); closed != nil {
			t.Errorf("%s pressed again closed the dialog: %+v", asked, closed)
		}
	}
}

func TestFocusStartsOnCancelAndYConfirms(t *testing.T) {
	d := newDialog(t, asking(about("Suspend", "orders"), "s"))
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

func asking(c views.Confirmation, key string) views.Confirmation {
	c.Asked = key
	return c
}

func TestDeletingWantsTheNameTyped(t *testing.T) {
	ask := asking(about("Delete", "orders"), "D")
	ask.TypeName = "orders"
	d := newDialog(t, ask)
	if closed := press(d, "o", "r", "d", "enter"); closed != nil {
		t.Errorf("half a name deleted: %+v", closed)
	}
	if closed := press(d, "e", "r", "s", "enter"); closed == nil || closed.Run == nil {
		t.Errorf("the name did not delete: %+v", closed)
	}
}

func TestLoadingKeepsTheTargets(t *testing.T) {
	d := newDialog(t, about("Start", "orders"))
	d.Update(loadedMsg{about("Start", "other")})
	if d.ask.Targets[0].Name != "orders" {
		t.Errorf("the target became %s", d.ask.Targets[0].Name)
	}
}

// loadedWith is a dialog whose targets are read by next.
func loadedWith(t *testing.T, ask views.Confirmation, next func() views.Confirmation) *Dialog {
	ask.Load = func(context.Context) views.Confirmation { return next() }
	return newDialog(t, ask)
}

func TestNothingIsConfirmedBeforeItIsKnown(t *testing.T) {
	ask := about("Start", "orders")
	d := loadedWith(t, ask, func() views.Confirmation { return ask })
	ask.Load = func(context.Context) views.Confirmation { return ask }
	if closed := press(d, "y"); closed != nil || !strings.Contains(strings.Join(d.Box(), "\n"), "still looking") {
		t.Errorf("confirmed while looking: %+v", closed)
	}
	again := views.Run(d.Update(loadedMsg{ask})).(views.Answer)
	if !d.Accept(again) {
		t.Fatal("the target was not read again")
	}
	closed, ok := d.Update(again.Msg)().(ClosedMsg)
	if !ok || closed.Run == nil {
		t.Errorf("what was confirmed was not done once the target was known: %+v", closed)
	}
}

// TestDialogSaysSoWhenLoadRefusesWhatWasConfirmed types the name before the
// target is known, which then is another.
func TestDialogSaysSoWhenLoadRefusesWhatWasConfirmed(t *testing.T) {
	ask := asking(about("Delete", "orders"), "D")
	ask.TypeName = "orders"
	refused := about("Delete", "orders")
	refused.Targets[0].Refused, refused.Plan, refused.TypeName = "it was replaced", "", ""
	d := loadedWith(t, ask, nil)
	press(d, "o", "r", "d", "e", "r", "s", "enter")
	d.Update(loadedMsg{refused})
	if box := clean.Plain(strings.Join(d.Box(), "\n")); !strings.Contains(box, "nothing can be done any more") ||
		d.Typing() {
		t.Errorf("does not say that nothing was done, or still takes a name:\n%s", box)
	}
	for _, hint := range d.Hints() {
		if hint.Text() == "delete" {
			t.Error("offers a key that does what cannot be done any more")
		}
	}
}

// TestTheTargetsAreReadOnceMoreBeforeAnythingIsDone confirms while the target
// was replaced: the dialog stays, says so, and does nothing.
func TestTheTargetsAreReadOnceMoreBeforeAnythingIsDone(t *testing.T) {
	ask, reads := about("Suspend", "orders", "clicks"), 0
	replaced := about("Suspend", "orders", "clicks")
	replaced.Targets[1].Refused, replaced.Plan = "it was replaced", "other"
	next := ask
	d := loadedWith(t, ask, nil)
	read := func(context.Context) views.Confirmation { reads++; return next }
	ask.Load, replaced.Load = read, read
	d.Update(loadedMsg{ask})
	next = replaced
	answer := func(cmd tea.Cmd) tea.Msg {
		a, ok := views.Run(cmd).(views.Answer)
		if !ok || !d.Accept(a) {
			t.Fatal("no answer came")
		}
		return a.Msg
	}
	cmd := d.Update(keymap.Message("y"))
	if closed := d.Update(answer(cmd)); closed != nil || reads != 1 {
		t.Fatalf("%d reads, and it went on", reads)
	}
	box := clean.Plain(strings.Join(d.Box(), "\n"))
	if !strings.Contains(box, "changed meanwhile") || !strings.Contains(box, "will not: it was replaced") {
		t.Errorf("does not say what changed:\n%s", box)
	}
	cmd = d.Update(keymap.Message("y"))
	closed, ok := d.Update(answer(cmd))().(ClosedMsg)
	if !ok || closed.Run == nil || reads != 2 {
		t.Errorf("a second yes did nothing: %+v, %d reads", closed, reads)
	}
}

func TestAllOfALargeDialogCanBeSeen(t *testing.T) {
	names := make([]string, 200)
	for i := range names {
		names[i] = fmt.Sprintf("application-%03d", i)
	}
	for _, size := range [][2]int{{60, 16}, {80, 24}, {140, 40}, {220, 50}} {
		ask := about("Delete", names...)
		ask.TypeName = "delete 200"
		d := newDialog(t, ask)
		d.SetSize(size[0], size[1])
		seen := ""
		for range 500 {
			box := clean.Plain(strings.Join(d.Box(), "\n"))
			if !strings.Contains(box, "Type delete 200 to confirm") || !strings.Contains(box, "Cancel") {
				t.Fatalf("%v: the question is out of sight:\n%s", size, box)
			}
			seen += box
			d.Update(keymap.Message("down"))
		}
		for _, name := range names {
			if !strings.Contains(seen, name+" ") || !strings.Contains(seen, "POST …/"+name) {
				t.Fatalf("%v: %s or its request was never seen", size, name)
			}
		}
	}
}

func TestBoxFitsItsRoom(t *testing.T) {
	ask := about("Delete", strings.Repeat("x", 253), "b")
	ask.TypeName = "delete 2"
	ask.Targets[0].Will.Text = strings.Repeat("long ", 60)
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

// TestAWayIsChosenFromTheFieldOfTheName is what a person does who is asked for a name
// and wants another way than the first: ↓ goes to the next, enter back to the name.
func TestAWayIsChosenFromTheFieldOfTheName(t *testing.T) {
	var how string
	ask := about("Delete", "orders")
	ask.TypeName = "orders"
	ask.Choices = []views.Choice{
		{How: "", Label: "Delete", TypeName: "orders"}, {How: "force", Label: "Force", TypeName: "orders"},
	}
	ask.Run = func(h string) tea.Cmd { how = h; return ran(h) }
	d := newDialog(t, ask)
	d.focus = onName
	if hints := d.Hints(); hints[0].Label != "choose" {
		t.Errorf("the first hint beside a name is %+v, and does not say how a way is chosen", hints[0])
	}
	closed := press(d, "down", "enter", "o", "r", "d", "e", "r", "s", "enter")
	if closed == nil || closed.Run == nil || how != "force" {
		t.Errorf("after ↓, enter and the name: closed %+v by %q, want by force", closed, how)
	}
}

// TestWhatCanBeDoneAgainIsNotSaidToBeOver is a question beside a server that did not
// answer when it was confirmed, and does again while the question stands.
func TestWhatCanBeDoneAgainIsNotSaidToBeOver(t *testing.T) {
	ask := about("Create", "orders")
	refused := ask
	refused.Plan, refused.Targets = "", []views.Target{{Ref: ask.Targets[0].Ref, Refused: "cannot reach the server"}}
	d := newDialog(t, ask)
	d.state = checking
	d.Update(checkedMsg{refused})
	if text := clean.Text(d.View()); !strings.Contains(text, "nothing can be done any more") {
		t.Fatalf("a server that does not answer: got %q", text)
	}
	d.Update(loadedMsg{ask})
	text := clean.Text(d.View())
	if strings.Contains(text, "nothing can be done") || !strings.Contains(text, "y confirms") {
		t.Errorf("it answers again: got %q", text)
	}
}

// TestAYesIsNotForWhatTheQuestionBecame is a question whose object changed while it was
// open: it asks the opposite then, and a yes that was on its way was not for that.
func TestAYesIsNotForWhatTheQuestionBecame(t *testing.T) {
	start, suspend := about("Start", "orders"), about("Suspend", "orders")
	d := newDialog(t, start)
	d.Update(loadedMsg{suspend})
	if box := clean.Plain(strings.Join(d.Box(), "\n")); !strings.Contains(box, "it has changed meanwhile") {
		t.Errorf("does not say that it is another question:\n%s", box)
	}
	if closed := press(d, "y"); closed != nil {
		t.Fatalf("a yes to start was taken for suspend: %+v", closed)
	}
	if closed := press(d, "y"); closed == nil || closed.Run == nil {
		t.Errorf("a yes to what is seen: got %+v", closed)
	}
}

// TestAYesIsNotForAnotherWay is a question in which the way that was chosen is gone.
func TestAYesIsNotForAnotherWay(t *testing.T) {
	ask := about("Start", "orders")
	ask.Choices = []views.Choice{{How: "", Label: "Last state"}, {How: "from=1", Label: "Savepoint 1"}}
	d := newDialog(t, ask)
	press(d, "down")
	less, away := ask, ask
	less.Choices = ask.Choices[:1]
	away.Choices, away.Plan, away.Away = nil, "", "offline"
	beside := newDialog(t, ask) // the server is away before it tells so
	press(beside, "down")
	beside.Update(loadedMsg{away})
	for _, d := range []*Dialog{d, beside} {
		d.Update(loadedMsg{less})
		if closed := press(d, "y"); closed != nil {
			t.Fatalf("a yes to a savepoint was taken for the last state: %+v", closed)
		}
		if closed := press(d, "y"); closed == nil || closed.Run == nil {
			t.Errorf("a yes to what is seen: got %+v", closed)
		}
	}
}

// TestTheKeyForMoreWaysIsOneThatIsNotTyped is a question with more ways than have room
// beside a name that is typed: a letter goes to the name.
func TestTheKeyForMoreWaysIsOneThatIsNotTyped(t *testing.T) {
	ask := about("Delete", "orders")
	for i := range 20 {
		ask.Choices = append(ask.Choices, views.Choice{How: fmt.Sprint(i), Label: fmt.Sprint("way ", i), TypeName: "orders"})
	}
	ask.How = "0"
	d := newDialog(t, ask)
	d.SetSize(80, 24)
	box := clean.Plain(strings.Join(d.Box(), "\n"))
	if !d.Typing() || !strings.Contains(box, "more: ↓ moves") || strings.Contains(box, "j ↓") {
		t.Errorf("a name is typed: %v, and the key for more is a letter:\n%s", d.Typing(), box)
	}
}

// TestAChosenWayIsChosenAgainOnceTheServerAnswers: while a server is away there are no ways
// to choose from; what was chosen before is not forgotten, for one target or for each.
func TestAChosenWayIsChosenAgainOnceTheServerAnswers(t *testing.T) {
	ways := []views.Choice{{Label: "last state"}, {How: "sp", Label: "savepoint"}, {How: "fresh", Label: "fresh"}}
	for _, each := range []bool{false, true} {
		ask := about("Start", "orders", "pay")
		var did string
		ask.Run = func(how string) tea.Cmd { did = how; return ran(how) }
		ask.RunEach = func(hows map[string]string) tea.Cmd { did = hows["pay"]; return ran("") }
		away := ask
		away.Targets, away.Plan, away.Away = append([]views.Target(nil), ask.Targets...), "", "offline"
		if each {
			ask.Targets[1].Choices = ways
		} else {
			ask.Choices = ways
		}
		d := newDialog(t, ask)
		d.Update(loadedMsg{ask})
		if each {
			d.focus, d.ways.row = onRows, 1
			press(d, "right", "right")
		} else {
			d.focus = onChoices
			press(d, "down", "down")
		}
		for _, c := range []views.Confirmation{away, away, ask} {
			d.Update(loadedMsg{c})
		}
		if closed := press(d, "y"); closed != nil {
			t.Errorf("each %v: a yes to what was seen while the server was away was taken", each)
		}
		if closed := press(d, "y"); closed == nil || did != "fresh" {
			t.Errorf("each %v: it was done in the way %q, want fresh\n%s", each, did, clean.Plain(d.View()))
		}
	}
}

// twoWays is a question whose second way wants the name, as its first does or does not.
func twoWays(name, first string) views.Confirmation {
	ask := asking(about("Delete", name), "D")
	ask.Choices = []views.Choice{
		{How: "", Label: "Keep", TypeName: first}, {How: "all", Label: "With savepoints", TypeName: name},
	}
	return ask
}

// TestWhatIsTypedGoesToTheNameFromAnywhere types the name while the focus is on the ways,
// on a row or on a button: letters that are keys there belong to the name as well.
func TestWhatIsTypedGoesToTheNameFromAnywhere(t *testing.T) {
	for _, name := range []string{"yes-now", "n-lines", "q", "jobs", "Daily", "hills"} {
		for _, first := range []string{"", name} {
			for _, before := range [][]string{{"down"}, {"down", "tab", "tab"}, {"down", "shift+tab"}} {
				d := newDialog(t, twoWays(name, first))
				press(d, before...)
				for _, letter := range name {
					if closed := press(d, string(letter)); closed != nil {
						t.Fatalf("%q after %v: %c closed the dialog", name, before, letter)
					}
				}
				if got := d.name.Value(); got != name || !d.Typing() {
					t.Errorf("%q after %v: the field has %q, typing %v", name, before, got, d.Typing())
				}
				if closed := press(d, "enter"); closed == nil || closed.Run == nil || d.how != "all" {
					t.Errorf("%q after %v: enter gives %+v by %q", name, before, closed, d.how)
				}
			}
		}
	}
}

// TestAYesIsNotOfferedWhereANameIsWanted looks at the buttons and the hints of a dialog
// whose focus is beside the field.
func TestAYesIsNotOfferedWhereANameIsWanted(t *testing.T) {
	d := newDialog(t, twoWays("orders", ""))
	if box := clean.Plain(d.View()); !strings.Contains(box, "(y)") {
		t.Fatalf("a way that takes a yes does not offer one:\n%s", box)
	}
	press(d, "down")
	if box := clean.Plain(d.View()); strings.Contains(box, "(y)") || strings.Contains(box, "y confirms") {
		t.Errorf("offers a yes:\n%s", box)
	}
	for _, hint := range d.Hints() {
		if hint.Binding.Help().Key == "y" {
			t.Errorf("hints at a yes: %+v", hint)
		}
	}
}

// TestTheRestOfANameDoesNotLeave is a name that is being typed when nothing can be done
// any more: its last letters neither leave the dialog nor confirm.
func TestTheRestOfANameDoesNotLeave(t *testing.T) {
	ask := asking(about("Delete", "orders-new"), "D")
	ask.TypeName = "orders-new"
	refused := about("Delete", "orders-new")
	refused.Targets[0].Refused, refused.Plan = "it was replaced", ""
	d := newDialog(t, ask)
	press(d, "o", "r")
	d.Update(loadedMsg{refused})
	if closed := press(d, "n", "q", "y", " "); closed != nil {
		t.Errorf("a letter closed the dialog: %+v", closed)
	}
	if closed := press(d, "esc"); closed == nil {
		t.Error("esc does not leave")
	}
}

// TestAWayThatIsChosenBeforeItIsKnownIsNotLost presses ↓ and types the name while the ways
// are still being read.
func TestAWayThatIsChosenBeforeItIsKnownIsNotLost(t *testing.T) {
	plain, known := asking(about("Delete", "orders"), "D"), twoWays("orders", "orders")
	plain.TypeName = "orders"
	d := loadedWith(t, plain, nil)
	press(d, "down", "o", "r")
	d.Update(loadedMsg{known})
	press(d, "d", "e", "r", "s")
	if closed := press(d, "enter"); closed == nil || closed.Run == nil || d.how != "all" {
		t.Errorf("after ↓ and the name: closed %+v by %q with %q, want by all", closed, d.how, d.name.Value())
	}
}
