package service

import (
	"context"
	"errors"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"

	"github.com/google/uuid"
)

// clusterRules: clusters are registered by the server, so clients only look
// and update (cmf-behaviour.md §2.9).
var clusterRules = Rules[cmf.KubernetesCluster]{
	ID: model.KindCluster, Kind: cmf.KubernetesClusters, Naming: body.ResourceName, UpdateOnly: true,
	List: lists.Listing{
		Filters: map[string]model.Field{"name": fieldName, "state": fieldState, "lifecycleState": fieldLifecycle},
		Sorts:   sorts(map[string]model.Field{"state": fieldState, "lifecycleState": fieldLifecycle}),
		Fields:  true,
	},
	Access: clusterAccess,
	Check:  checkCluster,
}

var fieldLifecycle = model.Field{Column: model.ColumnPath, Path: "$.spec.lifecycleState"}

// clusterAccess keeps labels and annotations also where null is sent.
var clusterAccess = func() Access[cmf.KubernetesCluster] {
	access := typedAccess[cmf.KubernetesCluster](cmf.KubernetesClusters)
	access.Carry = func(old, c *cmf.KubernetesCluster, _ cmf.Object) {
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

func checkCluster(op *WriteOp[cmf.KubernetesCluster]) error {
	state := cmf.ClusterConnected
	switch op.New.Spec.LifecycleState {
	case cmf.ClusterActive:
	case cmf.ClusterDecommissioned:
		state = cmf.ClusterDecommissioned
		if err := clusterFree(op); err != nil {
			return err
		}
	default:
		return model.Invalid(
			"spec.lifecycleState: must be ACTIVE or DECOMMISSIONED, got '%s'", body.Clip(op.New.Spec.LifecycleState),
		)
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
func clusterFree(op *WriteOp[cmf.KubernetesCluster]) error {
	found, err := op.Tx.Find(model.Scope{Kind: model.KindEnvironment}, model.Query{
		Limit: 10, Order: []model.Order{{Field: fieldName}},
	})
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
	return model.Invalid(
		"Cannot decommission cluster '%s': referenced by environments [%s]", op.Record.Name, strings.Join(names, ", "),
	)
}

// clusterTakes refuses a new environment on a cluster that is none or was
// decommissioned.
func clusterTakes(r model.Reader, name string) error {
	record, err := r.Get(model.Scope{Kind: model.KindCluster}, name)
	if errors.Is(err, model.ErrMissing) && name == cmf.DefaultCluster {
		return nil // no server registered it yet
	}
	if errors.Is(err, model.ErrMissing) {
		return model.Invalid("Environment's kubernetesClusterName '%s' does not exist.", body.Clip(name))
	}
	if err == nil && record.State == cmf.ClusterDecommissioned {
		return model.Invalid("Kubernetes cluster '%s' is DECOMMISSIONED and cannot accept workloads.", name)
	}
	return err
}

// EnsureCluster registers the cluster that stands for the server, once.
func (s *Service) EnsureCluster(ctx context.Context) error {
	scope := model.Scope{Kind: model.KindCluster}
	err := s.store.View(ctx, func(r model.Reader) error {
		_, err := r.Get(scope, cmf.DefaultCluster)
		return err
	})
	if !errors.Is(err, model.ErrMissing) {
		return err
	}
	now := s.now().UTC()
	cluster := &cmf.KubernetesCluster{
		Spec: cmf.ClusterSpec{LifecycleState: cmf.ClusterActive}, Status: clusterStatus(cmf.ClusterConnected),
	}
	stamp := Stamp{
		Name: cmf.DefaultCluster, UID: uuid.NewSHA1(uuid.NameSpaceOID, []byte(cmf.DefaultCluster)).String(),
		Created: now, Updated: now,
	}
	clusterAccess.Stamp(cluster, stamp)
	return s.store.Update(ctx, func(tx model.Tx) error {
		return tx.Put(model.Record{
			Scope: scope, Name: stamp.Name, UID: stamp.UID, State: cmf.ClusterConnected,
			Created: now, Updated: now, Doc: model.MustEncode(cluster),
		})
	})
}
