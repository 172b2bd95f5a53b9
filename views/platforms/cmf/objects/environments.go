package objects

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"drey/client"
	"drey/client/cmf"
	"drey/themes"
	"drey/views/platform"
)

// NamesOf are the names of all environments that have one; unnamed says
// how many have none that could be read.
func NamesOf(envs client.Listed[cmf.Environment]) (names []string, unnamed string) {
	for _, e := range envs.Items {
		names = append(names, e.EffectiveName())
	}
	missing := 0
	for _, b := range envs.Broken {
		if b.Name == "" {
			missing++
			continue
		}
		names = append(names, b.Name)
	}
	if missing > 0 {
		unnamed = fmt.Sprintf("%d environments cannot be read and have no name", missing)
	}
	slices.Sort(names)
	return names, unnamed
}

// HealthOf reads the server's counts by state. The states are those of jobs.
func HealthOf(counts map[string]int) platform.Health {
	var h platform.Health
	for state, n := range counts {
		h.Objects += n
		switch _, tone := JobState(strings.ToUpper(state), ""); tone {
		case themes.Bad:
			h.Failing += n
		case themes.Warn, themes.Unknown:
			h.AtRisk += n
		case themes.Busy:
			h.Busy += n
		}
	}
	return h
}

// ClusterOf is the cluster that an environment is on.
func ClusterOf(e cmf.Environment) string { return cmp.Or(e.KubernetesClusterName, cmf.DefaultCluster) }
