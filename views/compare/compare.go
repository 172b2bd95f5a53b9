// Package compare asks what an object is compared with, such as another one, an earlier
// state of itself, the same in another context or a file, and opens the page that shows
// what differs.
package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/resource"
)

// Comparer compares objects of one kind.
type Comparer struct {
	Env  *views.Env
	Kind *resource.Kind[any]
	// Edit opens an object as a text after a change, or says why it cannot be changed; nil:
	// none of the kind is edited.
	Edit func(item resource.Item[any], change func(doc any) any) tea.Cmd
}

// Open shows what differs between two items that are marked, or between the one item and
// what it can be compared with, which is asked for. by is the key that asked, and marked
// is how many items are marked.
func (c Comparer) Open(by string, items []resource.Item[any], marked int) tea.Cmd {
	env, kind := c.Env, c.Kind
	if kind.Compared == nil {
		return views.Notice(themes.Warn, "a "+kind.Singular+" is compared with nothing")
	}
	switch {
	case marked == 2 && len(items) == 2:
		return c.openDiff(c.sideOf(items[0]), c.sideOf(items[1]))
	case marked > 0:
		text := fmt.Sprintf("%d rows are marked", marked)
		if marked == 1 {
			text = "1 row is marked"
		}
		return views.Notice(themes.Warn, text+": mark two to compare them")
	case len(items) == 1 && (kind.Others != nil || len(env.Elsewhere) > 0 || env.Editing.ReadFile != nil):
		return c.askOther(items[0], by)
	case len(items) == 1:
		return views.Notice(
			themes.Warn, "mark two rows to compare them: "+env.Keys.Table.Mark.Help().Key+" marks one",
		)
	}
	return nil
}

// fromFile is how a file is chosen to compare with.
const fromFile = "file"

// readSide is one of the two that are compared.
type readSide struct {
	name string
	read func(context.Context) (json.RawMessage, error)
	// object is what is edited where values of the other side are taken; nil: nothing is.
	object *resource.Item[any]
}

func (c Comparer) sideOf(item resource.Item[any]) readSide {
	ref, raw := c.Kind.Ref(item), c.Kind.Raw
	name := ref.Name
	if ref.Scope != "" {
		name += " in " + ref.Scope
	}
	read := func(ctx context.Context) (json.RawMessage, error) { return raw(ctx, ref) }
	return readSide{name, read, &item}
}

func (c Comparer) openDiff(left, right readSide) tea.Cmd {
	compared, title := c.Kind.Compared, "diff of "+left.name
	load := func(ctx context.Context) (diff.Sides, error) {
		l, err := readDocument(ctx, left, compared)
		if err != nil {
			return diff.Sides{}, err
		}
		r, err := readDocument(ctx, right, compared)
		return diff.Sides{Left: l, Right: r, Secret: diff.SecretPath}, err
	}
	return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		return diff.NewTaking(env, title, load, c.taking(left, right))
	}})
}

// taking is how values are taken into the left side, else into the right one; nil where
// neither is edited.
func (c Comparer) taking(left, right readSide) *diff.Taking {
	object, fromLeft := left.object, false
	if object == nil {
		object, fromLeft = right.object, true
	}
	if object == nil || c.Edit == nil {
		return nil
	}
	return &diff.Taking{FromLeft: fromLeft, Edit: func(paths []diff.Path, from any) tea.Cmd {
		if len(paths) == 0 {
			return c.Edit(*object, nil)
		}
		return c.Edit(*object, func(doc any) any { return c.takeInto(doc, from, paths) })
	}}
}

// takeInto puts values of what is compared of another object into a document.
func (c Comparer) takeInto(doc, from any, paths []diff.Path) any {
	in := c.Kind.ComparedIn
	for i := range in {
		from = map[string]any{in[len(in)-1-i]: from}
	}
	for _, path := range paths {
		doc = diff.Take(doc, from, slices.Concat(in, path))
	}
	return doc
}

func readDocument(ctx context.Context, s readSide, compared func(any) any) (diff.Side, error) {
	raw, err := s.read(ctx)
	if err != nil {
		return diff.Side{}, fmt.Errorf("%s: %w", s.name, err)
	}
	doc, err := diff.Parse(raw)
	if err != nil {
		return diff.Side{}, fmt.Errorf("%s: %w", s.name, err)
	}
	return diff.Side{Name: s.name, Doc: compared(doc)}, nil
}

// askOther asks what an object is to be compared with.
func (c Comparer) askOther(item resource.Item[any], asked string) tea.Cmd {
	others := c.Kind.Others
	ask := views.Confirmation{
		Title: "Compare " + c.Kind.NameOf(item.Value), Button: "Compare", Asked: asked, Which: "With what?",
		Plan:  "compare",
		Facts: []views.Fact{{Label: "looking for", Text: "what it can be compared with"}},
		Run:   func(string) tea.Cmd { return nil }, // before the others are known
	}
	known := ask
	ask.Load = func(ctx context.Context) views.Confirmation {
		var list []resource.Other
		var err error
		if others != nil {
			list, err = others(ctx, item)
		}
		return c.chooseOther(known, item, append(list, c.elsewhere(item)...), err)
	}
	return views.Send(views.ConfirmMsg{Confirmation: ask})
}

// chooseOther is the question once it is known what there is to compare with.
func (c Comparer) chooseOther(
	ask views.Confirmation, item resource.Item[any], list []resource.Other, err error,
) views.Confirmation {
	ask.Facts = nil
	readable := c.Env.Editing.ReadFile != nil
	switch {
	case err != nil:
		ask.Facts = []views.Fact{{Label: "not known", Text: err.Error(), Tone: themes.Warn}}
	case len(list) == 0 && !readable:
		ask.Facts = []views.Fact{{
			Label: "nothing", Text: "there is nothing that it can be compared with: mark two rows", Tone: themes.Warn,
		}}
	}
	if len(list) == 0 && !readable {
		ask.Plan = ""
		return ask
	}
	chosen := map[string]resource.Other{}
	for i, o := range list {
		how := "" // the first one is the plain way
		if i > 0 {
			how = strconv.Itoa(i)
		}
		chosen[how] = o
		ask.Choices = append(ask.Choices, views.Choice{How: how, Label: o.Name, Detail: o.About})
		ask.Plan += "\n" + o.Name // a choice is a number: of another list it would be another object
	}
	if readable {
		ask.Choices = append(ask.Choices, views.Choice{
			How: fromFile, Label: "A file", Detail: "YAML or JSON, such as was kept in Git",
		})
		if len(list) == 0 {
			ask.Choices[0].How = ""
		}
	}
	ask.Run = func(how string) tea.Cmd {
		if how == fromFile || len(list) == 0 {
			return c.askFile(item, ask.Asked)
		}
		if o, ok := chosen[how]; ok {
			return c.openOther(item, o)
		}
		return nil
	}
	return ask
}

// elsewhere are the objects of the same address in other contexts. They are asked for
// when one is chosen: a context that is not seen is not asked.
func (c Comparer) elsewhere(item resource.Item[any]) []resource.Other {
	ref := c.Kind.Ref(item)
	ref.UID = ""
	var list []resource.Other
	for _, e := range c.Env.Elsewhere {
		name := ref.Name
		if ref.Scope != "" {
			name += " in " + ref.Scope
		}
		list = append(list, resource.Other{
			Name: name + " of " + e.Name, About: "the same in another context",
			Read: func(ctx context.Context) (json.RawMessage, error) { return e.Get(ctx, ref) },
		})
	}
	return list
}

// askFile asks for the path of a file to compare an object with.
func (c Comparer) askFile(item resource.Item[any], asked string) tea.Cmd {
	return views.Send(views.ConfirmMsg{Confirmation: views.Confirmation{
		Title: "Compare " + c.Kind.NameOf(item.Value) + " with a file", Button: "Compare", Asked: asked,
		Plan: "compare", Typed: true,
		Inputs: []views.Input{{Name: "path", Label: "path", Hint: "of a YAML or JSON file on this machine"}},
		Run: func(how string) tea.Cmd {
			values, _ := url.ParseQuery(how) // it was encoded here
			path := values.Get("path")
			if path == "" {
				return views.Notice(themes.Warn, "no path was typed: nothing is compared")
			}
			return c.openOther(item, resource.Other{Name: path, Read: c.readFile(path)})
		},
	}})
}

// readFile reads a document of a file. What a text of the console says of where it goes
// to is not part of it.
func (c Comparer) readFile(path string) func(context.Context) (json.RawMessage, error) {
	read, rules := c.Env.Editing.ReadFile, c.Kind.Rules()
	return func(ctx context.Context) (json.RawMessage, error) {
		text, err := read(path)
		if err != nil {
			return nil, err
		}
		return edit.DocumentOf(ctx, text, rules)
	}
}

func (c Comparer) openOther(item resource.Item[any], o resource.Other) tea.Cmd {
	own, other := c.sideOf(item), readSide{name: o.Name, read: o.Read}
	if o.Self != nil {
		own.name, own.read = o.Own, o.Self
	}
	if o.Left {
		own, other = other, own
	}
	return c.openDiff(own, other)
}
