package sql

import "drey/client/cmf"

// position is where the sources are.
func (j *job) position(sql string) position {
	p := position{Seed: j.c.env.Seed, Rows: max(j.pipeline.Events(), j.skip), Clock: j.pipeline.Clock, SQL: sql}
	if j.skip > 0 {
		p.Clock = max(p.Clock, j.ahead)
	}
	return p
}

// trim drops the oldest rows that were read, beyond what is held.
func (j *job) trim() {
	if j.hold <= 0 {
		return
	}
	over := int64(len(j.out) - j.hold)
	over = min(over, j.asked-j.first)
	if over <= 0 {
		return
	}
	if over < int64(j.hold/4) && len(j.out) < 2*j.hold { // drop in pieces, not row by row
		return
	}
	j.drop(over)
}

// resources tells what the statement takes of this process.
func (j *job) resources() cmf.ResourceUsageSummary {
	held := j.budget.Share.Used() + j.held.Used()
	return cmf.ResourceUsageSummary{TaskManager: &cmf.ResourceUsage{CPU: 1, Memory: held, Count: 1}}
}
