package corpus

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Form is how an engine writes values, where it is not as Flink's SQL client does.
type Form struct {
	LowerBooleans bool
	// Hidden are the types of columns that are written in another form and so are
	// not compared.
	Hidden func(typ string) bool
}

// IsNested reports whether values of a type have parts.
func IsNested(typ string) bool {
	return slices.ContainsFunc([]string{"ARRAY", "MAP", "ROW", "MULTISET"}, func(word string) bool {
		return strings.HasPrefix(typ, word)
	})
}

// anonymous is the number of a result within a session.
var anonymous = regexp.MustCompile(`collect\$\d+`)

// Head is what a person reads of an error: its first sentence, without numbers that
// are others each time.
func Head(message string) string {
	for _, cut := range []string{"\n\nCaused by: ", "\nWas expecting", " Supported form(s)"} {
		message, _, _ = strings.Cut(message, cut)
	}
	return strings.TrimSpace(anonymous.ReplaceAllString(message, "collect$$N"))
}

// SameHead compares the heads of errors.
func SameHead(got, want string) bool { return Head(got) == Head(want) }

// HasHead compares an error of the API, which says more around the words of an
// engine: the position behind them.
func HasHead(got, want string) bool {
	got, _, _ = strings.Cut(Head(got), " (at line")
	want, _, _ = strings.Cut(Head(want), " (at line")
	return strings.Contains(got, strings.TrimSpace(want))
}

// masked are ids, which are others each time, as a recording writes them. A hash may
// have been taken for one.
var masked = []string{"<jobid>", "<uuid>"}

// compare compares rows: as they came; else, where Flink promises no order, what is
// left when the changes are applied.
func (f Form) compare(c Case, rows []Row) (verdict Verdict, detail string) {
	if c.Loose {
		return Equal, ""
	}
	if c.Volatile {
		if len(rows) != len(c.Rows) {
			return Different, fmt.Sprintf("got %d rows, want %d", len(rows), len(c.Rows))
		}
		return Equal, ""
	}
	got, want := f.written(rows, c.Columns), f.written(c.Rows, c.Columns)
	if slices.Equal(lines(got), lines(want)) {
		return Exact, ""
	}
	text := strings.Join(lines(want), "")
	if slices.ContainsFunc(masked, func(id string) bool { return strings.Contains(text, id) }) {
		return Equal, ""
	}
	ordered := !c.Unordered && c.Mode == "batch"
	if !ordered && slices.Equal(final(got, c), final(want, c)) {
		return Equal, ""
	}
	return Different, fmt.Sprintf("got  %s\n  want %s", lines(got), lines(want))
}

// written gives rows in the form of the engine.
func (f Form) written(rows []Row, columns []Column) []Row {
	out := make([]Row, len(rows))
	for n, row := range rows {
		out[n] = Row{Op: row.Op, Cells: slices.Clone(row.Cells)}
		for i, cell := range row.Cells {
			switch {
			case i >= len(columns):
			case f.Hidden != nil && f.Hidden(columns[i].Type):
				hidden := "…"
				out[n].Cells[i] = &hidden
			case cell != nil && f.LowerBooleans && strings.HasPrefix(columns[i].Type, "BOOLEAN"):
				lower := strings.ToLower(*cell)
				out[n].Cells[i] = &lower
			}
		}
	}
	return out
}

func lines(rows []Row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.String()
	}
	return out
}

func (r Row) String() string { return r.Op + " " + r.text() }

// text gives the values as a line: texts in quotes, or NULL.
func (r Row) text() string {
	texts := make([]string, len(r.Cells))
	for i, cell := range r.Cells {
		texts[i] = "NULL"
		if cell != nil {
			texts[i] = strconv.Quote(*cell)
		}
	}
	return strings.Join(texts, ", ")
}

// final applies a changelog and sorts what is left. A row that was taken back more
// often than it came is left as one that is missing.
func final(rows []Row, c Case) []string {
	counts := map[string]int{}
	last := map[string]string{} // by key
	for _, r := range rows {
		values, added := r.text(), r.Op == "+I" || r.Op == "+U"
		if len(c.UpsertKey) > 0 {
			key := r.key(c)
			if old, ok := last[key]; ok {
				counts[old]--
			}
			delete(last, key)
			if added {
				last[key] = values
				counts[values]++
			}
			continue
		}
		if added {
			counts[values]++
		} else {
			counts[values]--
		}
	}
	var out []string
	for values, n := range counts {
		for range n {
			out = append(out, values)
		}
		if n < 0 {
			out = append(out, "missing: "+values)
		}
	}
	slices.Sort(out)
	return out
}

// key gives the values by which a row replaces another.
func (r Row) key(c Case) string {
	var key Row
	for i, column := range c.Columns {
		if i < len(r.Cells) && slices.Contains(c.UpsertKey, column.Name) {
			key.Cells = append(key.Cells, r.Cells[i])
		}
	}
	return key.text()
}
