package service

import (
	"context"

	"drey/client/cmf"
)

// SystemInformation says what serves.
func (s *Service) SystemInformation() cmf.SystemInformation {
	info := s.engine.Info()
	return cmf.SystemInformation{Status: cmf.SystemStatus{
		Version: s.options.Version, Revision: s.options.Revision, Engine: info.Name, EngineNote: info.Note,
	}}
}

// Ready tells whether the store answers.
func (s *Service) Ready(ctx context.Context) error {
	return s.store.View(ctx, func(r Reader) error {
		_, err := r.Count(Scope{Kind: KindEnvironment})
		return err
	})
}

// Objects counts by kind and state.
func (s *Service) Objects(ctx context.Context) (map[[2]string]int, error) {
	objects := map[[2]string]int{}
	err := s.store.View(ctx, func(r Reader) error {
		for _, kind := range s.kinds {
			counts, err := r.Count(Scope{Kind: kind.ID()})
			if err != nil {
				return err
			}
			for state, n := range counts {
				objects[[2]string{string(kind.ID()), state}] = n
			}
		}
		return nil
	})
	return objects, err
}

// License says that none is needed (schema C3LicenseInformation).
func (s *Service) License() cmf.License {
	return cmf.License{Kind: "C3LicenseInformation", Status: cmf.LicenseStatus{Status: "VALID", LicenseType: "FREE_TIER"}}
}

// ResourceInformation counts everything (schema ResourceInformation).
func (s *Service) ResourceInformation(ctx context.Context) (Answer, error) {
	return s.read(ctx, func(r Reader, answer *Answer) error {
		numbers := map[string]any{}
		for name, kind := range map[string]KindID{
			"environments": KindEnvironment, "computePools": KindComputePool, "detachedSavepoints": KindDetachedSavepoint,
			"catalogs": KindCatalog, "secrets": KindSecret,
		} {
			counts, err := r.Count(Scope{Kind: kind})
			if err != nil {
				return err
			}
			numbers[name] = total(counts)
		}
		for name, kind := range map[string]KindID{
			"applications": KindApplication, "statements": KindStatement, "kubernetesClusters": KindCluster,
		} {
			counts, err := r.Count(Scope{Kind: kind})
			if err != nil {
				return err
			}
			numbers[name] = named(counts)
		}
		savepoints := 0
		for _, kind := range []KindID{KindApplicationSavepoint, KindStatementSavepoint} {
			counts, err := r.Count(Scope{Kind: kind})
			if err != nil {
				return err
			}
			savepoints += total(counts)
		}
		numbers["savepoints"] = savepoints
		sum, err := usage(r, "", KindApplication, KindStatement)
		if err != nil {
			return err
		}
		sum.TaskManager.Add(sum.JobManager)
		answer.Body = MustEncode(map[string]any{"status": map[string]any{
			"resources": numbers, "resourceSummary": map[string]any{"cpu": sum.TaskManager.CPU, "memory": sum.TaskManager.Memory},
		}})
		return nil
	})
}
