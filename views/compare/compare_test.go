package compare

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/resource"
)

// ships are compared by their names.
func ships(others []string, err error) *resource.Kind[any] {
	kind := resource.Untyped(resource.Kind[string]{
		Name: "ships", Singular: "ship",
		NameOf:   func(s string) string { return s },
		Key:      func(i resource.Item[string]) string { return i.Scope + "/" + i.Value },
		Compared: func(doc any) any { return doc },
		Raw: func(_ context.Context, ref views.Ref) (json.RawMessage, error) {
			return json.RawMessage(`{"name":"` + ref.Name + `"}`), nil
		},
		Others: func(context.Context, resource.Item[string]) ([]resource.Other, error) {
			var list []resource.Other
			for _, name := range others {
				list = append(list, resource.Other{Name: name})
			}
			return list, err
		},
	})
	return &kind
}

func shipItem(name string) resource.Item[any] {
	return resource.Item[any]{Location: &resource.Location{Scope: "sea"}, Value: &name}
}

func message(cmd tea.Cmd) tea.Msg {
	if cmd == nil {
		return nil
	}
	return cmd()
}

func TestComparingSaysWhatIsToBeMarked(t *testing.T) {
	env := &views.Env{Keys: keymap.Default()}
	alone := ships(nil, nil)
	alone.Others = nil
	never := ships(nil, nil)
	never.Compared = nil
	for _, c := range []struct {
		about  string
		kind   *resource.Kind[any]
		items  []string
		marked int
		want   string
	}{
		{"two that are marked", alone, []string{"victory", "vasa"}, 2, "diff of victory in sea"},
		{"one that is marked", alone, []string{"victory"}, 1, "1 row is marked: mark two to compare them"},
		{"three that are marked", alone, []string{"victory"}, 3, "3 rows are marked: mark two to compare them"},
		{"two that are marked, of which one is gone", alone, []string{"victory"}, 2, "2 rows are marked: mark two to compare them"},
		{"one that can be compared with nothing", alone, []string{"victory"}, 0, "mark two rows to compare them: space marks one"},
		{"one that can be compared with others", ships([]string{"vasa"}, nil), []string{"victory"}, 0, "Compare victory"},
		{"a kind that cannot", never, []string{"victory", "vasa"}, 2, "a ship is compared with nothing"},
		{"nothing", alone, nil, 0, ""},
	} {
		var items []resource.Item[any]
		for _, name := range c.items {
			items = append(items, shipItem(name))
		}
		got := ""
		switch msg := message((Comparer{Env: env, Kind: c.kind}).Open("=", items, c.marked)).(type) {
		case views.NoticeMsg:
			got = msg.Text
		case views.OpenMsg:
			got = msg.Title
		case views.ConfirmMsg:
			got = msg.Title
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.about, got, c.want)
		}
	}
}

// asked is the question once it is known what there is to compare with.
func asked(t *testing.T, env *views.Env, kind *resource.Kind[any]) views.Confirmation {
	t.Helper()
	victory := []resource.Item[any]{shipItem("victory")}
	msg, ok := message((Comparer{Env: env, Kind: kind}).Open("=", victory, 0)).(views.ConfirmMsg)
	if !ok {
		t.Fatal("nothing is asked")
	}
	return msg.Load(t.Context())
}

func TestWhatAnObjectCanBeComparedWithIsOffered(t *testing.T) {
	file := func(string) (string, error) { return "name: vasa", nil }
	elsewhere := []views.Elsewhere{{Name: "staging"}}
	for _, c := range []struct {
		about     string
		others    []string
		err       error
		elsewhere []views.Elsewhere
		file      func(string) (string, error)
		want      string // of each choice, how and its label
		plain     string // the title of what the plain way opens
	}{
		{"others, the first is the plain way", []string{"vasa", "wasa"}, nil, nil, nil, "=vasa 1=wasa", "diff of victory in sea"},
		{"other contexts after its own", []string{"vasa"}, nil, elsewhere, nil, "=vasa 1=victory in sea of staging", "diff of victory in sea"},
		{"a file last", []string{"vasa"}, nil, nil, file, "=vasa file=A file", "diff of victory in sea"},
		{"only a file", nil, nil, nil, file, "=A file", "Compare victory with a file"},
		{"a file where the others are not known", nil, errors.New("no answer"), nil, file, "=A file", "Compare victory with a file"},
		{"nothing", nil, nil, nil, nil, "", ""},
		{"nothing that is known", nil, errors.New("no answer"), nil, nil, "", ""},
	} {
		env := &views.Env{Keys: keymap.Default(), Elsewhere: c.elsewhere}
		env.Editing.ReadFile = c.file
		ask := asked(t, env, ships(c.others, c.err))
		var choices []string
		for _, x := range ask.Choices {
			choices = append(choices, x.How+"="+x.Label)
		}
		if got := strings.Join(choices, " "); got != c.want {
			t.Errorf("%s: offers %q, want %q", c.about, got, c.want)
		}
		plain := ""
		switch msg := message(ask.Run("")).(type) {
		case views.OpenMsg:
			plain = msg.Title
		case views.ConfirmMsg:
			plain = msg.Title
		}
		if plain != c.plain || (ask.Plan == "") != (c.plain == "") {
			t.Errorf("%s: the plain way opens %q of the plan %q, want %q", c.about, plain, ask.Plan, c.plain)
		}
		if hasFacts := len(ask.Facts) > 0; hasFacts != (c.err != nil || c.plain == "") {
			t.Errorf("%s: it tells %+v", c.about, ask.Facts)
		}
	}
}

// TestAnotherListIsAskedAgain has what is offered change between two looks: the number
// of a choice would mean another object.
func TestAnotherListIsAskedAgain(t *testing.T) {
	env := &views.Env{Keys: keymap.Default()}
	first := asked(t, env, ships([]string{"vasa", "wasa"}, nil))
	same := asked(t, env, ships([]string{"vasa", "wasa"}, nil))
	other := asked(t, env, ships([]string{"mary rose", "vasa"}, nil))
	if first.Plan != same.Plan || first.Plan == other.Plan {
		t.Errorf("the plans are %q, %q and %q", first.Plan, same.Plan, other.Plan)
	}
}
