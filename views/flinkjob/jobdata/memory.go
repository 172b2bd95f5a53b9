package jobdata

import (
	"math"
	"reflect"
	"strings"
	"time"

	"drey/client/flinkrest"
	"drey/themes"
)

// Memory keeps series of numbers while a view is left and opened again. It is used
// on the console's one loop.
type Memory struct {
	series map[string]*series
	order  []string // oldest first
	paced  map[flinkrest.Transport]*flinkrest.Paced
	// Watched are the metrics that are watched, by the job's id.
	Watched map[string][]Watched
}

// NewMemory keeps nothing yet.
func NewMemory() *Memory {
	return &Memory{
		series: map[string]*series{}, paced: map[flinkrest.Transport]*flinkrest.Paced{}, Watched: map[string][]Watched{},
	}
}

// maxPaced is how many JobManagers' answers are kept.
const maxPaced = 100

// Paced is a JobManager that is asked for no metric sooner than it has other values, also
// where the view was left and is opened again.
func (m *Memory) Paced(from flinkrest.JobManager) (flinkrest.JobManager, *flinkrest.Paced) {
	if p, ok := from.Transport.(*flinkrest.Paced); ok {
		return from, p
	}
	if !reflect.TypeOf(from.Transport).Comparable() {
		p := flinkrest.NewPaced(from.Transport)
		return flinkrest.JobManager{Transport: p}, p
	}
	p := m.paced[from.Transport]
	if p == nil {
		if len(m.paced) >= maxPaced {
			clear(m.paced)
		}
		p = flinkrest.NewPaced(from.Transport)
		m.paced[from.Transport] = p
	}
	return flinkrest.JobManager{Transport: p}, p
}

const (
	seriesLength = 60
	maxSeries    = 2000
)

// series is the newest values of a number, the newest last.
type series struct {
	values []float64
	at     time.Time
}

// sameValue is how soon after another one a value is the same that was answered again.
const sameValue = flinkrest.MetricsEvery * 8 / 10

// Add appends a value, unless it comes sooner than Flink has other ones; NaN is a gap.
func (m *Memory) Add(key string, value float64, at time.Time) {
	s := m.series[key]
	if s == nil {
		if len(m.order) >= maxSeries {
			delete(m.series, m.order[0])
			m.order = m.order[1:]
		}
		s = &series{}
		m.series[key] = s
		m.order = append(m.order, key)
	}
	if at.Sub(s.at) < sameValue {
		return
	}
	if len(s.values) == seriesLength {
		copy(s.values, s.values[1:])
		s.values = s.values[:seriesLength-1]
	}
	s.values, s.at = append(s.values, value), at
}

// Of are the values of a key, nil for none.
func (m *Memory) Of(key string) []float64 {
	if s := m.series[key]; s != nil {
		return s.values
	}
	return nil
}

var sparks = []rune("▁▂▃▄▅▆▇█")

// Sparkline draws the newest values, as many as fit; a gap is blank.
func Sparkline(t *themes.Theme, values []float64, width int) string {
	if len(values) > width {
		values = values[len(values)-width:]
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range values {
		if !math.IsNaN(x) {
			low, high = min(low, x), max(high, x)
		}
	}
	var b strings.Builder
	for _, x := range values {
		if math.IsNaN(x) {
			b.WriteByte(' ')
			continue
		}
		share := 0.5
		if high > low {
			share = (x - low) / (high - low)
		}
		if t.Glyphs.ASCII {
			b.WriteByte("_.-=*#"[int(share*5)])
		} else {
			b.WriteRune(sparks[int(share*7)])
		}
	}
	return b.String()
}

// Watched is one metric that is asked for in each round.
type Watched struct{ Vertex, Name string }

// WatchedOf are the names of the metrics of a vertex that are watched, "" for those
// of the job itself.
func (m *Memory) WatchedOf(job, vertex string) []string {
	var names []string
	for _, w := range m.Watched[job] {
		if w.Vertex == vertex {
			names = append(names, w.Name)
		}
	}
	return names
}
