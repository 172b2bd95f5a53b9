package sql

import (
	"drey/client/cmf"
	"drey/server/engine/embedded/sql/stream"
)

// position is where the sources are.
func (j *job) position(sql string) position {
	p := position{Seed: j.c.env.Seed, Rows: max(j.pipeline.Events(), j.skip), Clock: j.pipeline.Clock, SQL: sql}
	if j.skip > 0 {
		p.Clock = max(p.Clock, j.ahead)
	}
	if p.Rows == j.pipeline.Events() && j.seekable() {
		p.Inputs, p.Offset = j.pipeline.Positions(), j.first+int64(len(j.out))
		for _, sink := range j.sinks {
			p.Written = append(p.Written, sink.Written())
		}
	}
	return p
}

// seekable says whether the statement can go on from a position alone.
func (j *job) seekable() bool { return !j.c.env.Random() && j.pipeline.Seekable() }

// seek goes on where an earlier process was.
func (j *job) seek(p position) {
	if !j.seekable() || len(p.Written) != len(j.sinks) || !j.pipeline.Seek(p.Inputs, p.Clock) {
		return
	}
	j.first, j.resume = p.Offset, nil
	for i, sink := range j.sinks {
		sink.Resume(p.Written[i])
	}
}

// seekTo goes on at a position that an earlier process wrote down, if what is
// asked for is behind it and nothing was computed yet.
func (j *job) seekTo(offset int64) {
	if j.resume != nil && offset >= j.resume.Offset && j.pipeline.Events() == 0 {
		j.seek(*j.resume)
	}
}

// trim drops the oldest rows that were read, beyond what is held.
func (j *job) trim() {
	over := int64(len(j.out) - j.hold)
	over = min(over, j.asked-j.first)
	if over <= 0 {
		return
	}
	if over < int64(j.hold/4) && len(j.out) < 2*j.hold { // drop in pieces, not row by row
		return
	}
	j.out = append([]stream.Change(nil), j.out[over:]...)
	j.first += over
}

// resources tells what the statement takes of this process.
func (j *job) resources() cmf.ResourceUsageSummary {
	held := j.budget.Held()
	for i := 0; i < len(j.out); i += 1 + len(j.out)/64 { // a sample of what waits to be read
		held += j.out[i].Row.Size() * int64(1+len(j.out)/64)
	}
	return cmf.ResourceUsageSummary{TaskManager: &cmf.ResourceUsage{CPU: 1, Memory: held, Count: 1}}
}
