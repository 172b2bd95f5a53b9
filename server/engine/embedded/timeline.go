package embedded

import (
	"time"

	"drey/client/cmf"
)

// jobState is where a stand-in is at some time.
type jobState struct {
	state      string
	deployment string
	since      time.Time // when the state began
	next       time.Time // when it ends by itself; the zero time: never
	running    time.Duration
	restarts   int
	failures   []time.Time // newest last, at most maxFailures
	error      string
}

const maxFailures = 10

// imageError is how a deployment fails that never starts.
const imageError = "Back-off pulling image: ImagePullBackOff"

// at computes where a job is that was submitted at a time and not stopped.
func (b behaviour) at(submitted, now time.Time) jobState {
	if b.neverStarts {
		return b.stuck(submitted, now)
	}
	ready := submitted.Add(b.deploy)
	if now.Before(ready) {
		return b.deploying(submitted, now)
	}
	return b.run(ready, now)
}

func (b behaviour) stuck(submitted, now time.Time) jobState {
	gaveUp := submitted.Add(10 * time.Second)
	if now.Before(gaveUp) {
		return jobState{state: cmf.JobReconciling, deployment: cmf.DeploymentDeploying, since: submitted, next: gaveUp}
	}
	return jobState{state: cmf.JobReconciling, deployment: cmf.DeploymentError, since: gaveUp, error: imageError}
}

// deploying divides the deploy time: pods start, the JobManager answers, the
// job is made.
func (b behaviour) deploying(submitted, now time.Time) jobState {
	steps := []struct {
		state, deployment string
		until             time.Duration
	}{
		{cmf.JobReconciling, cmf.DeploymentDeploying, b.deploy / 3},
		{cmf.JobReconciling, cmf.DeploymentNotReady, 2 * b.deploy / 3},
		{cmf.JobInitializing, cmf.DeploymentReady, 5 * b.deploy / 6},
		{cmf.JobCreated, cmf.DeploymentReady, b.deploy},
	}
	since := submitted
	for _, step := range steps {
		until := submitted.Add(step.until)
		if now.Before(until) {
			return jobState{state: step.state, deployment: step.deployment, since: since, next: until}
		}
		since = until
	}
	return jobState{state: cmf.JobCreated, deployment: cmf.DeploymentReady, since: since, next: submitted.Add(b.deploy)}
}

// run walks through the attempts of a job that first ran at start.
func (b behaviour) run(start, now time.Time) jobState {
	m := jobState{deployment: cmf.DeploymentReady}
	for k := 0; ; k++ {
		k, start = b.skip(&m, k, start, now)
		m.state, m.since, m.next, m.restarts = cmf.JobRunning, start, time.Time{}, k
		ends, finishes := b.attempt(k, m.running)
		if ends == 0 || now.Before(start.Add(ends)) {
			m.running += now.Sub(start)
			if ends > 0 {
				m.next = start.Add(ends)
			}
			return m
		}
		end := start.Add(ends)
		if finishes {
			m.running += ends
			m.state, m.since = cmf.JobFinished, end
			return m
		}
		m.fail(end, b.saved(ends))
		delay, again := b.restart.next(k, b.failAfter)
		if !again {
			m.state, m.since = cmf.JobFailed, end
			return m
		}
		start = end.Add(delay)
		if now.Before(start) {
			m.state, m.since, m.next, m.restarts = cmf.JobRestarting, end, start, k+1
			return m
		}
	}
}

// attempt is how long attempt k runs, 0 for ever, and whether it then is done.
func (b behaviour) attempt(k int, progress time.Duration) (time.Duration, bool) {
	ends := time.Duration(0)
	if b.failAfter > 0 && (b.failTimes == 0 || k < b.failTimes) {
		ends = b.failAfter
	}
	if left := max(b.finishAfter-progress, 1); b.finishAfter > 0 && (ends == 0 || left <= ends) {
		return left, true
	}
	return ends, false
}

// skip passes over attempts that are all alike, so that a job which has failed
// every minute for a year costs no more than a new one.
func (b behaviour) skip(m *jobState, k int, start, now time.Time) (int, time.Time) {
	if b.failAfter == 0 || b.failTimes > 0 && k >= b.failTimes {
		return k, start
	}
	delay, _ := b.restart.next(k, b.failAfter)
	cycle := b.failAfter + delay
	cycles := min(int(now.Sub(start)/cycle), b.restart.alike(k, b.failAfter))
	if b.failTimes > 0 {
		cycles = min(cycles, b.failTimes-k)
	}
	if saved := b.saved(b.failAfter); b.finishAfter > 0 && saved > 0 {
		cycles = min(cycles, int((b.finishAfter-m.running)/saved)-1)
	} else if b.finishAfter > 0 && b.finishAfter <= b.failAfter {
		return k, start
	}
	cycles -= maxFailures + 2
	if cycles <= 0 {
		return k, start
	}
	m.running += time.Duration(cycles) * b.saved(b.failAfter)
	return k + cycles, start.Add(time.Duration(cycles) * cycle)
}

// saved is how much of an attempt's progress its last checkpoint holds.
func (b behaviour) saved(ran time.Duration) time.Duration {
	if b.checkpoints == 0 {
		return 0
	}
	return ran - ran%b.checkpoints
}

func (m *jobState) fail(at time.Time, saved time.Duration) {
	m.running += saved
	m.failures = append(m.failures, at)
	if len(m.failures) > maxFailures {
		m.failures = m.failures[1:]
	}
}
