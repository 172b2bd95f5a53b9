package results

import (
	"strings"

	"drey/client/statement"
)

// Limit makes the bounds small.
func (l *Log) Limit(memory int, disk int64, changes int) { l.limits = limits{memory, disk, changes} }

// Memory is how many bytes are held in memory.
func (l *Log) Memory() int { return l.store.memory }

// Text is what is shown, rows parted by ", "; "?" for one that is not in memory.
func (p *Pane) Text() string {
	rows := make([]string, p.list.len())
	for i := range rows {
		rows[i] = "?"
		if r, _ := p.log.store.record(p.list.content(i)); r != nil {
			rows[i] = text(r)
		}
	}
	return strings.Join(rows, ", ")
}

// Len is how many rows are shown.
func (p *Pane) Len() int { return p.list.len() }

func text(r record) string {
	var cells []string
	for _, v := range r.values(nil) {
		if v.form == null {
			cells = append(cells, "NULL")
			continue
		}
		cells = append(cells, string(v.text))
	}
	return strings.Join(cells, " ")
}

// Written are rows in a format.
func Written(columns []statement.Column, rows []statement.Row, format string) (string, error) {
	f, err := formatOf("x." + format)
	if err != nil {
		return "", err
	}
	s := &shape{columns: columns}
	b := s.pack(rows)
	pick := make([]int, len(columns))
	for i := range pick {
		pick[i] = i
	}
	w := newWriter(f, columns, pick, false)
	w.head()
	from := uint32(0)
	for _, end := range b.ends {
		w.row(record(b.data[from:end]))
		from = end
	}
	w.foot()
	return string(w.out), w.err
}
