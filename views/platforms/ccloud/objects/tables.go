package objects

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	phases "drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/resource"
	"drey/views/why"
)

// Table is a materialized table in a list.
type Table = resource.Item[ccloudapi.Table]

// TableState is the phase as it came; CREATING and ALTERING are a table's own.
func TableState(t ccloudapi.Table) (string, themes.Tone) {
	switch t.Status.Phase {
	case ccloud.PhaseCreating, ccloud.PhaseAltering:
		return t.Status.Phase, themes.Busy
	}
	return t.Status.Phase, views.PhaseTone(ccloudapi.PhaseOf(t.Status.Phase))
}

// TableVersion says when a table is on its way to a newer version.
func TableVersion(t ccloudapi.Table) string {
	switch s := t.Status; {
	case s.Version == 0:
		return ""
	case s.LatestVersion > s.Version:
		return fmt.Sprintf("%d, %d comes", s.Version, s.LatestVersion)
	default:
		return fmt.Sprint(s.Version)
	}
}

// TableKey tells tables of one name apart: it is unique in its database alone.
func TableKey(environment string, t ccloudapi.Table) string {
	return cells.Key(t.Metadata.UID, environment, t.Spec.ClusterID, t.Name)
}

// ReadTable reads the table of an address.
func ReadTable(ctx context.Context, api *ccloudapi.Client, ref views.Ref) (ccloudapi.Table, error) {
	if ref.UID == "" {
		return api.TableWhere(ctx, ref.Scope, ref.Name, nil)
	}
	return api.TableWhere(ctx, ref.Scope, ref.Name, func(t ccloudapi.Table) bool {
		return TableKey(ref.Scope, t) == ref.UID
	})
}

// TableReached tells whether a table is as its spec.stopped says.
func TableReached(now ccloudapi.Table) (bool, error) {
	phase := ccloudapi.PhaseOf(now.Status.Phase)
	switch {
	case slices.Contains([]string{ccloud.PhaseCreating, ccloud.PhaseAltering}, now.Status.Phase):
		return false, nil
	case now.Spec.Stopped:
		return phase.Ended(), nil
	case phase == phases.Failed:
		return true, fmt.Errorf("it is %s: %s", now.Status.Phase, why.Cause(now.Status.Detail))
	}
	return phase == phases.Running || phase == phases.Degraded || phase == phases.Completed, nil
}

// RefuseTable is why nothing is done to a table that is being deleted.
func RefuseTable(t ccloudapi.Table) error {
	if t.Status.Phase == ccloud.PhaseDeleting {
		return errors.New("it is being deleted: wait until it is gone")
	}
	return nil
}
