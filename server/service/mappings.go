package service

import (
	"errors"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

var secretMappingRules = Rules[cmf.SecretMapping]{
	ID: model.KindSecretMapping, Kind: cmf.SecretMappings, Naming: body.ResourceName,
	List:    lists.Listing{Sorts: sorts(nil)},
	Access:  typedAccess[cmf.SecretMapping](cmf.SecretMappings),
	Check:   checkMapping,
	Written: mappingWritten,
	Delete:  deleteMapping,
}

func checkMapping(op *WriteOp[cmf.SecretMapping]) error {
	secret := op.New.Spec.SecretName
	if secret == "" {
		return model.Invalid("spec.secretName: must not be empty")
	}
	_, err := op.Tx.Get(model.Scope{Kind: model.KindSecret}, secret)
	if errors.Is(err, model.ErrMissing) {
		return model.NotFound("spec.secretName: Secret '%s' not found", body.Clip(secret))
	}
	op.Record.Link = secret
	return err
}

// mappingWritten tells the secret, and the one that was mapped before.
func mappingWritten(op *WriteOp[cmf.SecretMapping]) error {
	if op.Old != nil && op.Old.Spec.SecretName != op.New.Spec.SecretName {
		if err := recordMappings(op.Tx, op.Old.Spec.SecretName); err != nil {
			return err
		}
	}
	return recordMappings(op.Tx, op.New.Spec.SecretName)
}

func deleteMapping(op *WriteOp[cmf.SecretMapping]) (Outcome, error) {
	if err := op.Tx.Delete(op.Scope, op.Record.Name); err != nil {
		return 0, err
	}
	return OutcomeNoContent, recordMappings(op.Tx, op.Record.Link)
}

// deleteMappings removes those of an environment that goes.
func deleteMappings(tx model.Tx, env string) error {
	scope := model.Scope{Kind: model.KindSecretMapping, Env: env}
	found, err := tx.Find(scope, model.Query{})
	if err != nil {
		return err
	}
	if err := tx.DeleteAll(scope); err != nil {
		return err
	}
	for _, record := range found.Records {
		if err := recordMappings(tx, record.Link); err != nil {
			return err
		}
	}
	return nil
}

// environmentSecrets is an environment's connectionSecretId → secret.
func environmentSecrets(r model.Reader, env string) (map[string]string, error) {
	found, err := r.Find(model.Scope{Kind: model.KindSecretMapping, Env: env}, model.Query{})
	secrets := map[string]string{}
	for _, record := range found.Records {
		secrets[record.Name] = record.Link
	}
	return secrets, err
}
