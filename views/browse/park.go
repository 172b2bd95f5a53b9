package browse

import (
	"slices"
	"time"

	"drey/views"
	"drey/views/resource"
)

// How much of other scopes a list keeps: so many of them, with so many rows together.
const (
	mostParked     = 4
	mostParkedRows = 5000
)

// contents is what is listed, and where it comes from.
type contents struct {
	source resource.Source[any]
	list   *listing
	given  *views.Given[*listing]
	answer int // number of the answer that list is of
}

func newContents() contents {
	return contents{list: &listing{}, given: &views.Given[*listing]{}}
}

// close gives up what the source still asks for.
func (c *contents) close() {
	if s, ok := resource.As[interface{ Close() }](c.source); ok {
		s.Close()
	}
	c.source = nil
}

// parked are the contents of a scope that is not shown: they are asked for again when it
// is, and until then, or while the server is away, they are what is known of it.
type parked struct {
	contents
	scope string
	at    time.Time // of the last good answer
}

// park puts away what is listed. Of too much that is put away the oldest goes.
func (v *View) park() {
	v.parked = append(v.parked, parked{v.contents, v.at.Scope, v.poll.at})
	v.contents = newContents()
	rows := 0
	for i := len(v.parked) - 1; i >= 0; i-- {
		n := len(v.parked[i].list.rows)
		if v.parked[i].list.index == nil || rows+n > mostParkedRows || len(v.parked)-i > mostParked {
			v.parked[i].close()
			v.parked = slices.Delete(v.parked, i, i+1)
			continue
		}
		rows += n
	}
}

// showKnown shows what is known of the scope that was chosen: the list as it was when it was
// left, or its rows in that of all scopes. left is the list that was shown before.
func (v *View) showKnown(left parked) {
	at := slices.IndexFunc(v.parked, func(p parked) bool { return p.scope == v.at.Scope })
	if at >= 0 {
		v.contents, v.poll.at = v.parked[at].contents, v.parked[at].at
		v.parked = slices.Delete(v.parked, at, at+1)
	} else {
		for _, p := range append(slices.Clone(v.parked), left) {
			if p.scope == "" && p.list.index != nil && !p.list.partial {
				v.showPart(p)
			}
		}
	}
	if v.list.index == nil {
		return
	}
	if hides := v.hides(); v.list.hides != hides {
		v.list = listingOf(v.kind, v.columns(), hides, v.list, v.list.batch)
	}
	v.grid.SetRows(v.list.rows, v.env.ServerNow())
	v.arrange()
	v.selectWanted()
}

// showPart takes what a list of all scopes has of the one that was chosen.
func (v *View) showPart(all parked) {
	items := all.list.items
	if v.kind.Hidden != nil {
		items = all.list.batch.Items
	}
	var part resource.Batch[any]
	for _, item := range items {
		if item.Scope == v.at.Scope {
			part.Items = append(part.Items, item)
		}
	}
	for _, u := range all.list.unread {
		if u.Scope == v.at.Scope {
			part.Unread = append(part.Unread, u)
		}
	}
	if len(part.Items)+len(part.Unread) == 0 { // nobody knows whether there are none
		return
	}
	v.list, v.poll.at = listingOf(v.kind, v.columns(), v.hides(), &listing{}, part), all.at
	if s, ok := resource.As[interface{ ReadAt(string) time.Time }](all.source); ok && !s.ReadAt(v.at.Scope).IsZero() {
		v.poll.at = s.ReadAt(v.at.Scope)
	}
}

// hides tells that rows which the kind hides are not shown.
func (v *View) hides() bool { return v.kind.Hidden != nil && !v.showHidden }
