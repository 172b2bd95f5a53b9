package catalog

import (
	"fmt"
	"maps"
	"slices"

	"drey/server/engine/embedded/sql/stream"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Examples is the catalog examples with the database marketplace
// (cmf-behaviour.md §4.9), and an empty default catalog.
func Examples() Static {
	text, integer := types.String, types.Of(types.Integer)
	return Static{
		DefaultCatalog: {DefaultDatabase: {}},
		"examples": {"marketplace": {
			"clicks": {
				Columns: []Column{
					{Name: "click_id", Type: text},
					{Name: "user_id", Type: integer},
					{Name: "url", Type: text},
					{Name: "user_agent", Type: text},
					{Name: "view_time", Type: integer},
				},
				Open: func(seed uint64) stream.Source { return generated{seed ^ 0xc11c, click} },
			},
			"orders": {
				Columns: []Column{
					{Name: "order_id", Type: text},
					{Name: "customer_id", Type: integer},
					{Name: "product_id", Type: text},
					{Name: "price", Type: types.Of(types.Double)},
				},
				Open: func(seed uint64) stream.Source { return generated{seed ^ 0x04de4, order} },
			},
			"blackhole": {Columns: []Column{{Name: "data", Type: text.Null(true)}}, Sink: true},
		}},
	}
}

// every is the time in milliseconds from one generated row to the next.
const every = 100

// generated is an endless table whose row i depends on the seed and i alone.
type generated struct {
	seed uint64
	make func(*splitMix) value.Row
}

// Row implements stream.Source.
func (g generated) Row(i int64) (value.Row, bool, error) {
	d := splitMix{g.seed ^ uint64(i)*0xd6e8feb86659fd93}
	d.state = d.next() // rows must not share numbers with their neighbours
	return g.make(&d), true, nil
}

// Due implements stream.Source.
func (generated) Due(i int64) int64 { return i * every }

// Jumps implements stream.Jumper.
func (generated) Jumps() bool { return true }

// dice is SplitMix64.
type splitMix struct{ state uint64 }

func (d *splitMix) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// between is a number from low to high, both included.
func (d *splitMix) between(low, high int64) int64 { return low + int64(d.next()%uint64(high-low+1)) }

func order(d *splitMix) value.Row {
	return value.Row{
		value.Text(d.uuid()), value.Int(d.between(3000, 3250)), value.Text(fmt.Sprint(d.between(1000, 1500))),
		value.Float(float64(d.between(1000, 9999)) / 100),
	}
}

func click(d *splitMix) value.Row {
	return value.Row{
		value.Text(d.uuid()), value.Int(d.between(3000, 5000)),
		value.Text("https://www.acme.com/product/" + d.letters(5)),
		value.Text(agents[d.next()%uint64(len(agents))]), value.Int(d.between(10, 120)),
	}
}

var agents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15",
	"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36",
}

const hexDigits = "0123456789abcdef"

func (d *splitMix) uuid() string {
	var b [36]byte
	hi, lo := d.next()&^0xf000|0x4000, d.next()&^(3<<62)|1<<63
	at := 0
	for i := range 32 {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			b[at] = '-'
			at++
		}
		n := hi >> (60 - 4*uint(i))
		if i >= 16 {
			n = lo >> (124 - 4*uint(i))
		}
		b[at] = hexDigits[n&15]
		at++
	}
	return string(b[:])
}

func (d *splitMix) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + d.next()%26)
	}
	return string(b)
}
