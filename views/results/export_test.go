package results

import (
	"strings"

	"drey/client/statement"
	"drey/views/results/rowset"
)

// Text is what is shown, rows parted by ", "; "?" for one that is not in memory.
func (p *Pane) Text() string {
	rows := make([]string, p.list.Len())
	for i := range rows {
		rows[i] = "?"
		if r, _ := p.log.Store.Record(p.list.Content(i)); r != nil {
			rows[i] = text(r)
		}
	}
	return strings.Join(rows, ", ")
}

// Len is how many rows are shown.
func (p *Pane) Len() int { return p.list.Len() }

func text(r rowset.Record) string {
	var cells []string
	for _, v := range r.Values(nil) {
		if v.Form == rowset.Null {
			cells = append(cells, "NULL")
			continue
		}
		cells = append(cells, string(v.Text))
	}
	return strings.Join(cells, " ")
}

// Written are rows in a format.
func Written(columns []statement.Column, rows []statement.Row, format string) (string, error) {
	f, err := rowset.FormatOf("x." + format)
	if err != nil {
		return "", err
	}
	s := &rowset.Shape{Columns: columns}
	b := s.Pack(rows)
	pick := make([]int, len(columns))
	for i := range pick {
		pick[i] = i
	}
	w := rowset.NewWriter(f, columns, pick, false)
	w.Head()
	from := uint32(0)
	for _, end := range b.Ends {
		w.Row(rowset.Record(b.Data[from:end]))
		from = end
	}
	w.Foot()
	return string(w.Out), w.Err
}
