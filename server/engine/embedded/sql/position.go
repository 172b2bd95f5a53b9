package sql

import "drey/client/cmf"

// position is where the sources are.
func (j *job) position(sql string) position {
	p := position{Seed: j.c.env.Seed, Rows: max(j.pipeline.Events(), j.clock.skip), Clock: j.pipeline.Clock, SQL: sql}
	if j.clock.skip > 0 {
		p.Clock = max(p.Clock, j.clock.ahead)
	}
	return p
}

// resources tells what the statement takes of this process.
func (j *job) resources() cmf.ResourceUsageSummary {
	held := j.budget.Share.Used() + j.window.held.Used()
	return cmf.ResourceUsageSummary{TaskManager: &cmf.ResourceUsage{CPU: 1, Memory: held, Count: 1}}
}
