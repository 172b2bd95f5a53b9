package service

import (
	"maps"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

var computePoolRules = Rules[cmf.ComputePool]{
	ID: model.KindComputePool, Kind: cmf.ComputePools, Naming: body.ResourceName,
	List: lists.Listing{
		Filters: map[string]model.Field{"name": fieldName, "phase": fieldState},
		Sorts:   sorts(map[string]model.Field{"phase": fieldState}),
		Fields:  true,
	},
	Access: typedAccess[cmf.ComputePool](cmf.ComputePools),
	Check:  checkPool,
	Delete: deletePool,
	Show:   showPool,
}

func checkPool(op *WriteOp[cmf.ComputePool]) error {
	spec := &op.New.Spec
	switch spec.Type {
	case cmf.PoolDedicated, cmf.PoolShared:
	case "":
		return model.Invalid("spec.type: must not be empty")
	default:
		return model.Invalid("spec.type: must be DEDICATED or SHARED, got '%s'", body.Clip(spec.Type))
	}
	switch spec.State {
	case "", cmf.PoolRunning, cmf.PoolSuspended:
	default:
		return model.Invalid("spec.state: must be RUNNING or SUSPENDED, got '%s'", body.Clip(spec.State))
	}
	if spec.State != "" && spec.Type != cmf.PoolShared {
		return model.Unprocessable("spec.state: only a SHARED pool has one")
	}
	if spec.ClusterSpec.IsZero() {
		return model.Invalid("spec.clusterSpec: must not be empty")
	}
	for _, member := range []string{"job", "serviceAccount"} {
		if spec.ClusterSpec.Get(member) != nil {
			spec.ClusterSpec = spec.ClusterSpec.With(nil, member)
			op.Warnings = append(op.Warnings, "ignored spec.clusterSpec."+member+": it has no place in a pool")
		}
	}
	if op.Old != nil {
		if op.Old.Spec.Type != spec.Type {
			return model.Unprocessable("spec.type: cannot be changed from %s to %s", op.Old.Spec.Type, spec.Type)
		}
		if op.Unchanged = samePool(op.Old, op.New); op.Unchanged {
			return nil
		}
		if err := poolIdle(op, "updated"); err != nil {
			return err
		}
	}
	return setPoolPhase(op)
}

// samePool reports whether a write says what is stored.
func samePool(old, p *cmf.ComputePool) bool {
	if p.Spec.Type == cmf.PoolShared && p.Spec.State == "" {
		p.Spec.State = cmf.PoolRunning
	}
	return sameJSON(model.MustEncode(old.Spec), model.MustEncode(p.Spec)) && maps.Equal(
		old.Metadata.Labels, p.Metadata.Labels,
	) &&
		maps.Equal(old.Metadata.Annotations, p.Metadata.Annotations)
}

// poolIdle refuses while statements of the pool run.
func poolIdle(op *WriteOp[cmf.ComputePool], what string) error {
	if op.Old.Status != nil && op.Old.Status.Phase == cmf.PoolSuspended {
		return nil // its statements wait for it
	}
	counts, err := poolStatements(op.Tx, op.Scope.Env, op.Record.Name)
	if err != nil {
		return err
	}
	running := counts[cmf.PhasePending] + counts[cmf.PhaseRunning] + counts[cmf.PhaseFailing]
	if running > 0 {
		return model.Conflict("Compute pool '%s' cannot be %s: %s running", op.Record.Name, what, runs(running))
	}
	return nil
}

func runs(n int) string {
	if n == 1 {
		return "1 statement of it is"
	}
	return plural(n, "statement") + " of it are"
}

// setPoolPhase sets what control then moves: a dedicated pool has no life.
func setPoolPhase(op *WriteOp[cmf.ComputePool]) error {
	spec, record := &op.New.Spec, op.Record
	phase := cmf.PoolDedicated
	if spec.Type == cmf.PoolShared {
		if spec.State == "" {
			spec.State = cmf.PoolRunning
		}
		phase = cmf.PoolPending
		if op.Old != nil && op.Old.Status != nil && op.Old.Status.Phase == spec.State {
			phase = spec.State
		}
		record.ControllerState, record.Due = model.MustEncode(model.PoolControllerState{Since: op.Now}), op.Now
	}
	op.New.Status = &cmf.ComputePoolStatus{Phase: phase}
	record.State = phase
	return nil
}

// poolStatements counts the statements of a pool by phase.
func poolStatements(r model.Reader, env, pool string) (map[string]int, error) {
	found, err := r.Find(model.Scope{Kind: model.KindStatement, Env: env}, model.Query{
		Where: []model.Term{{Fields: []model.Field{{Column: model.ColumnLink}}, Values: []string{pool}}},
	})
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, record := range found.Records {
		counts[record.State]++
	}
	return counts, nil
}

func deletePool(op *WriteOp[cmf.ComputePool]) (Outcome, error) {
	name, env := op.Record.Name, op.Scope.Env
	found, err := op.Tx.Find(model.Scope{Kind: model.KindStatement, Env: env}, model.Query{
		Where: []model.Term{{Fields: []model.Field{{Column: model.ColumnLink}}, Values: []string{name}}},
	})
	if err != nil {
		return 0, err
	}
	var names []string
	for _, record := range found.Records { // those that have ended cannot be resumed
		if !cmf.PhaseFinal(record.State) {
			names = append(names, record.Name)
		}
	}
	if n := len(names); n > 0 && !op.Force {
		names = names[:min(n, 5)]
		return 0, model.Conflict("Compute pool '%s' is in use and cannot be deleted: %s (%s)",
			name, plural(n, "statement"), strings.Join(names, ", "))
	}
	for _, record := range found.Records {
		if !op.Force {
			break // they stay, with their results
		}
		if err := forceDeleteStatement(op.Tx, record, op.Now); err != nil {
			return 0, err
		}
	}
	return OutcomeNoContent, op.Tx.Delete(op.Scope, name)
}

// showPool adds the statements that include-resource-information asks for.
func showPool(show *ShowOp) (cmf.Object, error) {
	if !show.Resources {
		return show.Record.Doc, nil
	}
	counts, err := poolStatements(show.Reader, show.Record.Env, show.Record.Name)
	if err != nil {
		return nil, err
	}
	summary, err := show.Reader.Usage(model.Scope{Kind: model.KindStatement, Env: show.Record.Env}, show.Record.Name)
	if err != nil {
		return nil, err
	}
	doc := show.Record.Doc.With(
		cmf.ResourceCounts{Applications: map[string]int{}, Statements: counts}, "status", "resources",
	)
	return doc.With(summary, "status", "resourceSummary"), nil
}
