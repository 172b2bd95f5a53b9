package browse

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"drey/themes"
	"drey/views/grid"
	"drey/views/resource"
)

// thing is an object with a name and what may change of it.
type thing struct{ name, state string }

// things is a kind whose keys and rows are counted.
func things(keys, rows *int) resource.Kind[thing] {
	columns := []resource.Column[thing]{{
		Column: grid.Column{Title: "NAME"}, Cell: func(i resource.Item[thing]) grid.Cell {
			*rows++
			return grid.Word(i.Value.name+" "+i.Value.state, themes.Plain)
		},
	}}
	return resource.Kind[thing]{
		Key: func(i resource.Item[thing]) string {
			*keys++
			return i.Scope + "/" + i.Value.name
		},
		Same:    func(a, b thing) bool { return a == b },
		State:   func(t thing) (string, themes.Tone) { return t.state, themes.Tone(len(t.state)) },
		Columns: columns,
	}
}

// TestRowsOfTheSameItemsAreMadeOnce counts what a new answer costs.
func TestRowsOfTheSameItemsAreMadeOnce(t *testing.T) {
	keys, rows := 0, 0
	kind := resource.Untyped(things(&keys, &rows))
	location := &resource.Location{Scope: "prod"}
	batch := func(missing string) resource.Batch[any] {
		b := resource.Batch[any]{Missing: missing}
		for i := range 1000 {
			b.Items = append(b.Items, resource.Item[any]{Location: location, Value: &thing{fmt.Sprint(i), "ok"}})
		}
		return b
	}
	first := listingOf(kind, kind.Columns, false, &listing{}, batch("waits"))
	keys, rows = 0, 0
	second := listingOf(kind, kind.Columns, false, first, batch(""))
	if keys+rows > 0 || second.missing != "" || &second.rows[0] != &first.rows[0] {
		t.Errorf("%d keys and %d rows were made anew; missing %q", keys, rows, second.missing)
	}
	changed := batch("")
	changed.Items[500].Value = &thing{"500", "failed"}
	third := listingOf(kind, kind.Columns, false, second, changed)
	if keys != 1 || rows != 1 || third.tally["prod"][themes.Tone(len("failed"))] != 1 {
		t.Errorf("%d keys and %d rows were made anew for one that changed; tally %v", keys, rows, third.tally)
	}
}

// texts are the keys of rows and what they say.
func texts(rows []grid.Row) (all []string) {
	for _, r := range rows {
		all = append(all, r.Key+": "+r.Search)
	}
	return all
}

// TestAListingIsThatOfItsItemsAlone whatever came before: objects come, go, change, move,
// and come twice.
func TestAListingIsThatOfItsItemsAlone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	keys, rows := 0, 0
	kind := resource.Untyped(things(&keys, &rows))
	locations := []*resource.Location{{Scope: "dev"}, {Scope: "prod"}}
	before := &listing{}
	for round := range 300 {
		var b resource.Batch[any]
		for name := range 12 {
			for range random.IntN(3) { // twice, now and then
				value := &thing{fmt.Sprint(name), fmt.Sprint("s", random.IntN(2))}
				b.Items = append(b.Items, resource.Item[any]{Location: locations[random.IntN(2)], Value: value})
			}
		}
		if round%2 == 1 { // mostly what was there
			b.Items = slices.Clone(before.items)
			if n := len(b.Items); n > 0 {
				i := random.IntN(n)
				b.Items[i].Value = &thing{b.Items[i].Value.(*thing).name, "changed"}
				random.Shuffle(min(n, 2), func(i, j int) { b.Items[i], b.Items[j] = b.Items[j], b.Items[i] })
			}
		}
		again := b
		again.Items = slices.Clone(b.Items)
		want := listingOf(kind, kind.Columns, false, &listing{}, again)
		got := listingOf(kind, kind.Columns, false, before, b)
		if !reflect.DeepEqual(got.items, want.items) || !slices.Equal(texts(got.rows), texts(want.rows)) ||
			!reflect.DeepEqual(got.index, want.index) || !reflect.DeepEqual(got.tally, want.tally) {
			t.Fatalf("round %d: got\n%+v\nwant\n%+v", round, got, want)
		}
		before = got
	}
}
