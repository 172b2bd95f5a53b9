package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"drey/server/service"
)

// TestPagesAreTheListCutInPieces has pages of every length, from either end of
// the index, by every order and filter, be what the whole list has there.
func TestPagesAreTheListCutInPieces(t *testing.T) {
	s := open(t, t.TempDir())
	var records []service.Record
	for i := range 97 {
		r := record(fmt.Sprintf("a-%02d", i*37%97), []string{"RUNNING", "FAILED", ""}[i%3], time.Time{})
		r.Created = time.Unix(int64(1000+i/4), 0) // four at a time
		r.Labels = map[string]string{"team": fmt.Sprint("t", i%2)}
		records = append(records, r)
	}
	s.put(t, records...)
	by := func(column service.Column, desc bool) service.Order {
		return service.Order{Field: service.Field{Column: column}, Desc: desc}
	}
	state := service.Term{Fields: []service.Field{{Column: service.ColumnState}}, Values: []string{"RUNNING"}}
	for _, order := range [][]service.Order{
		nil,
		{by(service.ColumnName, false)},
		{by(service.ColumnName, true)},
		{by(service.ColumnCreated, true)},
		{by(service.ColumnState, false), by(service.ColumnCreated, true)},
		{by(service.ColumnUpdated, true), by(service.ColumnName, false)},
	} {
		for _, where := range [][]service.Term{nil, {state}, {label("team", "t1")}, {label("team", "t1"), state}} {
			find := func(offset, limit int) (names []string, total int64) {
				t.Helper()
				_ = s.View(t.Context(), func(r service.Reader) error {
					found, err := r.Find(apps, service.Query{Where: where, Order: order, Offset: offset, Limit: limit})
					if err != nil {
						t.Fatal(err)
					}
					for _, record := range found.Records {
						names = append(names, record.Name)
					}
					total = found.Total
					return nil
				})
				return names, total
			}
			all, total := find(0, 0)
			if int(total) != len(all) || total == 0 || len(order) == 1 && order[0].Field.Column == service.ColumnName && slices.IsSorted(all) == order[0].Desc {
				t.Fatalf("%v %v: got %d of %d, %v", order, where, len(all), total, all)
			}
			for _, limit := range []int{1, 7, 50, 200} {
				var pieces []string
				for offset := 0; offset < len(all); offset += limit {
					piece, _ := find(offset, limit)
					pieces = append(pieces, piece...)
				}
				if !slices.Equal(pieces, all) {
					t.Errorf("%v %v by %d: got %v, want %v", order, where, limit, pieces, all)
				}
			}
			if rest, _ := find(len(all)/2+3, 0); !slices.Equal(rest, all[len(all)/2+3:]) {
				t.Errorf("%v %v: the rest is %v", order, where, rest)
			}
		}
	}
}
