package flink

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"drey/client/fault"
	"drey/client/flinkrest"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
)

const jarsName = "jars"

// Jar is an uploaded jar and where it is.
type Jar struct {
	flinkrest.Jar
	Cluster string `json:"cluster,omitempty"`
}

type jarItem = resource.Item[Jar]

// entry is the class that runs where none is given, "" where the jar names none.
func (j Jar) entry() string {
	if len(j.Entries) == 0 {
		return ""
	}
	return j.Entries[0].Class
}

func sameJar(a, b Jar) bool { return a.ID == b.ID && a.Cluster == b.Cluster && a.entry() == b.entry() }

// jars are the jars that were uploaded.
func jars(f *fleet) resource.Kind[Jar] {
	list := func(ctx context.Context, c *cluster, label string) ([]Jar, error) {
		list, err := c.Jars(ctx)
		all := make([]Jar, len(list))
		for i, j := range list {
			all[i] = Jar{j, label}
		}
		return all, err
	}
	read := func(ctx context.Context, ref views.Ref) (Jar, error) {
		name, id, _ := cutLast(ref.UID)
		var failure error
		for _, c := range f.Clusters {
			if name != "" && c.Name != name {
				continue
			}
			all, err := list(ctx, c, f.Label(c))
			failure = err
			if i := slices.IndexFunc(all, func(j Jar) bool {
				return j.ID == id || id == "" && (j.Name == ref.Name || j.ID == ref.Name)
			}); i >= 0 {
				return all[i], nil
			}
		}
		if failure == nil {
			failure = &missingError{"there is no jar " + ref.Name}
		}
		return Jar{}, failure
	}
	return resource.Kind[Jar]{
		Name: jarsName, Singular: "jar", Title: "Jars", Short: "Jars", Aliases: []string{"jar"},
		NameOf:  func(j Jar) string { return j.Name },
		Key:     func(i jarItem) string { return jobKey(i.Value.Cluster, i.Value.ID) },
		Same:    sameJar,
		Columns: jarColumns(f.Several()),
		Source:  func(resource.Location) resource.Source[Jar] { return newSource(f, list, sameJar) },
		Read:    read,
		Raw: func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
			j, err := read(ctx, ref)
			if err != nil {
				return nil, err
			}
			return json.Marshal(j)
		},
		Facts: func(i jarItem, now time.Time) []views.Fact {
			return []views.Fact{
				{Label: "id", Text: i.Value.ID},
				{Label: "uploaded", Text: cells.Ago(flinkrest.Millis(i.Value.Uploaded), now)},
				{Label: "class", Text: i.Value.entry()},
			}
		},
		Open:    func(env *views.Env, i jarItem) tea.Cmd { return openRun(env, f, i.Value) },
		Actions: []resource.Action[Jar]{f.deleteJar()},
		Pages: []resource.Page[Jar]{
			{
				Key: func(m *keymap.Map) key.Binding { return m.Table.Toggle }, Label: "run",
				Open: func(env *views.Env, i jarItem) tea.Cmd { return openRun(env, f, i.Value) },
			},
		},
		Create: &resource.Create{Label: "upload", Open: func(env *views.Env) tea.Cmd { return openUpload(env, f) }},
		Empty:  "no jar was uploaded: {create} uploads one",
	}
}

func jarColumns(several bool) []resource.Column[Jar] {
	columns := []resource.Column[Jar]{
		{Column: grid.Column{Title: "NAME", Max: 60, Min: 14}, Cell: func(i jarItem) grid.Cell { return grid.Word(i.Value.Name, themes.Plain) }},
		{Column: grid.Column{Title: "UPLOADED", Right: true, Fresh: true}, Cell: func(i jarItem) grid.Cell {
			return grid.Since(flinkrest.Millis(i.Value.Uploaded), "", themes.Dim, cells.Dash())
		}},
		{Column: grid.Column{Title: "ENTRY CLASS", Max: 70, Drop: 1}, Cell: func(i jarItem) grid.Cell { return cells.Word(i.Value.entry(), themes.Plain) }},
		{Column: grid.Column{Title: "ID", Max: 50, Drop: 2}, Cell: func(i jarItem) grid.Cell { return grid.Word(i.Value.ID, themes.Dim) }},
	}
	if several {
		columns = slices.Insert(columns, 1, resource.Column[Jar]{
			Column: grid.Column{Title: "CLUSTER", Max: 32, Min: 10},
			Cell:   func(i jarItem) grid.Cell { return grid.Word(i.Value.Cluster, themes.Dim) },
		})
	}
	return columns
}

// deleteJar deletes a jar; jobs have copies of their own.
func (f *fleet) deleteJar() resource.Action[Jar] {
	plan := func(i jarItem, _ string) []views.Step {
		return []views.Step{{Method: "DELETE", Path: "/jars/" + url.PathEscape(i.Value.ID)}}
	}
	return resource.Action[Jar]{
		Key:  func(m *keymap.Map) key.Binding { return m.Table.Delete },
		Verb: func(Jar) views.Verb { return resource.VerbDelete }, Verbs: []views.Verb{resource.VerbDelete},
		Refuse: func(j Jar) error { return f.refuseSubmit(j.Cluster) },
		Will: func(jarItem, time.Time) views.Fact {
			return views.Fact{
				Label: "what happens",
				Text:  "the jar goes; jobs that run from it go on, and cannot be started again from here",
				Tone:  themes.Warn,
			}
		},
		Loses: func(Jar) bool { return true },
		Plan:  plan,
		Run: func(ctx context.Context, i jarItem, how string, step func(views.Step)) (string, error) {
			c, err := f.Named(i.Value.Cluster)
			if err != nil {
				return "", err
			}
			step(plan(i, how)[0])
			err = c.DeleteJar(ctx, i.Value.ID)
			if flinkrest.Says(err, "does not exist") || fault.Is(err, fault.NotFound) {
				err = nil
			}
			return "", err
		},
		Removes: true,
	}
}

// refuseSubmit is why a cluster takes no jars, nil where it does.
func (f *fleet) refuseSubmit(cluster string) error {
	c, err := f.Named(cluster)
	if err != nil {
		return err
	}
	if d, known := c.Known(); known && !d.Features.Submit {
		return errors.New("the cluster does not take jars: it needs web.submit.enable: true")
	}
	return nil
}
