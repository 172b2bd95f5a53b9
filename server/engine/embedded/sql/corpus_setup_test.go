package sql

import (
	"bufio"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/catalog"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// setUp does what a statement of the set-up does, as far as tests can.
func setUp(t *testing.T, db map[string]*catalog.Table, conf map[string]string, s string) bool {
	if m := createView.FindStringSubmatch(s); m != nil {
		db[m[1]] = &catalog.Table{View: m[2]}
		return true
	}
	if m := setOption.FindStringSubmatch(s); m != nil {
		conf[m[1]] = m[2]
		return m[1] == "execution.runtime-mode" || m[1] == "table.local-time-zone" || m[1] == "table.dml-sync"
	}
	if m := createTable.FindStringSubmatch(s); m != nil {
		return csvTable(t, db, m[1], m[2], m[3], conf["execution.runtime-mode"] == "streaming")
	}
	return false
}

var columnDef = regexp.MustCompile("^`?(\\w+)`? (INT|STRING|DOUBLE|BOOLEAN|TIMESTAMP\\(3\\)|DECIMAL\\((\\d+),(\\d+)\\))$")

func csvTable(t *testing.T, db map[string]*catalog.Table, name, defs, file string, streaming bool) bool {
	table := &catalog.Table{Bounded: true}
	for _, def := range strings.Split(defs, ", ") {
		if w, ok := strings.CutPrefix(def, "WATERMARK FOR "); ok {
			for i, c := range table.Columns {
				table.Columns[i].Type.Rowtime = c.Name == strings.Fields(w)[0] && streaming
			}
			continue
		}
		m := columnDef.FindStringSubmatch(def)
		if m == nil {
			return false
		}
		ct := map[string]types.Type{
			"INT": types.Of(types.Integer), "STRING": types.String, "DOUBLE": types.Of(types.Double),
			"BOOLEAN": types.Of(types.Boolean), "TIMESTAMP(3)": {Root: types.Timestamp, P: 3},
		}[m[2]]
		if m[3] != "" {
			p, _ := strconv.Atoi(m[3])
			s, _ := strconv.Atoi(m[4])
			ct = types.Dec(p, s)
		}
		table.Columns = append(table.Columns, catalog.Column{Name: m[1], Type: ct.Null(true)})
	}
	rows := readCSV(t, "testdata/corpus/data/"+file+".csv", table.Columns)
	table.Open = func(uint64) stream.Source { return fixedRows(rows) }
	db[name] = table
	return true
}

type fixedRows []value.Row

func (f fixedRows) Row(i int64) (value.Row, bool, error) {
	if i >= int64(len(f)) {
		return nil, false, nil
	}
	return f[i], true, nil
}

func (fixedRows) Every() int64 { return 0 }

func readCSV(t *testing.T, file string, columns []catalog.Column) fixedRows {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows fixedRows
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row value.Row
		for i, cell := range strings.Split(lines.Text(), ",") {
			row = append(row, csvCell(t, cell, columns[i].Type))
		}
		rows = append(rows, row)
	}
	return rows
}

func csvCell(t *testing.T, cell string, ct types.Type) value.Value {
	t.Helper()
	if cell == "NULL" {
		return value.NULL
	}
	switch ct.Root {
	case types.Integer:
		i, err := strconv.ParseInt(cell, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return value.Int(i)
	case types.Double:
		f, _ := strconv.ParseFloat(cell, 64)
		return value.Float(f)
	case types.Boolean:
		return value.Bool(cell == "true")
	case types.Decimal:
		d, _, err := apd.NewFromString(cell)
		if err != nil {
			t.Fatal(err)
		}
		out := new(apd.Decimal)
		if _, err := apd.BaseContext.WithPrecision(60).Quantize(out, d, int32(-ct.S)); err != nil {
			t.Fatal(err)
		}
		return value.Dec(out)
	case types.Timestamp:
		at, err := time.Parse("2006-01-02 15:04:05", strings.Replace(cell, "T", " ", 1))
		if err != nil {
			t.Fatal(err)
		}
		return value.Stamp(at.UnixMilli(), 0)
	}
	return value.Text(cell)
}
