package service

import (
	"context"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/counts"
)

// SystemInformation says what serves.
func (s *Service) SystemInformation() cmf.SystemInformation {
	info := s.engine.Info()
	return cmf.SystemInformation{Status: cmf.SystemStatus{
		Version: s.options.Version, Revision: s.options.Revision, Engine: info.Name, EngineNote: info.Description,
	}}
}

// Ready tells whether the store answers.
func (s *Service) Ready(ctx context.Context) error {
	return s.store.View(ctx, func(r model.Reader) error {
		_, err := r.Count(model.Scope{Kind: model.KindEnvironment})
		return err
	})
}

// Objects counts by kind and state.
func (s *Service) Objects(ctx context.Context) (map[[2]string]int, error) {
	objects := map[[2]string]int{}
	err := s.store.View(ctx, func(r model.Reader) error {
		for _, kind := range s.kinds {
			counts, err := r.Count(model.Scope{Kind: kind.ID()})
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
	return cmf.License{Kind: "C3LicenseInformation", Status: cmf.LicenseStatus{
		Status: "VALID", LicenseType: "FREE_TIER",
	}}
}

// ResourceInformation counts everything (schema ResourceInformation).
func (s *Service) ResourceInformation(ctx context.Context) (Answer, error) {
	return s.read(ctx, func(r model.Reader, answer *Answer) error {
		numbers, err := counts.Resources(r)
		if err != nil {
			return err
		}
		sum, err := counts.Usage(r, "", model.KindApplication, model.KindStatement)
		if err != nil {
			return err
		}
		sum.TaskManager.Add(sum.JobManager)
		answer.Body = model.MustEncode(map[string]any{"status": map[string]any{
			"resources":       numbers,
			"resourceSummary": map[string]any{"cpu": sum.TaskManager.CPU, "memory": sum.TaskManager.Memory},
		}})
		return nil
	})
}
