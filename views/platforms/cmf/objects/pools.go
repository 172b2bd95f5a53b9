package objects

import (
	"drey/client/cmf"
	"drey/themes"
	"drey/views/resource"
)

// Pool is a compute pool in a list.
type Pool = resource.Item[cmf.ComputePool]

// PoolName is its name in its environment.
func PoolName(p cmf.ComputePool) string { return p.Metadata.Name }

// PoolState is the word for a pool's phase and what it means.
func PoolState(p cmf.ComputePool) (string, themes.Tone) {
	if p.Status == nil {
		return "", themes.Unknown
	}
	switch phase := p.Status.Phase; phase {
	case cmf.PoolDedicated, cmf.PoolRunning:
		return phase, themes.Good
	case cmf.PoolPending, cmf.PoolDeleting:
		return phase, themes.Busy
	case cmf.PoolSuspended:
		return phase, themes.Idle
	case cmf.PoolFailing:
		return phase, themes.Warn
	case cmf.PoolFailed:
		return phase, themes.Bad
	default:
		return phase, themes.Unknown
	}
}

// PoolStatements is how many statements the server says are in it, 0 where it does not
// say.
func PoolStatements(p cmf.ComputePool) int64 {
	if p.Status == nil || p.Status.Resources == nil {
		return 0
	}
	n := 0
	for _, count := range p.Status.Resources.Statements {
		n += count
	}
	return int64(n)
}
