package service

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/counts"
	"drey/server/service/lists"
)

var environmentRules = Rules[cmf.Environment]{
	ID: model.KindEnvironment, Kind: cmf.Environments, Naming: body.EnvironmentName, NameField: "name",
	List: lists.Listing{
		Filters: map[string]model.Field{"name": fieldName},
		Sorts: sorts(map[string]model.Field{
			"created_time": fieldCreated, "updated_time": fieldUpdated, "kubernetesNamespace": fieldNamespace,
		}),
		Search: map[string]model.Field{"name": fieldName, "kubernetesNamespace": fieldNamespace},
		Fields: true, AlwaysFields: []string{"name"},
	},
	Access: Access[cmf.Environment]{
		Name: func(e *cmf.Environment) string { return e.EffectiveName() },
		Labels: func(e *cmf.Environment) map[string]string {
			if e.Metadata == nil {
				return nil
			}
			return e.Metadata.Labels
		},
		Carry: carryEnvironment,
		Stamp: stampEnvironment,
	},
	Check:   checkEnvironment,
	Written: environmentWritten,
	Delete:  deleteEnvironment,
	Show:    showEnvironment,
}

var (
	fieldName      = model.Field{Column: model.ColumnName}
	fieldState     = model.Field{Column: model.ColumnState}
	fieldCreated   = model.Field{Column: model.ColumnCreated}
	fieldUpdated   = model.Field{Column: model.ColumnUpdated}
	fieldNamespace = model.Field{Column: model.ColumnPath, Path: "$.kubernetesNamespace"}
)

// sorts adds to a kind's own properties those that every kind has.
func sorts(own map[string]model.Field) map[string]model.Field {
	all := map[string]model.Field{
		"name": fieldName, "metadata.name": fieldName,
		"creationTimestamp": fieldCreated, "metadata.creationTimestamp": fieldCreated,
		"updateTimestamp": fieldUpdated, "metadata.updateTimestamp": fieldUpdated,
		"uid": {Column: model.ColumnUID}, "metadata.uid": {Column: model.ColumnUID},
	}
	for name, field := range own {
		all[name] = field
	}
	return all
}

func stampEnvironment(e *cmf.Environment, s Stamp) {
	if e.Metadata == nil {
		e.Metadata = &cmf.Metadata{}
	}
	e.Name, e.Metadata.Name, e.Metadata.UID = s.Name, s.Name, s.UID
	e.CreatedTime, e.UpdatedTime = cmf.Time(s.Created), cmf.Time(s.Updated)
	e.Metadata.CreationTimestamp, e.Metadata.UpdateTimestamp = e.CreatedTime, e.UpdatedTime
}

// carryEnvironment keeps what an update leaves out; null and {} clear.
func carryEnvironment(old, e *cmf.Environment, sent cmf.Object) {
	if e.Metadata == nil {
		e.Metadata = &cmf.Metadata{}
	}
	if old.Metadata != nil {
		carryMetadata(old.Metadata, e.Metadata, sent)
	}
	if sent.Get("flinkApplicationDefaults") == nil {
		e.FlinkApplicationDefaults = old.FlinkApplicationDefaults
	}
	if sent.Get("computePoolDefaults") == nil {
		e.ComputePoolDefaults = old.ComputePoolDefaults
	}
	if sent.Get("statementDefaults") == nil {
		e.StatementDefaults = old.StatementDefaults
	}
	if e.KubernetesNamespace == "" {
		e.KubernetesNamespace = old.KubernetesNamespace
	}
	if e.KubernetesClusterName == "" {
		e.KubernetesClusterName = old.KubernetesClusterName
	}
}

func checkEnvironment(op *WriteOp[cmf.Environment]) error {
	e := op.New
	if e.Name != "" && e.Metadata != nil && e.Metadata.Name != "" && e.Name != e.Metadata.Name {
		return model.Invalid("name: '%s' is not metadata.name, '%s'", body.Clip(e.Name), body.Clip(e.Metadata.Name))
	}
	if e.KubernetesNamespace == "" {
		return model.Invalid("kubernetesNamespace: must not be empty")
	}
	if err := body.ResourceName.Check("kubernetesNamespace", e.KubernetesNamespace); err != nil {
		return err
	}
	if err := environmentCluster(op); err != nil {
		return err
	}
	if old := op.Old; old != nil && old.KubernetesNamespace != e.KubernetesNamespace {
		return model.Invalid("Environment's kubernetesNamespace cannot be changed from %s to %s because the field is "+
			"immutable.",
			old.KubernetesNamespace, e.KubernetesNamespace)
	}
	for _, raw := range []cmf.Object{e.FlinkApplicationDefaults.Object("spec"), e.FlinkApplicationDefaults} {
		if conf := raw.Get("flinkConfiguration"); len(conf) > 0 && conf[0] != '{' && string(conf) != "null" {
			return model.Invalid("flinkApplicationDefaults: flinkConfiguration: want an object")
		}
	}
	e.Secrets, e.Status = nil, nil
	return nil
}

// environmentCluster checks the cluster of a new environment; that of one which
// is there cannot be changed.
func environmentCluster(op *WriteOp[cmf.Environment]) error {
	name := op.New.KubernetesClusterName
	if old := op.Old; old != nil {
		if was := old.KubernetesClusterName; was != name && !(was == "" && name == cmf.DefaultCluster) {
			return model.Invalid("Environment's kubernetesClusterName cannot be changed from %s to %s because the field is "+
				"immutable.",
				cmp.Or(was, cmf.DefaultCluster), body.Clip(name))
		}
		return nil
	}
	return clusterTakes(op.Tx, cmp.Or(name, cmf.DefaultCluster))
}

// environmentWritten wakes what the defaults of the environment affect.
func environmentWritten(op *WriteOp[cmf.Environment]) error {
	if op.Old == nil || sameJSON(op.Old.FlinkApplicationDefaults, op.New.FlinkApplicationDefaults) {
		return nil
	}
	return op.Tx.Touch(model.Scope{Kind: model.KindApplication, Env: op.Record.Name}, op.Now)
}

func sameJSON(a, b cmf.Object) bool {
	x, errX := json.Marshal(a.Map())
	y, errY := json.Marshal(b.Map())
	return errX == nil && errY == nil && string(x) == string(y)
}

func deleteEnvironment(op *WriteOp[cmf.Environment]) (Outcome, error) {
	env := op.Record.Name
	var held []string
	for _, kind := range []model.KindID{model.KindApplication, model.KindStatement, model.KindComputePool} {
		found, err := op.Tx.Count(model.Scope{Kind: kind, Env: env})
		if err != nil {
			return 0, err
		}
		if n := counts.Total(found); n > 0 {
			held = append(held, plural(n, strings.ToLower(body.Title(kind))))
		}
	}
	if len(held) > 0 && !op.Force {
		return 0, model.Conflict(
			"Environment '%s' is not empty: it has %s. Delete them first, or use force=true.", env, list(held),
		)
	}
	if err := model.OrphanAll(op.Tx, env, op.Now); err != nil {
		return 0, err
	}
	for _, kind := range []model.KindID{
		model.KindApplication, model.KindStatement, model.KindComputePool, model.KindInstance, model.KindEvent,
		model.KindApplicationSavepoint, model.KindStatementSavepoint,
	} {
		if err := op.Tx.DeleteAll(model.Scope{Kind: kind, Env: env}); err != nil {
			return 0, err
		}
	}
	if err := deleteMappings(op.Tx, env); err != nil {
		return 0, err
	}
	return OutcomeNoContent, op.Tx.Delete(op.Scope, env)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// list joins as people do: a, b and c.
func list(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
