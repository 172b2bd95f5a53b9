package service

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/counts"
)

// showEnvironment adds the secrets to a single environment, the state of its
// cluster, and the counts that include-resource-information asks for.
func showEnvironment(show *ShowOp) (cmf.Object, error) {
	doc := show.Record.Doc
	if show.Single {
		secrets, err := environmentSecrets(show.Reader, show.Record.Name)
		if err != nil {
			return nil, err
		}
		doc = doc.With(secrets, "secrets")
	}
	var status cmf.EnvironmentStatus
	var err error
	if status.KubernetesCluster, err = show.cluster(cmp.Or(
		doc.String("kubernetesClusterName"), cmf.DefaultCluster,
	)); err != nil {
		return nil, err
	}
	if show.Resources {
		overview, err := show.overview()
		if err != nil {
			return nil, err
		}
		status.Resources = &cmf.ResourceCounts{
			Applications: counts.ByState(overview.Counts[model.KindApplication]),
			Statements:   counts.ByState(overview.Counts[model.KindStatement]),
		}
		status.ResourceSummary = &overview.Usage
	}
	if status.KubernetesCluster == nil && !show.Resources {
		return doc, nil
	}
	return doc.With(status, "status"), nil
}

// cluster is the status of a cluster, nil where none is registered; it reads
// once for a list.
func (show *ShowOp) cluster(name string) (*cmf.ClusterStatus, error) {
	if show.Shared != nil {
		if status, ok := show.Shared.clusters[name]; ok {
			return status, nil
		}
	}
	var status *cmf.ClusterStatus
	record, err := show.Reader.Get(model.Scope{Kind: model.KindCluster}, name)
	if err != nil && !errors.Is(err, model.ErrMissing) {
		return nil, err
	}
	if err == nil {
		status = &cmf.ClusterStatus{}
		if err := json.Unmarshal(record.Doc.Object("status"), status); err != nil {
			return nil, fmt.Errorf("status of cluster %s: %w", name, err)
		}
	}
	if show.Shared != nil {
		if show.Shared.clusters == nil {
			show.Shared.clusters = map[string]*cmf.ClusterStatus{}
		}
		show.Shared.clusters[name] = status
	}
	return status, nil
}

// overview is what the environment has; it reads once for a list.
func (show *ShowOp) overview() (model.Overview, error) {
	shared, page := show.Shared, show.Page
	if shared == nil {
		shared, page = &Shared{}, []string{show.Record.Name}
	}
	if shared.overviews == nil {
		var err error
		if shared.overviews, err = show.Reader.Overviews(page, model.KindApplication, model.KindStatement); err != nil {
			return model.Overview{}, err
		}
	}
	one := shared.overviews[show.Record.Name]
	if one.Usage.JobManager == nil {
		one.Usage = cmf.ResourceUsageSummary{JobManager: &cmf.ResourceUsage{}, TaskManager: &cmf.ResourceUsage{}}
	}
	return one, nil
}
