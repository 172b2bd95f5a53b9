package embedded

import (
	"hash/crc32"
	"math"
	"strconv"
	"time"
)

// What KeyLoad may be: how a stand-in's work is among its subtasks.
const (
	loadEven          = "even"
	loadSkewed        = "skewed"
	loadBackPressured = "back-pressured"
)

// loadModel is how much a stand-in has done and does. Records are exact: what a
// vertex writes is what the next one reads, and a vertex has what its subtasks have.
type loadModel struct {
	kind    string
	rate    float64 // records a second, of the source
	ran     time.Duration
	records [3][]subtaskRecords // by vertex, by subtask
	hot     int                 // subtask with the most, where the load is skewed
}

type subtaskRecords struct{ in, out int64 }

// keep is which of the records that the middle reads it writes.
const keepOf, keepOut = 5, 4

// loadModel spreads what a job has counted over its vertices and subtasks.
func (s standIn) loadModel(m jobState, running bool) *loadModel {
	l := &loadModel{
		kind: s.load, ran: m.running, hot: int(crc32.ChecksumIEEE([]byte(s.job.ID))) % max(s.parallelism, 1),
	}
	if running {
		l.rate = s.rate
	}
	all := int64(min(m.running.Seconds()*s.rate, math.MaxInt64/8))
	even, uneven := l.spread(all, s.parallelism, false), l.spread(all, s.parallelism, l.kind == loadSkewed)
	for i := range s.parallelism {
		out := uneven[i] / keepOf * keepOut
		l.records[0] = append(l.records[0], subtaskRecords{0, even[i]})
		l.records[1] = append(l.records[1], subtaskRecords{uneven[i], out})
		l.records[2] = append(l.records[2], subtaskRecords{out, 0})
	}
	return l
}

// spread divides records so that the parts add up to the whole; a skewed load
// gives one subtask four times as many as the others.
func (l *loadModel) spread(all int64, parts int, skewed bool) []int64 {
	weight := func(i int) int64 {
		if skewed && i == l.hot {
			return 4
		}
		return 1
	}
	var sum int64
	for i := range parts {
		sum += weight(i)
	}
	shares := make([]int64, parts)
	left := all
	for i := range parts {
		shares[i] = all / sum * weight(i)
		left -= shares[i]
	}
	if parts > 0 {
		shares[l.hot] += left
	}
	return shares
}

// ratios are how a subtask spends its time: busy, held back and idle add up to one.
func (l *loadModel) ratios(vertex, subtask int) (busy, back, idle float64) {
	if l.rate == 0 {
		return 0, 0, 1
	}
	hot := subtask == l.hot
	switch {
	case l.kind == loadBackPressured && vertex == 0:
		busy, back = 0.38, 0.55
	case l.kind == loadBackPressured && vertex == 1:
		busy = 0.97
	case l.kind == loadSkewed && vertex == 0:
		busy, back = 0.41, 0.22
	case l.kind == loadSkewed && vertex == 1 && hot:
		busy = 1
	case l.kind == loadSkewed && vertex == 1:
		busy = 0.27
	case l.kind == loadSkewed && vertex == 2 && hot:
		busy = 0.42
	default:
		busy = [3]float64{0.31, 0.46, 0.17}[vertex]
	}
	return busy, back, 1 - busy - back
}

// lag is how far the watermark is behind, in milliseconds.
func (l *loadModel) lag() int64 {
	switch l.kind {
	case loadBackPressured:
		return 192_000
	case loadSkewed:
		return 41_000
	}
	return 1_200
}

// rates are records a second that a subtask reads and writes: its part of all that
// was read and written.
func (l *loadModel) rates(vertex, subtask int) (in, out float64) {
	seconds := l.ran.Seconds()
	if l.rate == 0 || seconds <= 0 {
		return 0, 0
	}
	r := l.records[vertex][subtask]
	return float64(r.in) / seconds, float64(r.out) / seconds
}

// recordBytes is how long a record is.
const recordBytes = 87

// io is what a subtask, or all of a vertex for -1, has read and written.
func (v *jobView) io(vertex, subtask int) object {
	l := v.model
	if l == nil {
		return object{
			"read-bytes": 0, "read-bytes-complete": false, "write-bytes": 0, "write-bytes-complete": false,
			"read-records": 0, "read-records-complete": false,
			"write-records": 0, "write-records-complete": false, "accumulated-backpressured-time": 0,
			"accumulated-idle-time": 0, "accumulated-busy-time": "NaN",
		}
	}
	var in, out, back, idle int64
	var busy float64
	for i, r := range l.records[vertex] {
		if subtask >= 0 && i != subtask {
			continue
		}
		b, h, d := l.ratios(vertex, i)
		in, out = in+r.in, out+r.out
		busy += math.Round(b * float64(l.ran.Milliseconds()))
		back += int64(h * float64(l.ran.Milliseconds()))
		idle += int64(d * float64(l.ran.Milliseconds()))
	}
	return object{
		"read-bytes": in * recordBytes, "read-bytes-complete": true, "write-bytes": out * recordBytes,
		"write-bytes-complete": true,
		"read-records":         in, "read-records-complete": true, "write-records": out, "write-records-complete": true,
		"accumulated-backpressured-time": back, "accumulated-idle-time": idle, "accumulated-busy-time": busy,
	}
}

// subtaskMetrics are those of one subtask; a source has no watermark of its input.
func (v *jobView) subtaskMetrics(vertex, subtask int) map[string]float64 {
	l := v.model
	if l == nil || l.rate == 0 {
		return nil
	}
	busy, back, idle := l.ratios(vertex, subtask)
	in, out := l.rates(vertex, subtask)
	r := l.records[vertex][subtask]
	metrics := map[string]float64{
		"busyTimeMsPerSecond": busy * 1000, "backPressuredTimeMsPerSecond": back * 1000, "idleTimeMsPerSecond": idle * 1000,
		"numRecordsInPerSecond": in, "numRecordsOutPerSecond": out, "numRecordsIn": float64(r.in),
		"numRecordsOut": float64(r.out),
		"numBytesIn":    float64(r.in * recordBytes), "numBytesOut": float64(r.out * recordBytes),
	}
	if vertex > 0 {
		metrics["currentInputWatermark"] = float64(v.clock.UnixMilli() - l.lag())
	}
	return metrics
}

// jobMetrics are those of the job.
func (v *jobView) jobMetrics() map[string]string {
	if v.ended() >= 0 {
		return nil
	}
	metrics := map[string]string{
		"numRestarts": strconv.Itoa(v.observed.Restarts), "uptime": strconv.FormatInt(v.took(), 10),
	}
	newest := v.newestCheckpoint()
	if v.interval > 0 {
		completed, failed := v.checkpointCounts()
		metrics["numberOfCompletedCheckpoints"] = strconv.FormatInt(completed, 10)
		metrics["numberOfFailedCheckpoints"] = strconv.FormatInt(failed, 10)
	}
	if newest != nil {
		metrics["lastCheckpointSize"] = strconv.FormatInt(newest.size, 10)
		metrics["lastCheckpointDuration"] = strconv.FormatInt(newest.took, 10)
		metrics["lastCheckpointCompletedTimestamp"] = strconv.FormatInt(newest.at.UnixMilli()+newest.took, 10)
	}
	return metrics
}
