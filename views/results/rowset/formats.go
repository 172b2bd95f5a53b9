package rowset

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"drey/client/statement"
	"drey/views/catalog"
)

// Format is how rows are written.
type Format uint8

const (
	AsCSV Format = iota
	AsJSON
	AsNDJSON
	AsMarkdown
	AsInsert
)

func (f Format) String() string {
	return [...]string{"CSV", "JSON", "NDJSON", "Markdown", "INSERT"}[f]
}

// FormatOf is what a file's name asks for.
func FormatOf(path string) (Format, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return AsCSV, nil
	case ".ndjson", ".jsonl":
		return AsNDJSON, nil
	case ".json":
		return AsJSON, nil
	case ".md", ".markdown":
		return AsMarkdown, nil
	case ".sql":
		return AsInsert, nil
	}
	return 0, fmt.Errorf("the name ends in none of .csv .ndjson .json .md .sql")
}

// writer writes rows in a format into out.
type writer struct {
	format  Format
	columns []statement.Column
	pick    []int // of the columns
	names   []string
	withOp  bool
	Out     []byte
	rows    int
	cells   []Value
	Err     error
}

func NewWriter(f Format, columns []statement.Column, pick []int, withOp bool) *writer {
	w := &writer{format: f, columns: columns, pick: pick, withOp: withOp && f != AsInsert}
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

func (w *writer) Head() {
	switch w.format {
	case AsCSV:
		w.line(func(s string) []byte { return appendCSV(nil, s) }, "", ",", "\n")
	case AsMarkdown:
		w.line(markdown, "| ", " | ", " |\n")
		for n := range w.pick {
			rule := "| --- "
			if IsNumber(w.columns[w.pick[n]].Type.Type) {
				rule = "| ---: "
			}
			if n == 0 && w.withOp {
				w.Out = append(w.Out, "| --- "...)
			}
			w.Out = append(w.Out, rule...)
		}
		w.Out = append(w.Out, "|\n"...)
	case AsJSON:
		w.Out = append(w.Out, '[')
	}
}

// line writes the names of the columns.
func (w *writer) line(quote func(string) []byte, left, between, right string) {
	w.Out = append(w.Out, left...)
	names := w.names
	if w.withOp {
		names = append([]string{w.opName()}, names...)
	}
	for n, name := range names {
		if n > 0 {
			w.Out = append(w.Out, between...)
		}
		w.Out = append(w.Out, quote(name)...)
	}
	w.Out = append(w.Out, right...)
}

func (w *writer) Row(r Record) {
	w.cells = r.Values(w.cells)
	switch w.format {
	case AsCSV:
		w.csvRow(r)
	case AsMarkdown:
		w.markdownRow(r)
	case AsInsert:
		w.insertRow()
	default:
		w.jsonRow(r)
	}
	w.rows++
}

func (w *writer) csvRow(r Record) {
	if w.withOp {
		w.Out = append(append(w.Out, r.Op().String()...), ',')
	}
	for n, i := range w.pick {
		if n > 0 {
			w.Out = append(w.Out, ',')
		}
		if v := w.cells[i]; v.Form != Null {
			w.Out = appendCSV(w.Out, string(ShownText(v, w.columns[i].Type)))
		}
	}
	w.Out = append(w.Out, '\n')
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

func (w *writer) markdownRow(r Record) {
	w.Out = append(w.Out, '|')
	if w.withOp {
		w.Out = append(append(append(w.Out, ' '), r.Op().String()...), " |"...)
	}
	for _, i := range w.pick {
		text := []byte("NULL")
		if v := w.cells[i]; v.Form != Null {
			text = markdown(string(ShownText(v, w.columns[i].Type)))
		}
		w.Out = append(append(append(w.Out, ' '), text...), " |"...)
	}
	w.Out = append(w.Out, '\n')
}

func (w *writer) jsonRow(r Record) {
	if w.format == AsJSON {
		if w.rows > 0 {
			w.Out = append(w.Out, ',')
		}
		w.Out = append(w.Out, "\n  "...)
	}
	w.Out = append(w.Out, '{')
	if w.withOp {
		w.Out = append(w.Out, fmt.Sprintf("%s:%q", quoteJSON(w.opName()), r.Op().String())...)
	}
	for n, i := range w.pick {
		if n > 0 || w.withOp {
			w.Out = append(w.Out, ',')
		}
		w.Out = append(append(w.Out, quoteJSON(w.names[n])...), ':')
		w.Out = appendJSON(w.Out, w.cells[i], w.columns[i].Type)
	}
	w.Out = append(w.Out, '}')
	if w.format == AsNDJSON {
		w.Out = append(w.Out, '\n')
	}
}

func (w *writer) insertRow() {
	if w.rows == 0 {
		names := make([]string, len(w.names))
		for n, name := range w.names {
			names[n] = catalog.Quoted(name)
		}
		w.Out = append(w.Out, "INSERT INTO target_table ("+strings.Join(names, ", ")+") VALUES\n  ("...)
	} else {
		w.Out = append(w.Out, ",\n  ("...)
	}
	for n, i := range w.pick {
		if n > 0 {
			w.Out = append(w.Out, ", "...)
		}
		text, err := literal(w.cells[i], w.columns[i].Type)
		if err != nil && w.Err == nil {
			w.Err = fmt.Errorf("column %s: %w", w.columns[i].Name, err)
		}
		w.Out = append(w.Out, text...)
	}
	w.Out = append(w.Out, ')')
}

func (w *writer) Foot() {
	switch {
	case w.format == AsJSON:
		w.Out = append(w.Out, "\n]\n"...)
	case w.format == AsInsert && w.rows > 0:
		w.Out = append(w.Out, ";\n"...)
	}
}

func quoteJSON(s string) []byte {
	b, _ := json.Marshal(s) // a string is always text
	return b
}
