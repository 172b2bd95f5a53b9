package ask

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"drey/client/fault"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/perform"
	"drey/views/resource"
)

var (
	water = views.Verb{Do: "water", Doing: "watering", Done: "watered"}
	dry   = views.Verb{Do: "dry", Doing: "drying", Done: "dried"}
)

// errMissing is what a server says of an object that it does not have.
type errMissing struct{ error }

func (errMissing) Fault() fault.Fault { return fault.Fault{Kind: fault.NotFound} }

// garden has plants: a name, and whether it is wet, dead or loved.
type garden struct {
	plants map[string]string
	read   int
}

// watering waters what is dry and dries what is wet; a plant that is loved has to be named.
func (g *garden) watering() resource.Action[any] {
	return resource.Untyped(resource.Kind[string]{Actions: []resource.Action[string]{{
		Verb: func(name string) views.Verb {
			if g.plants[name] == "wet" {
				return dry
			}
			return water
		},
		Verbs: []views.Verb{water, dry},
		Refuse: func(name string) error {
			if g.plants[name] == "dead" {
				return errors.New("it is dead")
			}
			return nil
		},
		Loses: func(name string) bool { return g.plants[name] == "loved" },
		Plan: func(i resource.Item[string], _ string) []views.Step {
			return []views.Step{
				{Method: "GET", Path: "/api/plants/" + i.Value},
				{Method: "POST", Path: "/api/plants/" + i.Value, Remark: "water"},
			}
		},
	}}}).Actions[0]
}

func (g *garden) asker(t *testing.T) *Asker {
	t.Helper()
	theme, _ := themes.New(themes.Options{})
	env := &views.Env{
		Context: t.Context(), Theme: theme, Keys: keymap.Default(), Now: time.Now, Server: views.Server{Root: "/api"},
	}
	kind := resource.Untyped(resource.Kind[string]{
		Name: "plants", Singular: "plant",
		NameOf: func(name string) string { return name },
		Key:    func(i resource.Item[string]) string { return i.Value },
		State:  func(name string) (string, themes.Tone) { return strings.ToUpper(g.plants[name]), themes.Plain },
		Read: func(_ context.Context, ref views.Ref) (string, error) {
			g.read++
			if _, there := g.plants[ref.Name]; !there {
				return "", errMissing{errors.New("there is none")}
			}
			return ref.Name, nil
		},
	})
	return &Asker{
		Env: env, Kind: &kind, Mail: &views.Mailbox{Context: t.Context()}, Begun: func([]views.Ref) {},
	}
}

// done are tasks that have ended, the newest first.
type done []views.Task

func (d *done) List() []views.Task { return *d }

func (d *done) Save(t *views.Task) error {
	*d = slices.Insert(*d, 0, *t)
	return nil
}

func (*done) Look() error     { return nil }
func (*done) Show(views.Task) {}

func (*done) On(views.Ref) (views.Task, bool) { return views.Task{}, false }

func itemsOf(names ...string) []resource.Item[any] {
	var items []resource.Item[any]
	for _, name := range names {
		items = append(items, resource.Item[any]{Location: &resource.Location{}, Value: &name})
	}
	return items
}

func TestAQuestionCountsWhatIsDoneByItsVerb(t *testing.T) {
	g := &garden{plants: map[string]string{"fern": "", "moss": "", "reed": "wet", "oak": "dead", "rose": "loved"}}
	for _, c := range []struct {
		names  []string
		title  string
		button string
		doing  string
		typed  string
	}{
		{[]string{"fern"}, "Water fern", "Water", "watering fern", ""},
		{[]string{"reed"}, "Dry reed", "Dry", "drying reed", ""},
		{[]string{"fern", "moss"}, "Water 2 plants", "Water", "watering 2", ""},
		{[]string{"fern", "oak"}, "Water 1 of 2 plants", "Water", "watering fern", ""},
		{[]string{"fern", "reed", "moss"}, "Water 2, dry 1", "Do all", "watering 2, drying reed", ""},
		{[]string{"oak"}, "Nothing can be done to oak", "", "", ""},
		{[]string{"oak", "oak"}, "Nothing can be done to 2 plants", "", "", ""},
		{[]string{"rose"}, "Water rose", "Water", "watering rose", "rose"},
		{[]string{"rose", "fern"}, "Water 2 plants", "Water", "watering 2", "water 2"},
		{[]string{"rose", "reed"}, "Water 1, dry 1", "Do all", "watering rose, drying reed", "water 1 dry 1"},
		{[]string{"rose", "oak"}, "Water 1 of 2 plants", "Water", "watering rose", "rose"},
	} {
		q := g.asker(t).question(g.watering(), asking{}, perform.Targets(itemsOf(c.names...)))
		if q.Title != c.title || q.Button != c.button || q.Doing != c.doing || q.TypeName != c.typed {
			t.Errorf("%v: got %q, %q, %q, %q", c.names, q.Title, q.Button, q.Doing, q.TypeName)
		}
		if able := q.Button != ""; able != (q.Plan != "") || len(q.Targets) != len(c.names) {
			t.Errorf("%v: plan %q for %d targets", c.names, q.Plan, len(q.Targets))
		}
	}
}

func TestWhatIsTypedForALossIsNeverNothing(t *testing.T) {
	groups := []group{{verb: dry, n: 1}}
	for name, want := range map[string]string{
		"rose": "rose", "": "dry 1", "a\x1b[2Jb": "dry 1", "two\nlines": "dry 1", strings.Repeat("r", 254): "dry 1",
		strings.Repeat("é", 253): strings.Repeat("é", 253),
	} {
		if got := confirmationText(itemsOf(name), groups, func(name any) string { return *name.(*string) }); got != want {
			t.Errorf("%.10q: got %q, want %q", name, got, want)
		}
	}
}

func TestRequestsAreThoseThatChangeSomething(t *testing.T) {
	s := (&garden{}).asker(t)
	got := s.requests([]views.Step{
		{Method: "GET", Path: "/api/a"},
		{Method: "PUT", Path: "/api/a", Remark: "first"},
		{Method: "PUT", Path: "/api/a", Remark: "then"},
		{Method: "POST", Path: "/other/b", Remark: "alone"},
		{Method: "DELETE", Path: "/apis/c"},
	})
	want := []string{"PUT …/a  (first)", "PUT …/a  (then)", "POST /other/b", "DELETE /apis/c"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatIsGivenTakesThePlaceOfWhatThePlainWaySays(t *testing.T) {
	for _, c := range [][3]string{
		{"pool=a&who=me", "pool=b", "pool=b&who=me"},
		{"", "pool=b", "pool=b"},
		{"pool=a", "", "pool=a"},
		{"%zz", "pool=b", "pool=b"},
	} {
		if got := mergeInputs(c[0], c[1]); got != c[2] {
			t.Errorf("%q with %q: got %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestWhatBecameOfAnObjectIsAskedBeforeItIsRefused(t *testing.T) {
	g := &garden{plants: map[string]string{"oak": "dead"}}
	s, a := g.asker(t), g.watering()
	cmd := s.Ask(a, "w", itemsOf("oak"))
	if s.Preparing() != "looking at oak" {
		t.Errorf("says %q", s.Preparing())
	}
	g.plants["oak"] = "" // meanwhile somebody planted another one
	answer := views.Run(cmd).(views.Answer)
	if !s.Mail.Accept(answer) {
		t.Fatal("the answer was not taken")
	}
	msg, ok := s.HandlePrepared(answer.Msg.(PreparedMsg))().(views.ConfirmMsg)
	if !ok || msg.Title != "Water oak" || g.read != 1 {
		t.Errorf("got %+v after %d reads", msg, g.read)
	}
}

func TestWhatIsRefusedTwiceSaysWhy(t *testing.T) {
	g := &garden{plants: map[string]string{"oak": "dead"}}
	s, a := g.asker(t), g.watering()
	for _, there := range []bool{true, false} {
		answer := views.Run(s.Ask(a, "w", itemsOf("oak"))).(views.Answer)
		s.Mail.Accept(answer)
		notice, _ := s.HandlePrepared(answer.Msg.(PreparedMsg))().(views.NoticeMsg)
		if !strings.HasPrefix(notice.Text, "cannot water oak: it is dead") ||
			strings.Contains(notice.Text, "as it was listed") == there {
			t.Errorf("there %v: %q", there, notice.Text)
		}
		delete(g.plants, "oak")
		a.Refuse = func(any) error { return errors.New("it is dead") } // as it was listed
	}
}

func TestNothingIsReadAgainWhereNothingMayBeChanged(t *testing.T) {
	g := &garden{plants: map[string]string{"fern": ""}}
	for is, reads := range map[views.ReadOnly]bool{views.NothingAtAll: false, views.QueriesOnly: true} {
		s, a := g.asker(t), g.watering()
		s.Env.Server.ReadOnly = is
		notice, _ := s.Ask(a, "w", itemsOf("fern"))().(views.NoticeMsg)
		if !strings.Contains(notice.Text, "read-only") || g.read != 0 {
			t.Errorf("%v: %q, %d reads", is, notice.Text, g.read)
		}
		a.Reads = func(any) bool { return true }
		if err := s.Refusal(a, itemsOf("fern")[0]); (err == nil) != reads {
			t.Errorf("%v, an object that only reads: %v", is, err)
		}
	}
}

func TestUndoTakesBackWhatWasLastDoneToAllOfThem(t *testing.T) {
	g := &garden{plants: map[string]string{"fern": "", "moss": ""}}
	s := g.asker(t)
	s.Env.Tasks = &done{}
	items := itemsOf("fern", "moss")
	ended := func(name, undo, failed string, at time.Time) {
		task := &views.Task{
			Target: s.Kind.Ref(itemsOf(name)[0]), Verb: water, Undo: undo, Error: failed, Began: at, Ended: at.Add(1),
		}
		if err := s.Env.Tasks.Save(task); err != nil {
			t.Fatal(err)
		}
	}
	if s.lastTasks(items) != nil {
		t.Error("nothing was done yet")
	}
	noon := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	ended("fern", "dry", "", noon)
	if s.lastTasks(items) != nil {
		t.Error("nothing was done to the other one")
	}
	ended("moss", "dry", "", noon)
	if got := s.lastTasks(items); len(got) != 2 {
		t.Errorf("got %+v", got)
	}
	ended("moss", "cut", "", noon.Add(time.Hour))
	if s.lastTasks(items) != nil {
		t.Error("one verb does not take both back")
	}
	ended("fern", "cut", "no water", noon.Add(time.Hour))
	if s.lastTasks(items) != nil {
		t.Error("what failed is taken back")
	}
}

func TestWhatDiffersIsAllThatAChangeSays(t *testing.T) {
	base := map[string]any{"a": 1.0, "b": map[string]any{"c": "x", "d": "y"}, "gone": true}
	mine := map[string]any{"a": 1.0, "b": map[string]any{"c": "x", "d": "z"}, "new": []any{"1"}}
	left, right := differing(base, mine)
	if got, want := left.(map[string]any), 2; len(got) != want || got["gone"] != true ||
		len(got["b"].(map[string]any)) != 1 {
		t.Errorf("before: %v", left)
	}
	if got := right.(map[string]any); len(got) != 2 || got["new"] == nil || got["b"].(map[string]any)["d"] != "z" {
		t.Errorf("after: %v", right)
	}
}
