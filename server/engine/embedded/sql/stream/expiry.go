package stream

// Expiry is table.exec.state.ttl: what was not touched for that long, in the
// time of the sources, is forgotten. The zero Expiry keeps everything.
type Expiry struct {
	TTL int64 // milliseconds; 0: for ever
	now int64
}

// over says whether something was touched too long ago.
func (e *Expiry) over(touched int64) bool { return e != nil && e.TTL > 0 && e.now-touched > e.TTL }

// time is when something is touched now.
func (e *Expiry) time() int64 {
	if e == nil {
		return 0
	}
	return e.now
}

// sweepFrom is how many things must be remembered before all are looked at.
const sweepFrom = 1024

// swept drops the groups that are over, when there are twice as many as were
// left the last time: the cost of a row stays the same.
func (a *Aggregate) swept() {
	if a.Expiry == nil || a.Expiry.TTL <= 0 || len(a.groups) < max(sweepFrom, 2*a.left) {
		return
	}
	for key, g := range a.groups {
		if a.Expiry.over(g.touched) {
			delete(a.groups, key)
			a.Budget.Give()
		}
	}
	a.left = len(a.groups)
}

// swept drops the rows of a side that are over.
func (s *joinSide) swept() {
	j := s.j
	j.count++
	if j.Expiry == nil || j.Expiry.TTL <= 0 || j.count < max(sweepFrom, 2*j.leftRows) {
		return
	}
	j.count, j.leftRows = 0, 0
	for _, side := range []map[string][]*joinRow{j.left, j.right} {
		for key, rows := range side {
			kept := rows[:0:0]
			for _, r := range rows {
				if j.Expiry.over(r.touched) {
					j.Budget.Give()
					continue
				}
				kept = append(kept, r)
			}
			if len(kept) == 0 {
				delete(side, key)
				continue
			}
			side[key] = kept
			j.leftRows += len(kept)
		}
	}
}

// alive are the rows that are not over.
func (j *Join) alive(rows []*joinRow) []*joinRow {
	if j.Expiry == nil || j.Expiry.TTL <= 0 {
		return rows
	}
	var out []*joinRow
	for _, r := range rows {
		if !j.Expiry.over(r.touched) {
			out = append(out, r)
		}
	}
	return out
}
