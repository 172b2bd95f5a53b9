package results

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"drey/client/statement"
	"drey/views/catalog"
)

// format is how rows are written.
type format uint8

const (
	asCSV format = iota
	asJSON
	asNDJSON
	asMarkdown
	asInsert
)

func (f format) String() string {
	return [...]string{"CSV", "JSON", "NDJSON", "Markdown", "INSERT"}[f]
}

// formatOf is what a file's name asks for.
func formatOf(path string) (format, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return asCSV, nil
	case ".ndjson", ".jsonl":
		return asNDJSON, nil
	case ".json":
		return asJSON, nil
	case ".md", ".markdown":
		return asMarkdown, nil
	case ".sql":
		return asInsert, nil
	}
	return 0, fmt.Errorf("the name ends in none of .csv .ndjson .json .md .sql")
}

// writer writes rows in a format into out.
type writer struct {
	format  format
	columns []statement.Column
	pick    []int // of the columns
	names   []string
	withOp  bool
	out     []byte
	rows    int
	cells   []value
	err     error
}

func newWriter(f format, columns []statement.Column, pick []int, withOp bool) *writer {
	w := &writer{format: f, columns: columns, pick: pick, withOp: withOp && f != asInsert}
	for _, i := range pick {
		name := columns[i].Name
		for n := 2; slices.Contains(w.names, name); n++ {
			name = fmt.Sprintf("%s_%d", columns[i].Name, n)
		}
		w.names = append(w.names, name)
	}
	return w
}

// opName is what the op is called.
func (w *writer) opName() string {
	name := "op"
	for slices.Contains(w.names, name) {
		name = "_" + name
	}
	return name
}

func (w *writer) head() {
	switch w.format {
	case asCSV:
		w.line(func(s string) []byte { return appendCSV(nil, s) }, "", ",", "\n")
	case asMarkdown:
		w.line(markdown, "| ", " | ", " |\n")
		for n := range w.pick {
			rule := "| --- "
			if isNumber(w.columns[w.pick[n]].Type.Type) {
				rule = "| ---: "
			}
			if n == 0 && w.withOp {
				w.out = append(w.out, "| --- "...)
			}
			w.out = append(w.out, rule...)
		}
		w.out = append(w.out, "|\n"...)
	case asJSON:
		w.out = append(w.out, '[')
	}
}

// line writes the names of the columns.
func (w *writer) line(quote func(string) []byte, left, between, right string) {
	w.out = append(w.out, left...)
	names := w.names
	if w.withOp {
		names = append([]string{w.opName()}, names...)
	}
	for n, name := range names {
		if n > 0 {
			w.out = append(w.out, between...)
		}
		w.out = append(w.out, quote(name)...)
	}
	w.out = append(w.out, right...)
}

func (w *writer) row(r record) {
	w.cells = r.values(w.cells)
	switch w.format {
	case asCSV:
		w.csvRow(r)
	case asMarkdown:
		w.markdownRow(r)
	case asInsert:
		w.insertRow()
	default:
		w.jsonRow(r)
	}
	w.rows++
}

func (w *writer) csvRow(r record) {
	if w.withOp {
		w.out = append(append(w.out, r.op().String()...), ',')
	}
	for n, i := range w.pick {
		if n > 0 {
			w.out = append(w.out, ',')
		}
		if v := w.cells[i]; v.form != null {
			w.out = appendCSV(w.out, string(shownText(v, w.columns[i].Type)))
		}
	}
	w.out = append(w.out, '\n')
}

// appendCSV quotes what has to be; the empty text is quoted, for NULL is nothing.
func appendCSV(dst []byte, s string) []byte {
	if s != "" && !strings.ContainsAny(s, "\",\r\n") && s[0] != ' ' && s[len(s)-1] != ' ' {
		return append(dst, s...)
	}
	return append(append(append(dst, '"'), strings.ReplaceAll(s, `"`, `""`)...), '"')
}

func markdown(s string) []byte {
	return []byte(strings.NewReplacer("\\", "\\\\", "|", "\\|", "\r\n", "<br>", "\n", "<br>", "<", "&lt;").Replace(s))
}

func (w *writer) markdownRow(r record) {
	w.out = append(w.out, '|')
	if w.withOp {
		w.out = append(append(append(w.out, ' '), r.op().String()...), " |"...)
	}
	for _, i := range w.pick {
		text := []byte("NULL")
		if v := w.cells[i]; v.form != null {
			text = markdown(string(shownText(v, w.columns[i].Type)))
		}
		w.out = append(append(append(w.out, ' '), text...), " |"...)
	}
	w.out = append(w.out, '\n')
}

func (w *writer) jsonRow(r record) {
	if w.format == asJSON {
		if w.rows > 0 {
			w.out = append(w.out, ',')
		}
		w.out = append(w.out, "\n  "...)
	}
	w.out = append(w.out, '{')
	if w.withOp {
		w.out = append(w.out, fmt.Sprintf("%s:%q", quoteJSON(w.opName()), r.op().String())...)
	}
	for n, i := range w.pick {
		if n > 0 || w.withOp {
			w.out = append(w.out, ',')
		}
		w.out = append(append(w.out, quoteJSON(w.names[n])...), ':')
		w.out = appendJSON(w.out, w.cells[i], w.columns[i].Type)
	}
	w.out = append(w.out, '}')
	if w.format == asNDJSON {
		w.out = append(w.out, '\n')
	}
}

func (w *writer) insertRow() {
	if w.rows == 0 {
		names := make([]string, len(w.names))
		for n, name := range w.names {
			names[n] = catalog.Quoted(name)
		}
		w.out = append(w.out, "INSERT INTO target_table ("+strings.Join(names, ", ")+") VALUES\n  ("...)
	} else {
		w.out = append(w.out, ",\n  ("...)
	}
	for n, i := range w.pick {
		if n > 0 {
			w.out = append(w.out, ", "...)
		}
		text, err := literal(w.cells[i], w.columns[i].Type)
		if err != nil && w.err == nil {
			w.err = fmt.Errorf("column %s: %w", w.columns[i].Name, err)
		}
		w.out = append(w.out, text...)
	}
	w.out = append(w.out, ')')
}

func (w *writer) foot() {
	switch {
	case w.format == asJSON:
		w.out = append(w.out, "\n]\n"...)
	case w.format == asInsert && w.rows > 0:
		w.out = append(w.out, ";\n"...)
	}
}

func quoteJSON(s string) []byte {
	b, _ := json.Marshal(s) // a string is always text
	return b
}
