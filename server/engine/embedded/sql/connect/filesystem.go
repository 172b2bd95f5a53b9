package connect

import (
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
)

// format is how rows stand in a file.
type format interface {
	check(columns []Column) error
	quotes() byte
	skips(record []byte) bool
	// decode reads a record; false skips it.
	decode(record []byte, columns []Column, row value.Row) (bool, error)
	encode(b []byte, columns []Column, row value.Row) ([]byte, error)
}

// filesTable is a table of the connector filesystem.
type filesTable struct {
	Table
	location location
	format   func(*time.Location) format
	columns  []Column // those in the files
	inFile   []int    // where they stand in the row
	parts    []int    // where the partition columns stand
}

var filesystemOptions = []string{
	"partition.default-name", "source.monitor-interval", "source.report-statistics", "source.path.regex-pattern",
	"sink.rolling-policy.file-size", "sink.rolling-policy.rollover-interval", "sink.rolling-policy.check-interval",
	"sink.rolling-policy.inactivity-interval", "sink.shuffle-by-partition.enable", "sink.parallelism",
	"sink.partition-commit.trigger", "sink.partition-commit.delay", "sink.partition-commit.policy.kind",
	"sink.partition-commit.success-file.name", "sink.partition-commit.watermark-time-zone",
	"partition.time-extractor.kind", "partition.time-extractor.timestamp-pattern",
}

func newFilesTable(f Files, t Table, o options) (*filesTable, error) {
	text, ok := o.get("path")
	if !ok {
		return nil, invalid("One or more required options are missing.\n\nMissing required options are:\n\npath")
	}
	ft := &filesTable{Table: t}
	if err := ft.formats(o); err != nil {
		return nil, err
	}
	if err := o.onlyKnown("filesystem", filesystemOptions...); err != nil {
		return nil, err
	}
	for _, key := range []string{"source.monitor-interval", "source.path.regex-pattern", "partition.default-name"} {
		if _, ok := o.get(key); ok {
			return nil, &errOutside{key}
		}
	}
	var err error
	if ft.location, err = f.find(text); err != nil {
		return nil, err
	}
	for i, c := range t.Columns {
		if slices.Contains(t.PartitionBy, c.Name) {
			continue
		}
		ft.columns, ft.inFile = append(ft.columns, c), append(ft.inFile, i)
	}
	for _, name := range t.PartitionBy {
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
		if at < 0 {
			return nil, &errOutside{"a partition by the column " + name}
		}
		ft.parts = append(ft.parts, at)
	}
	return ft, ft.format(time.UTC).check(ft.columns)
}

func (t *filesTable) formats(o options) error {
	name, ok := o.get("format")
	switch {
	case !ok:
		return invalid("A file system table requires a format.\n\nUse the option 'format'.")
	case name == "csv":
		f, err := newCSV(o.knowing(csvOptions))
		t.format = func(zone *time.Location) format { c := *f; c.zone = zone; return &c }
		return err
	case name == "json":
		f, err := newJSON(o.knowing(jsonOptions))
		t.format = func(zone *time.Location) format { c := *f; c.zone = zone; return &c }
		return err
	case slices.Contains(
		[]string{"raw", "avro", "parquet", "orc", "debezium-json", "canal-json", "maxwell-json", "ogg-json"}, name,
	):
		return &errOutside{"the format " + name}
	}
	return invalid("Could not find any format factory for identifier '%s' in the classpath.", name)
}

func readFiles(f Files, t Table, o options) (Reading, error) {
	ft, err := newFilesTable(f, t, o)
	if err != nil {
		return Reading{}, err
	}
	open := func(run Run) stream.Source { return &filesSource{t: ft, run: run} }
	several, bytes := ft.location.extent()
	return Reading{Open: open, Bounded: true, Shuffled: several, Bytes: bytes}, nil
}

// filesSource reads the files one after the other.
type filesSource struct {
	t      *filesTable
	run    Run
	format format
	files  []file
	lines  *lines
	fixed  value.Row // of the partition
	record []Column
}

// Due implements stream.Source.
func (s *filesSource) Due(int64) int64 { return 0 }

// Row implements stream.Source. Rows are asked for in their order.
func (s *filesSource) Row(int64) (value.Row, bool, error) {
	if s.format == nil {
		var err error
		if s.files, err = s.t.location.list(); err != nil {
			return nil, false, err
		}
		s.format, s.record = s.t.format(s.run.Zone), slices.Clone(s.t.columns)
		for i := range s.record {
			s.record[i].unused = s.run.Unused != nil && s.run.Unused(s.t.inFile[i])
		}
	}
	for {
		if s.lines == nil {
			if len(s.files) == 0 {
				return nil, false, nil
			}
			s.lines = &lines{location: s.t.location, file: s.files[0], quote: s.format.quotes()}
			if err := s.partition(s.files[0].rel); err != nil {
				return nil, false, err
			}
			s.files = s.files[1:]
		}
		record, err := s.lines.next()
		if errors.Is(err, io.EOF) {
			s.lines = nil
			continue
		}
		if err != nil {
			return nil, false, err
		}
		row, ok, err := s.row(record)
		s.lines.release()
		if err == nil && ok {
			err = tooLarge(s.t.Columns, row)
		}
		if ok || err != nil {
			return row, ok, err
		}
	}
}

// tooLarge is the failure at a value that is larger than values may be.
func tooLarge(columns []Column, row value.Row) error {
	for i, v := range row {
		if len(v.S) <= memory.MaxValue && v.R == nil {
			continue
		}
		if n := v.Size(); v.Valid && n > memory.MaxValue {
			return expr.TooLarge("the column "+columns[i].Name, n)
		}
	}
	return nil
}

func (s *filesSource) row(record []byte) (value.Row, bool, error) {
	if s.format.skips(record) {
		return nil, false, nil
	}
	row := make(value.Row, len(s.t.Columns))
	if len(s.t.parts) == 0 {
		ok, err := s.format.decode(record, s.record, row)
		return row, ok, err
	}
	part := make(value.Row, len(s.record))
	ok, err := s.format.decode(record, s.record, part)
	if err != nil || !ok {
		return nil, false, err
	}
	for i, at := range s.t.inFile {
		row[at] = part[i]
	}
	for i, at := range s.t.parts {
		row[at] = s.fixed[i]
	}
	return row, true, nil
}

const defaultPartition = "__DEFAULT_PARTITION__"

// partition reads the values of the partition columns from a path: dt=2024/…
func (s *filesSource) partition(rel string) error {
	if len(s.t.parts) == 0 {
		return nil
	}
	s.fixed = make(value.Row, len(s.t.parts))
	found := map[string]string{}
	for _, segment := range strings.Split(path.Dir(rel), "/") {
		if key, v, ok := strings.Cut(segment, "="); ok {
			if plain, err := url.PathUnescape(v); err == nil {
				v = plain
			}
			found[key] = v
		}
	}
	for i, at := range s.t.parts {
		c := s.t.Columns[at]
		text, ok := found[c.Name]
		if !ok || text == defaultPartition {
			continue
		}
		v, err := fromText(text, c.Type, s.run.Zone)
		if err != nil {
			return err
		}
		s.fixed[i] = v
	}
	return nil
}
