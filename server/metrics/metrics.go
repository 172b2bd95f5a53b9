// Package metrics counts what a server does and writes it in Prometheus' text
// format. It has few families, so it needs no library and costs no start.
package metrics

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// buckets are the upper bounds of latencies, in seconds.
var buckets = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// Registry counts requests and engine calls. The zero Registry is ready.
type Registry struct {
	// Memory tells how many bytes of results and of state the statements of an
	// engine hold, and may hold together; nil: the engine does not say.
	Memory func() (results, state, limit int64)

	mu       sync.Mutex
	requests family
	engine   family
}

// family is one name's series by their labels.
type family map[string]*series

type series struct {
	counts [14]uint64 // by bucket, the last for all above
	sum    float64
	n      uint64
}

func (f *family) observe(labels string, took time.Duration) {
	if *f == nil {
		*f = family{}
	}
	s := (*f)[labels]
	if s == nil {
		s = &series{}
		(*f)[labels] = s
	}
	at, _ := slices.BinarySearch(buckets, took.Seconds())
	s.counts[at]++
	s.sum += took.Seconds()
	s.n++
}

// Request notes one request. The route is a pattern, never a path.
func (r *Registry) Request(method, route string, status int, took time.Duration) {
	labels := fmt.Sprintf("method=%q,route=%q,code=\"%d\"", method, route, status)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests.observe(labels, took)
}

// Call notes one call of the engine.
func (r *Registry) Call(name string, err error, took time.Duration) {
	result := "ok"
	if err != nil {
		result = "error"
	}
	labels := fmt.Sprintf("call=%q,result=%q", name, result)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.engine.observe(labels, took)
}

// Write writes what was counted.
func (r *Registry) Write(w io.Writer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	r.requests.write(&b, "drey_http_request_duration_seconds", "Time to answer requests.")
	r.engine.write(&b, "drey_engine_call_duration_seconds", "Time of calls to the engine.")
	if r.Memory != nil {
		results, state, limit := r.Memory()
		fmt.Fprintf(&b, "# HELP drey_statements_memory_bytes Bytes that all statements hold.\n"+
			"# TYPE drey_statements_memory_bytes gauge\n"+
			"drey_statements_memory_bytes{of=\"results\"} %d\ndrey_statements_memory_bytes{of=\"state\"} %d\n"+
			"# HELP drey_statements_memory_limit_bytes Bytes that all statements may hold.\n"+
			"# TYPE drey_statements_memory_limit_bytes gauge\n"+
			"drey_statements_memory_limit_bytes %d\n", results, state, limit)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f family) write(b *strings.Builder, name, help string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s histogram\n", name, help, name)
	for _, labels := range slices.Sorted(maps.Keys(f)) {
		s := f[labels]
		var below uint64
		for i, bound := range buckets {
			below += s.counts[i]
			fmt.Fprintf(b, "%s_bucket{%s,le=\"%s\"} %d\n", name, labels, number(bound), below)
		}
		fmt.Fprintf(b, "%s_bucket{%s,le=\"+Inf\"} %d\n%s_sum{%s} %s\n%s_count{%s} %d\n",
			name, labels, s.n, name, labels, number(s.sum), name, labels, s.n)
	}
}

func number(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// Gauge writes one family of values by two labels, in their order.
func Gauge(w io.Writer, name, help string, labels [2]string, values map[[2]string]int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
	keys := slices.SortedFunc(maps.Keys(values), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) })
	for _, key := range keys {
		fmt.Fprintf(&b, "%s{%s=%q,%s=%q} %d\n", name, labels[0], key[0], labels[1], key[1], values[key])
	}
	_, err := io.WriteString(w, b.String())
	return err
}
