package stream

import (
	"math"
	"sort"

	"drey/client/cmf"
	"drey/server/engine/embedded/sql/state"
)

// TimeSort passes on rows in the order of event time as watermarks come. A row
// whose time is not behind that of the last row that was given is late, and
// dropped: Flink's RowTimeSortOperator.
type TimeSort struct {
	Time   int       // the column of event time
	Keys   []SortKey // for rows of one time, behind it
	Budget *state.Budget
	Next   Op

	waiting []WaitingRow
	given   bool
	last    int64 // the time of the rows that were given last
}

// Push implements Op.
func (s *TimeSort) Push(c Change) error {
	at := c.Row[s.Time].I
	if s.given && at <= s.last {
		return nil
	}
	s.waiting = append(s.waiting, WaitingRow{At: at, Row: c.Row})
	return s.Budget.Take(0, c.Row)
}

// Mark implements Marker.
func (s *TimeSort) Mark(watermark int64) error {
	if err := s.pass(watermark); err != nil {
		return err
	}
	return PassMark(s.Next, watermark)
}

func (s *TimeSort) pass(until int64) error {
	sort.SliceStable(s.waiting, func(i, j int) bool {
		a, b := s.waiting[i], s.waiting[j]
		if a.At != b.At {
			return a.At < b.At
		}
		return CompareRows(s.Keys, a.Row, b.Row) < 0
	})
	n := sort.Search(len(s.waiting), func(i int) bool { return s.waiting[i].At > until })
	for _, r := range s.waiting[:n] {
		s.given, s.last = true, r.At
		s.Budget.Give(0, r.Row)
		if err := s.Next.Push(Change{cmf.OpInsert, r.Row}); err != nil {
			return err
		}
	}
	s.waiting = DropFirst(s.waiting, n)
	return nil
}

// Finish implements Op.
func (s *TimeSort) Finish() error {
	if err := s.pass(math.MaxInt64); err != nil {
		return err
	}
	return s.Next.Finish()
}

// Name implements Step.
func (o *TimeSort) Name() string { return "TemporalSort" }

// Behind implements Step.
func (o *TimeSort) Behind() Op { return o.Next }
