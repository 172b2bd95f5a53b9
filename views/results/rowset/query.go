package rowset

import (
	"context"
	"slices"
	"time"
)

// Question is what is to be found in the rows, off the loop.
type Question struct {
	Blocks    []*Block
	Shape     *Shape
	Base      Listing // before filter and order
	AsChanges bool
	Filter    string
	Order     Order
	Search    string
}

// Finding is its answer.
type Finding struct {
	Listing Listing
	Hits    []int32 // places of the rows that hold what is searched
	Took    time.Duration
	Err     error
}

// Ask answers the question.
func (q *Question) Ask(ctx context.Context) Finding {
	began := time.Now()
	f := Finding{Listing: q.Base}
	f.Listing.Of = q.Base.Len()
	if q.Filter != "" {
		f.Err = q.apply(ctx, &f.Listing)
	}
	if q.Order.Column >= 0 && f.Err == nil {
		f.Err = q.arrange(ctx, &f.Listing)
	}
	if q.Search != "" && f.Err == nil {
		f.Hits, f.Err = q.hits(ctx, &f.Listing)
	}
	f.Took = time.Since(began)
	return f
}

// apply leaves the rows that the filter lets through.
func (q *Question) apply(ctx context.Context, l *Listing) error {
	f := parseFilter(q.Filter, q.Shape.Columns)
	matches := make([]bool, l.Len())
	err := q.visit(ctx, l, func(i int, r Record) error {
		matches[i] = f.match(r, q.AsChanges)
		return nil
	})
	if err != nil {
		return err
	}
	places := make([]int32, 0, 64)
	for i, ok := range matches {
		if ok {
			places = append(places, int32(i))
		}
	}
	l.Pick(places)
	return nil
}

func (q *Question) arrange(ctx context.Context, l *Listing) error {
	number := IsNumber(q.Shape.Columns[q.Order.Column].Type.Type)
	keys, size := make([]sortKey, l.Len()), 0
	err := q.visit(ctx, l, func(i int, r Record) error {
		keys[i] = keyOf(r.Value(q.Order.Column), number)
		if size += len(keys[i].text); size > maxSortBytes {
			return errTooMuchText
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.Pick(arrange(keys, q.Order, number))
	l.Sorted = true
	return nil
}

func (q *Question) hits(ctx context.Context, l *Listing) ([]int32, error) {
	f := filter{{column: -1, any: []string{q.Search}}}
	var hits []int32
	err := q.visit(ctx, l, func(i int, r Record) error {
		if f.match(r, false) {
			hits = append(hits, int32(i))
		}
		return nil
	})
	slices.Sort(hits)
	return hits, err
}

// visit hands over every row once, block by block, so that each block of the
// file is read once.
func (q *Question) visit(ctx context.Context, l *Listing, fn func(i int, r Record) error) error {
	places := q.readingOrder(l)
	var at *Block
	for n := range l.Len() {
		i := n
		if places != nil {
			i = int(places[n])
		}
		c := l.Content(i)
		if at == nil || c < at.First || c >= at.First+uint32(len(at.ends)) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			b := findBlock(q.Blocks, c)
			if b == nil {
				return errLetGo
			}
			var err error
			if at, err = b.Read(); err != nil {
				return err
			}
		}
		if err := fn(i, at.record(c)); err != nil {
			return err
		}
	}
	return nil
}

// readingOrder are the places of the rows by the changes they are from; nil
// where they are in that order, or all are in memory.
func (q *Question) readingOrder(l *Listing) []int32 {
	if l.contents == nil || !slices.ContainsFunc(q.Blocks, func(b *Block) bool { return b.Data == nil }) {
		return nil
	}
	places := make([]int32, l.Len())
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortFunc(places, func(a, b int32) int { return int(l.contents[a]) - int(l.contents[b]) })
	return places
}

// windowRows is how many rows are read at a time where their order jumps: each
// block of the file is read once a window.
const windowRows = 1 << 17

// InOrder hands over the rows in their order.
func (q *Question) InOrder(ctx context.Context, l *Listing, fn func(Record) error) error {
	if q.readingOrder(l) == nil {
		return q.visit(ctx, l, func(_ int, r Record) error { return fn(r) })
	}
	window := make([]Record, 0, min(windowRows, l.Len()))
	for from := 0; from < l.Len(); from += windowRows {
		to := min(from+windowRows, l.Len())
		part := Listing{contents: l.contents[from:to], IDs: l.IDs[from:to]}
		window = window[:to-from]
		err := q.visit(ctx, &part, func(i int, r Record) error {
			window[i] = append(window[i][:0], r...)
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range window {
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	return nil
}
