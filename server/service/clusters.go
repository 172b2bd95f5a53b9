package service

import (
	"context"
	"errors"
	"strings"

	"drey/client/cmf"

	"github.com/google/uuid"
)

// clusterRules: clusters are registered by the server, so clients only look
// and update (cmf-behaviour.md §2.9).
var clusterRules = Rules[cmf.KubernetesCluster]{
	ID: KindCluster, Kind: cmf.KubernetesClusters, Naming: resourceName, UpdateOnly: true,
	List: Listing{
		Filters: map[string]Field{"name": fieldName, "state": fieldState, "lifecycleState": fieldLifecycle},
		Sorts:   sorts(map[string]Field{"state": fieldState, "lifecycleState": fieldLifecycle}),
		Fields:  true,
	},
	Access: clusterAccess,
	Check:  checkCluster,
}

var fieldLifecycle = Field{Column: ColumnPath, Path: "$.spec.lifecycleState"}

// clusterAccess keeps labels and annotations also where null is sent.
var clusterAccess = func() Access[cmf.KubernetesCluster] {
	access := typedAccess(cmf.KubernetesClusters,
		func(c *cmf.KubernetesCluster) (apiVersion, kind *string) { return &c.APIVersion, &c.Kind },
		func(c *cmf.KubernetesCluster) *cmf.Metadata { return &c.Metadata })
	access.Keep = func(old, c *cmf.KubernetesCluster, _ cmf.Object) {
		if c.Metadata.Labels == nil {
			c.Metadata.Labels = old.Metadata.Labels
		}
		if c.Metadata.Annotations == nil {
			c.Metadata.Annotations = old.Metadata.Annotations
		}
		if c.Spec.LifecycleState == "" {
			c.Spec.LifecycleState = old.Spec.LifecycleState
		}
	}
	return access
}()

func checkCluster(op *Op[cmf.KubernetesCluster]) error {
	state := cmf.ClusterConnected
	switch op.New.Spec.LifecycleState {
	case cmf.ClusterActive:
	case cmf.ClusterDecommissioned:
		state = cmf.ClusterDecommissioned
		if err := clusterFree(op); err != nil {
			return err
		}
	default:
		return Invalid("spec.lifecycleState: must be ACTIVE or DECOMMISSIONED, got '%s'", clip(op.New.Spec.LifecycleState))
	}
	op.New.Status = clusterStatus(state)
	op.Record.State = state
	return nil
}

func clusterStatus(state string) *cmf.ClusterStatus {
	return &cmf.ClusterStatus{State: state, Message: "This server itself: there is no Kubernetes"}
}

// clusterFree refuses while environments point to the cluster. There is one
// cluster, so all of them do.
func clusterFree(op *Op[cmf.KubernetesCluster]) error {
	found, err := op.Tx.Find(Scope{Kind: KindEnvironment}, Query{Limit: 10, Order: []Order{{Field: fieldName}}})
	if err != nil || len(found.Records) == 0 {
		return err
	}
	var names []string
	for _, record := range found.Records {
		names = append(names, record.Name)
	}
	if more := int(found.Total) - len(names); more > 0 {
		names = append(names, "and "+plural(more, "other"))
	}
	return Invalid("Cannot decommission cluster '%s': referenced by environments [%s]", op.Record.Name, strings.Join(names, ", "))
}

// clusterTakes refuses a new environment on a cluster that is none or was
// decommissioned.
func clusterTakes(r Reader, name string) error {
	record, err := r.Get(Scope{Kind: KindCluster}, name)
	if errors.Is(err, ErrMissing) && name == cmf.DefaultCluster {
		return nil // no server registered it yet
	}
	if errors.Is(err, ErrMissing) {
		return Invalid("Environment's kubernetesClusterName '%s' does not exist.", clip(name))
	}
	if err == nil && record.State == cmf.ClusterDecommissioned {
		return Invalid("Kubernetes cluster '%s' is DECOMMISSIONED and cannot accept workloads.", name)
	}
	return err
}

// EnsureCluster registers the cluster that stands for the server, once.
func (s *Service) EnsureCluster(ctx context.Context) error {
	scope := Scope{Kind: KindCluster}
	err := s.store.View(ctx, func(r Reader) error {
		_, err := r.Get(scope, cmf.DefaultCluster)
		return err
	})
	if !errors.Is(err, ErrMissing) {
		return err
	}
	now := s.now().UTC()
	cluster := &cmf.KubernetesCluster{
		Spec: cmf.ClusterSpec{LifecycleState: cmf.ClusterActive}, Status: clusterStatus(cmf.ClusterConnected),
	}
	stamp := Stamp{Name: cmf.DefaultCluster, UID: uuid.NewSHA1(uuid.NameSpaceOID, []byte(cmf.DefaultCluster)).String(), Created: now, Updated: now}
	clusterAccess.Stamp(cluster, stamp)
	return s.store.Update(ctx, func(tx Tx) error {
		return tx.Put(Record{
			Scope: scope, Name: stamp.Name, UID: stamp.UID, State: cmf.ClusterConnected,
			Created: now, Updated: now, Doc: MustEncode(cluster),
		})
	})
}
