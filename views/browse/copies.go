package browse

import (
	"context"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/dustin/go-humanize/english"

	"drey/views"
	"drey/views/grid"
	"drey/views/tabletext"
	"drey/views/yaml"
)

// copyYAMLMsg asks for the selected object, to copy it.
type copyYAMLMsg struct{}

// copyTableMsg copies the rows that are shown.
type copyTableMsg struct{ form string }

// copiedYAMLMsg is the answer to copyYAMLMsg.
type copiedYAMLMsg struct {
	name, text string
	err        error
}

// Copies implements views.Copier.
func (v *View) Copies() []views.Command {
	var list []views.Command
	item, ok := v.selected()
	if ok && v.kind.Raw != nil {
		list = append(list, views.Command{Text: "YAML", Aside: "of " + v.kind.NameOf(item.Value), Msg: copyYAMLMsg{}})
	}
	if ok && v.kind.Command != nil {
		if line := v.kind.Command(item); line != "" {
			line += " --url " + v.env.Server.Address
			list = append(list, views.Command{Text: "command line", Aside: line, Msg: views.CopyMsg{
				What: "the command line", Text: line,
			}})
		}
	}
	if ok && v.kind.WebPages != nil {
		for _, page := range v.kind.WebPages(item) {
			list = append(list, views.Command{Text: page.Label, Aside: page.Text, Msg: views.CopyMsg{
				What: "the address of the " + page.Label, Text: page.Text,
			}})
		}
	}
	rows := grid.Thousands(v.grid.Shown()) + " " + english.PluralWord(v.grid.Shown(), "row", "") + " as shown"
	for _, form := range []string{"CSV", "JSON", "Markdown"} {
		list = append(list, views.Command{Text: "table as " + form, Aside: rows, Msg: copyTableMsg{form}})
	}
	return list
}

// ItemPath is the path of the selected object from the server's root, "" where it has
// none.
func (v *View) ItemPath() string {
	item, ok := v.selected()
	if !ok || v.kind.Path == nil {
		return ""
	}
	return v.kind.Path(*item.Location, v.kind.NameOf(item.Value))
}

func (v *View) copyYAML() tea.Cmd {
	item, ok := v.selected()
	if !ok {
		return nil
	}
	ref, raw := v.kind.Ref(item), v.kind.Raw
	return v.box.Ask("copy yaml", func(ctx context.Context) tea.Msg {
		doc, err := raw(ctx, ref)
		text := ""
		if err == nil {
			text, err = yaml.FromJSON(doc)
		}
		return copiedYAMLMsg{ref.Name, text, err}
	})
}

func copyAnswer(msg copiedYAMLMsg) tea.Cmd {
	if msg.err != nil {
		return views.Send(views.ErrorMsg{Doing: "copy " + msg.name, Err: msg.err})
	}
	return views.Send(views.CopyMsg{What: "the YAML of " + msg.name, Text: msg.text})
}

// copyTable copies the rows that are shown, in their order.
func (v *View) copyTable(form string) tea.Cmd {
	columns := v.columns()
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.Title
	}
	var rows [][]string
	now := v.env.ServerNow()
	for _, key := range v.grid.ShownKeys() {
		item, ok := v.list.item(key)
		if !ok {
			continue // it could not be read
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = grid.CellText(c.Cell(item), now)
		}
		rows = append(rows, row)
	}
	text, err := tabletext.Of(form, head, rows)
	if err != nil {
		return views.Send(views.ErrorMsg{Doing: "copy the table", Err: err})
	}
	return views.Send(views.CopyMsg{What: fmt.Sprintf("%s rows as %s", grid.Thousands(len(rows)), form), Text: text})
}

// Objects implements views.Lister.
func (v *View) Objects() []views.Ref {
	refs := make([]views.Ref, len(v.list.items))
	for i, item := range v.list.items {
		refs[i] = v.kind.Ref(item)
	}
	return refs
}
