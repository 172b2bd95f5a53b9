package sql

import (
	"strings"

	"drey/views/sql/history"

	tea "github.com/charmbracelet/bubbletea"
)

// openHistory lays the history over the editor.
func (v *View) openHistory() tea.Cmd {
	v.over = history.NewDialog(v.env, &v.past, v.insertStatement)
	return nil
}

// insertStatement puts a statement of the history at the cursor, on lines of
// its own; undo takes it out again.
func (v *View) insertStatement(text string) tea.Cmd {
	b := v.buffer().Editor.Text
	line, col := b.Line(b.Cursor().Row), b.Cursor().Col
	if before := strings.TrimSpace(string(line[:col])); before != "" {
		if !strings.HasSuffix(before, ";") {
			text = ";\n" + text
		} else {
			text = "\n" + text
		}
	}
	if strings.TrimSpace(string(line[col:])) != "" {
		text += ";\n"
	}
	b.Insert(text)
	v.enter(inEditor)
	return v.saveSoon()
}
