package service

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

// Masked stands for every value of a secret in what is answered.
const Masked = "****"

var secretRules = Rules[cmf.Secret]{
	ID: model.KindSecret, Kind: cmf.Secrets, Naming: body.ResourceName,
	List: lists.Listing{
		Filters: map[string]model.Field{"name": fieldName},
		Sorts:   sorts(nil),
		Search: map[string]model.Field{
			"name": fieldName, "environments": {Column: model.ColumnPath, Path: "$.status.environments"},
		},
		Fields: true,
	},
	Access: typedAccess[cmf.Secret](cmf.Secrets),
	Check:  checkSecret,
	Delete: deleteSecret,
}

// checkSecret seals the data and leaves masks. A mask that comes back, as
// after reading and editing, keeps the value that is stored.
func checkSecret(op *WriteOp[cmf.Secret]) error {
	data, err := secretData(op)
	if err != nil {
		return err
	}
	controller, err := op.Service.sealer.Seal(op.Record.UID, data)
	if err != nil {
		return err
	}
	op.Record.ControllerState = model.MustEncode(controller)
	op.New.Status = &cmf.SecretStatus{Version: "1", Environments: []string{}}
	if old := op.Old; old != nil && old.Status != nil {
		n, _ := strconv.Atoi(old.Status.Version)
		op.New.Status.Version, op.New.Status.Environments = strconv.Itoa(n+1), old.Status.Environments
	}
	op.New.Spec.Data = masks(data)
	return nil
}

// Seal is the note of a secret with such data, for filling a store directly.
func (s *Service) Seal(uid string, data map[string]string) (cmf.Object, error) {
	controller, err := s.sealer.Seal(uid, data)
	return model.MustEncode(controller), err
}

func secretData(op *WriteOp[cmf.Secret]) (map[string]string, error) {
	data := op.New.Spec.Data
	if len(data) == 0 {
		return nil, model.Invalid("spec.data: must not be empty")
	}
	var previous map[string]string
	for key, value := range data {
		if key == "" {
			return nil, model.Invalid("spec.data: a key must not be empty")
		}
		if value != Masked {
			continue
		}
		if previous == nil && op.Old != nil {
			var err error
			if previous, err = op.Service.sealer.Open(*op.Record); err != nil {
				return nil, err
			}
		}
		stored, ok := previous[key]
		if !ok {
			code := model.CodeUnprocessable
			if op.Old == nil {
				code = model.CodeInvalid
			}
			return nil, model.Refuse(code, "spec.data.%s: is a mask, and no value of it is stored", body.Clip(key))
		}
		data[key] = stored
	}
	return data, nil
}

func masks(data map[string]string) map[string]string {
	masked := make(map[string]string, len(data))
	for key := range data {
		masked[key] = Masked
	}
	return masked
}

func deleteSecret(op *WriteOp[cmf.Secret]) (Outcome, error) {
	mapped, err := mappingsOf(op.Tx, op.Record.Name)
	if err != nil {
		return 0, err
	}
	if len(mapped) > 0 {
		return 0, model.Conflict("Secret '%s' is still mapped to environments [%s]. Remove those mappings first.",
			op.Record.Name, strings.Join(mapped, ", "))
	}
	return OutcomeNoContent, op.Tx.Delete(op.Scope, op.Record.Name)
}

// mappingsOf names the environments that a secret is mapped to.
func mappingsOf(r model.Reader, secret string) ([]string, error) {
	found, err := r.Find(model.Scope{Kind: model.KindSecretMapping}, model.Query{
		Everywhere: true,
		Where:      []model.Term{{Fields: []model.Field{{Column: model.ColumnLink}}, Values: []string{secret}}},
	})
	return environmentsOf(found.Records), err
}

func environmentsOf(records []model.Record) []string {
	seen := map[string]bool{}
	for _, record := range records {
		seen[record.Env] = true
	}
	names := slices.Sorted(maps.Keys(seen))
	if names == nil {
		return []string{}
	}
	return names
}

// recordMappings writes into a secret where it is mapped, as search finds it.
func recordMappings(tx model.Tx, secret string) error {
	record, err := tx.Get(model.Scope{Kind: model.KindSecret}, secret)
	if errors.Is(err, model.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	mapped, err := mappingsOf(tx, secret)
	if err != nil {
		return err
	}
	record.Doc = record.Doc.With(mapped, "status", "environments")
	return tx.Save(record)
}

// CheckSeal opens one of the stored secrets, to find a wrong key early.
func (s *Service) CheckSeal(ctx context.Context) error {
	return s.store.View(ctx, s.CheckSealIn)
}

// CheckSealIn is CheckSeal within a transaction.
func (s *Service) CheckSealIn(r model.Reader) error {
	found, err := r.Find(model.Scope{Kind: model.KindSecret}, model.Query{Limit: 1})
	if err != nil || len(found.Records) == 0 {
		return err
	}
	_, err = s.sealer.Open(found.Records[0])
	return err
}
