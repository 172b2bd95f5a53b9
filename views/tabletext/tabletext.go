// Package tabletext writes a table as a text for other programs.
package tabletext

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
)

// Of is a table as CSV, JSON or Markdown.
func Of(form string, head []string, rows [][]string) (string, error) {
	var b bytes.Buffer
	switch form {
	case "CSV":
		w := csv.NewWriter(&b)
		if err := w.Write(head); err != nil {
			return "", fmt.Errorf("write CSV: %w", err)
		}
		if err := w.WriteAll(rows); err != nil {
			return "", fmt.Errorf("write CSV: %w", err)
		}
	case "JSON":
		objects := make([]map[string]string, len(rows))
		for i, row := range rows {
			objects[i] = map[string]string{}
			for c, cell := range row {
				objects[i][strings.ToLower(head[c])] = cell
			}
		}
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(objects); err != nil {
			return "", fmt.Errorf("write JSON: %w", err)
		}
	default:
		clean := strings.NewReplacer(`\`, `\\`, "|", `\|`, "\r\n", "<br>", "\n", "<br>", "<", "&lt;")
		line := func(cells []string) {
			b.WriteByte('|')
			for _, cell := range cells {
				b.WriteString(" " + clean.Replace(cell) + " |")
			}
			b.WriteByte('\n')
		}
		line(head)
		b.WriteString("|" + strings.Repeat(" --- |", len(head)) + "\n")
		for _, row := range rows {
			line(row)
		}
	}
	return b.String(), nil
}
