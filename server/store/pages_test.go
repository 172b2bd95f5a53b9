package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"drey/server/model"
)

// TestPagesAreTheListCutInPieces has pages of every length, from either end of
// the index, by every order and filter, be what the whole list has there.
func TestPagesAreTheListCutInPieces(t *testing.T) {
	s := open(t, t.TempDir())
	var records []model.Record
	for i := range 97 {
		r := record(fmt.Sprintf("a-%02d", i*37%97), []string{"RUNNING", "FAILED", ""}[i%3], time.Time{})
		r.Created = time.Unix(int64(1000+i/4), 0) // four at a time
		r.Labels = map[string]string{"team": fmt.Sprint("t", i%2)}
		records = append(records, r)
	}
	s.put(t, records...)
	by := func(column model.Column, desc bool) model.Order {
		return model.Order{Field: model.Field{Column: column}, Desc: desc}
	}
	state := model.Term{Fields: []model.Field{{Column: model.ColumnState}}, Values: []string{"RUNNING"}}
	for _, order := range [][]model.Order{
		nil,
		{by(model.ColumnName, false)},
		{by(model.ColumnName, true)},
		{by(model.ColumnCreated, true)},
		{by(model.ColumnState, false), by(model.ColumnCreated, true)},
		{by(model.ColumnUpdated, true), by(model.ColumnName, false)},
	} {
		for _, where := range [][]model.Term{nil, {state}, {label("team", "t1")}, {label("team", "t1"), state}} {
			find := func(offset, limit int) (names []string, total int64) {
				t.Helper()
				_ = s.View(t.Context(), func(r model.Reader) error {
					found, err := r.Find(apps, model.Query{Where: where, Order: order, Offset: offset, Limit: limit})
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
			if int(total) != len(all) || total == 0 ||
				len(order) == 1 && order[0].Field.Column == model.ColumnName && slices.IsSorted(all) == order[0].Desc {
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
