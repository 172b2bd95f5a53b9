package results

import (
	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/views"
	"drey/views/clean"
	"drey/views/grid"
	"drey/views/results/rowset"
)

// open begins to type a line.
func (p *Pane) open(what promptKind, text string) {
	p.prompt = prompt{what: what, before: text, from: p.cursor.row}
	p.prompt.line.Set(text)
}

// askPath asks where to write what is shown. While other work goes on it says
// so, and takes the path all the same.
func (p *Pane) askPath() {
	p.open(forPath, "results.csv")
	p.prompt.problem = p.busyText()
}

// busyText says what is under way with the rows, "" for nothing: there is one
// such work at a time.
func (p *Pane) busyText() string {
	if p.work.doing == "" {
		return ""
	}
	return "still " + p.work.doing + " " + plural(p.work.rows, "row") +
		": enter works once that is done, esc twice gives it up"
}

func (p *Pane) handlePrompt(msg tea.KeyMsg) tea.Cmd {
	keys := p.env.Keys.Line
	switch {
	case p.prompt.what == forCopy:
		return p.handleCopyMenu(msg)
	case p.prompt.exists != "":
		return p.handleExists(msg)
	case keymap.Matches(msg, keys.Cancel):
		return p.leavePrompt()
	case keymap.Matches(msg, keys.Accept):
		return p.accept()
	case p.prompt.what == forSearch && keymap.Matches(msg, keys.Down):
		return p.nextHit(1)
	case p.prompt.what == forSearch && keymap.Matches(msg, keys.Up):
		return p.nextHit(-1)
	}
	before := p.prompt.line.Value()
	p.prompt.line.Update(msg, keys)
	text := p.prompt.line.Value()
	if p.prompt.what == forNothing {
		return nil
	}
	p.prompt.problem = ""
	if text == before {
		return nil
	}
	switch p.prompt.what {
	case forFilter:
		p.look.filter = text
		p.prompt.problem = rowset.FilterProblem(text, p.log.Shape.Columns)
		return p.requery()
	case forSearch:
		p.search = search{text: text, jump: 1}
		p.moveTo(p.prompt.from)
		return p.requery()
	}
	return nil
}

// accept takes the line that was typed.
func (p *Pane) accept() tea.Cmd {
	text := p.prompt.line.Value()
	switch p.prompt.what {
	case forPast:
		return p.goToTyped(text)
	case forPath:
		return p.export(text, false)
	}
	p.prompt = prompt{}
	if p.log == nil {
		return nil
	}
	p.scroll()
	return nil
}

// leavePrompt takes back what was typed since it was opened.
func (p *Pane) leavePrompt() tea.Cmd {
	was := p.prompt
	p.prompt = prompt{}
	if p.log == nil {
		return nil
	}
	p.scroll()
	switch was.what {
	case forFilter:
		p.look.filter = was.before
	case forSearch:
		p.search = search{text: was.before}
	default:
		return nil
	}
	return p.requery()
}

// handleExists replaces the file, or asks for another path.
func (p *Pane) handleExists(msg tea.KeyMsg) tea.Cmd {
	path := p.prompt.exists
	p.prompt.exists = ""
	if keymap.Matches(msg, p.env.Keys.Dialog.Confirm) {
		return p.export(path, true)
	}
	return nil
}

// copies are the keys of the copy menu.
var copies = []struct {
	key    string
	all    bool
	format rowset.Format
	label  string
}{
	{"c", false, rowset.AsCSV, "row CSV"},
	{"j", false, rowset.AsNDJSON, "row JSON"},
	{"i", false, rowset.AsInsert, "row INSERT"},
	{"C", true, rowset.AsCSV, "all CSV"},
	{"J", true, rowset.AsJSON, "all JSON"},
	{"I", true, rowset.AsInsert, "all INSERT"},
	{"M", true, rowset.AsMarkdown, "all Markdown"},
}

func (p *Pane) handleCopyMenu(msg tea.KeyMsg) tea.Cmd {
	p.prompt = prompt{}
	for _, c := range copies {
		if msg.String() != c.key {
			continue
		}
		if c.all {
			return p.copyRows(p.list, c.format, plural(p.list.Len(), "row"))
		}
		if row, ok := p.current(); ok {
			return p.copyRows(row, c.format, "row")
		}
	}
	return nil
}

// promptLines draw what is typed.
func (p *Pane) promptLines() []string {
	t, width := p.env.Theme, p.look.width
	typed := func(sign string, aside string) string {
		aside = t.Dim.Render(aside)
		left := max(width-clean.Width(sign)-clean.Width(aside)-4, 8)
		return " " + t.Accent.Render(sign) + p.prompt.line.View(t, left) + "  " + aside
	}
	var lines []string
	switch p.prompt.what {
	case forCopy:
		lines = []string{" " + t.Dim.Render("copy")}
		for _, c := range copies {
			text, last := "  "+t.Accent.Render(c.key)+t.Dim.Render(" "+c.label), len(lines)-1
			if clean.Width(lines[last])+clean.Width(text) > width {
				lines = append(lines, clean.Blanks(5)+text)
				continue
			}
			lines[last] += text
		}
	case forFilter:
		lines = []string{typed("&", ofText(p.list.Len(), p.list.Of, "row"))}
	case forNothing:
		lines = []string{typed("", "")}
	case forSearch:
		lines = []string{typed("/", p.hitsText())}
	case forPast:
		lines = []string{typed("as of change ", "0 to "+grid.Thousands(p.log.Changes()))}
	case forPath:
		lines = []string{typed("write "+p.exportText()+" to ", ".csv .ndjson .json .md .sql")}
		if p.prompt.exists != "" {
			lines = append(
				lines,
				" "+t.Tone(warnTone).Render("this file exists: ")+t.Accent.Render("y")+t.Dim.Render(" replaces it, any other "+
					"key does not"),
			)
		}
	}
	if p.prompt.problem != "" {
		lines = append(lines, " "+t.Tone(badTone).Render(clean.Cut(
			clean.Text(p.prompt.problem), width-2, t.Glyphs.Ellipsis,
		)))
	}
	return lines
}

// exportText says what would be written.
func (p *Pane) exportText() string {
	text := ofText(p.list.Len(), p.list.Of, "row")
	if p.look.asChanges {
		text = ofText(p.list.Len(), p.list.Of, "change")
	}
	if n := len(p.look.hidden); n > 0 {
		text += " without " + plural(n, "hidden column")
	}
	return text
}

// PromptHints are the keys of the line that is typed.
func (p *Pane) PromptHints() []views.Hint {
	l := p.env.Keys.Line
	label := map[promptKind]string{
		forFilter: "filter", forSearch: "search", forPast: "go there", forPath: "write",
	}[p.prompt.what]
	switch p.prompt.what {
	case forCopy:
		return []views.Hint{{Binding: l.Cancel, Label: "copy nothing"}}
	case forNothing:
		return []views.Hint{{Binding: l.Cancel, Label: "leave it"}}
	}
	return []views.Hint{{Binding: l.Accept, Label: label}, {Binding: l.Cancel, Label: "leave it"}}
}
