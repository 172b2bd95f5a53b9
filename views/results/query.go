package results

import (
	"context"
	"slices"
	"time"
)

// question is what is to be found in the rows, off the loop.
type question struct {
	blocks    []*block
	shape     *shape
	base      listing // before filter and order
	asChanges bool
	filter    string
	order     order
	search    string
}

// finding is its answer.
type finding struct {
	listing listing
	hits    []int32 // places of the rows that hold what is searched
	took    time.Duration
	err     error
}

// ask answers the question.
func (q *question) ask(ctx context.Context) finding {
	began := time.Now()
	f := finding{listing: q.base}
	f.listing.of = q.base.len()
	if q.filter != "" {
		f.err = q.apply(ctx, &f.listing)
	}
	if q.order.column >= 0 && f.err == nil {
		f.err = q.arrange(ctx, &f.listing)
	}
	if q.search != "" && f.err == nil {
		f.hits, f.err = q.hits(ctx, &f.listing)
	}
	f.took = time.Since(began)
	return f
}

// apply leaves the rows that the filter lets through.
func (q *question) apply(ctx context.Context, l *listing) error {
	f := parseFilter(q.filter, q.shape.columns)
	matches := make([]bool, l.len())
	err := q.visit(ctx, l, func(i int, r record) error {
		matches[i] = f.match(r, q.asChanges)
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
	l.pick(places)
	return nil
}

// pick leaves the rows at these places, in their order.
func (l *listing) pick(places []int32) {
	ids, contents := make([]uint32, len(places)), make([]uint32, len(places))
	for i, at := range places {
		ids[i], contents[i] = l.id(int(at)), l.content(int(at))
	}
	l.ids, l.contents = ids, contents
}

func (q *question) arrange(ctx context.Context, l *listing) error {
	number := isNumber(q.shape.columns[q.order.column].Type.Type)
	keys, size := make([]sortKey, l.len()), 0
	err := q.visit(ctx, l, func(i int, r record) error {
		keys[i] = keyOf(r.value(q.order.column), number)
		if size += len(keys[i].text); size > maxSortBytes {
			return errTooMuchText
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.pick(arrange(keys, q.order, number))
	l.sorted = true
	return nil
}

func (q *question) hits(ctx context.Context, l *listing) ([]int32, error) {
	f := filter{{column: -1, any: []string{q.search}}}
	var hits []int32
	err := q.visit(ctx, l, func(i int, r record) error {
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
func (q *question) visit(ctx context.Context, l *listing, fn func(i int, r record) error) error {
	places := q.readingOrder(l)
	var at *block
	for n := range l.len() {
		i := n
		if places != nil {
			i = int(places[n])
		}
		c := l.content(i)
		if at == nil || c < at.first || c >= at.first+uint32(len(at.ends)) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			b := findBlock(q.blocks, c)
			if b == nil {
				return errLetGo
			}
			var err error
			if at, err = b.read(); err != nil {
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
func (q *question) readingOrder(l *listing) []int32 {
	if l.contents == nil || !slices.ContainsFunc(q.blocks, func(b *block) bool { return b.data == nil }) {
		return nil
	}
	places := make([]int32, l.len())
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortFunc(places, func(a, b int32) int { return int(l.contents[a]) - int(l.contents[b]) })
	return places
}
