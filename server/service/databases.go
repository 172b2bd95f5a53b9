package service

import (
	"errors"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

var databaseRules = Rules[cmf.KafkaDatabase]{
	ID: model.KindDatabase, Kind: cmf.KafkaDatabases, Owner: model.KindCatalog, Naming: body.ResourceName,
	List:    lists.Listing{Sorts: sorts(nil)},
	Replies: Replies{EmptyUpdate: true},
	Access:  typedAccess[cmf.KafkaDatabase](cmf.KafkaDatabases),
	Check:   checkDatabase,
	Delete:  deleteDatabase,
	Show:    showDatabase,
}

func checkDatabase(op *WriteOp[cmf.KafkaDatabase]) error {
	if op.Record.Link == linkInline {
		return model.Unprocessable(
			"Database '%s' is defined by kafkaClusters of catalog '%s': change it there", op.Record.Name,
			op.Scope.Parent,
		)
	}
	cluster := op.New.Spec.KafkaCluster
	if err := body.CheckConnection(
		"spec.kafkaCluster", cluster.ConnectionConfig, cluster.ConnectionSecretID,
	); err != nil {
		return err
	}
	for _, env := range op.New.Spec.DDLEnvironments {
		_, err := op.Tx.Get(model.Scope{Kind: model.KindEnvironment}, env)
		if errors.Is(err, model.ErrMissing) {
			return model.Unprocessable("spec.ddlEnvironments: Environment '%s' not found", body.Clip(env))
		}
		if err != nil {
			return err
		}
	}
	op.New.Status = nil
	return nil
}

func deleteDatabase(op *WriteOp[cmf.KafkaDatabase]) (Outcome, error) {
	if op.Record.Link == linkInline {
		return 0, model.Conflict(
			"Database '%s' is defined by kafkaClusters of catalog '%s': remove it there", op.Record.Name,
			op.Scope.Parent,
		)
	}
	return OutcomeNoContent, op.Tx.Delete(op.Scope, op.Record.Name)
}

// showDatabase adds who sees it: whoever sees the catalog and has its own secret.
func showDatabase(show *ShowOp) (cmf.Object, error) {
	catalog, err := show.Reader.Get(model.Scope{Kind: model.KindCatalog}, show.Record.Parent)
	if err != nil {
		return nil, err
	}
	access, err := show.access(catalog.Link, show.Record.Doc.String("spec", "kafkaCluster", "connectionSecretId"))
	if err != nil {
		return nil, err
	}
	return show.Record.Doc.With(cmf.AccessStatus{EnvironmentsWithAccess: access}, "status"), nil
}
