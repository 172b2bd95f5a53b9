// Package counts tells how much there is of each kind, and what its jobs take.
package counts

import (
	"drey/client/cmf"
	"drey/server/model"
)

// Resources counts the objects of every kind that schema ResourceInformation
// names; those that have states are counted by state.
func Resources(r model.Reader) (map[string]any, error) {
	numbers := map[string]any{}
	for name, kind := range map[string]model.KindID{
		"environments": model.KindEnvironment, "computePools": model.KindComputePool,
		"detachedSavepoints": model.KindDetachedSavepoint,
		"catalogs":           model.KindCatalog, "secrets": model.KindSecret,
	} {
		found, err := r.Count(model.Scope{Kind: kind})
		if err != nil {
			return nil, err
		}
		numbers[name] = Total(found)
	}
	for name, kind := range map[string]model.KindID{
		"applications": model.KindApplication, "statements": model.KindStatement, "kubernetesClusters": model.KindCluster,
	} {
		found, err := r.Count(model.Scope{Kind: kind})
		if err != nil {
			return nil, err
		}
		numbers[name] = ByState(found)
	}
	savepoints := 0
	for _, kind := range []model.KindID{model.KindApplicationSavepoint, model.KindStatementSavepoint} {
		found, err := r.Count(model.Scope{Kind: kind})
		if err != nil {
			return nil, err
		}
		savepoints += Total(found)
	}
	numbers["savepoints"] = savepoints
	return numbers, nil
}

// Usage is what the jobs of the kinds take together; an empty env is for all.
func Usage(r model.Reader, env string, kinds ...model.KindID) (cmf.ResourceUsageSummary, error) {
	sum := cmf.ResourceUsageSummary{JobManager: &cmf.ResourceUsage{}, TaskManager: &cmf.ResourceUsage{}}
	for _, kind := range kinds {
		used, err := r.Usage(model.Scope{Kind: kind, Env: env}, "")
		if err != nil {
			return sum, err
		}
		sum.JobManager.Add(used.JobManager)
		sum.TaskManager.Add(used.TaskManager)
	}
	return sum, nil
}

// ByState gives the empty state, which an application has until it is first
// observed, a name.
func ByState(counts map[string]int) map[string]int {
	if counts == nil {
		return map[string]int{}
	}
	if n, ok := counts[""]; ok {
		delete(counts, "")
		counts[cmf.JobUnknown] += n
	}
	return counts
}

// Total is the number of objects in all states.
func Total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
