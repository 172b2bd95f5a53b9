package service

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"drey/client/cmf"
)

// Masked stands for every value of a secret in what is answered.
const Masked = "****"

var secretRules = Rules[cmf.Secret]{
	ID: KindSecret, Kind: cmf.Secrets, Naming: resourceName,
	List: Listing{
		Filters: map[string]Field{"name": fieldName},
		Sorts:   sorts(nil),
		Search: map[string]Field{
			"name": fieldName, "environments": {Column: ColumnPath, Path: "$.status.environments"},
		},
		Fields: true,
	},
	Access: typedAccess(cmf.Secrets,
		func(s *cmf.Secret) (apiVersion, kind *string) { return &s.APIVersion, &s.Kind },
		func(s *cmf.Secret) *cmf.Metadata { return &s.Metadata }),
	Check:  checkSecret,
	Delete: deleteSecret,
}

// checkSecret seals the data and leaves masks. A mask that comes back, as
// after reading and editing, keeps the value that is stored.
func checkSecret(op *Op[cmf.Secret]) error {
	data, err := secretData(op)
	if err != nil {
		return err
	}
	note, err := op.Service.sealer.seal(op.Record.UID, data)
	if err != nil {
		return err
	}
	op.Record.Note = MustEncode(note)
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
	note, err := s.sealer.seal(uid, data)
	return MustEncode(note), err
}

func secretData(op *Op[cmf.Secret]) (map[string]string, error) {
	data := op.New.Spec.Data
	if len(data) == 0 {
		return nil, Invalid("spec.data: must not be empty")
	}
	var kept map[string]string
	for key, value := range data {
		if key == "" {
			return nil, Invalid("spec.data: a key must not be empty")
		}
		if value != Masked {
			continue
		}
		if kept == nil && op.Old != nil {
			var err error
			if kept, err = op.Service.sealer.open(*op.Record); err != nil {
				return nil, err
			}
		}
		stored, ok := kept[key]
		if !ok {
			code := CodeUnprocessable
			if op.Old == nil {
				code = CodeInvalid
			}
			return nil, refuse(code, "spec.data.%s: is a mask, and no value of it is stored", clip(key))
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

func deleteSecret(op *Op[cmf.Secret]) (Outcome, error) {
	mapped, err := mappingsOf(op.Tx, op.Record.Name)
	if err != nil {
		return 0, err
	}
	if len(mapped) > 0 {
		return 0, Conflict("Secret '%s' is still mapped to environments [%s]. Remove those mappings first.",
			op.Record.Name, strings.Join(mapped, ", "))
	}
	return OutcomeNoContent, op.Tx.Delete(op.Scope, op.Record.Name)
}

// mappingsOf names the environments that a secret is mapped to.
func mappingsOf(r Reader, secret string) ([]string, error) {
	found, err := r.Find(Scope{Kind: KindSecretMapping}, Query{
		Everywhere: true, Where: []Term{{Fields: []Field{{Column: ColumnLink}}, Values: []string{secret}}},
	})
	return environmentsOf(found.Records), err
}

func environmentsOf(records []Record) []string {
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

// noteMappings writes into a secret where it is mapped, as search finds it.
func noteMappings(tx Tx, secret string) error {
	record, err := tx.Get(Scope{Kind: KindSecret}, secret)
	if errors.Is(err, ErrMissing) {
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
func (s *Service) CheckSealIn(r Reader) error {
	found, err := r.Find(Scope{Kind: KindSecret}, Query{Limit: 1})
	if err != nil || len(found.Records) == 0 {
		return err
	}
	_, err = s.sealer.open(found.Records[0])
	return err
}
