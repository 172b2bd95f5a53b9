package service

import (
	"errors"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"

	"github.com/google/uuid"
)

var catalogRules = Rules[cmf.KafkaCatalog]{
	ID: model.KindCatalog, Kind: cmf.KafkaCatalogs, Naming: body.ResourceName,
	List:    lists.Listing{Sorts: sorts(nil)},
	Replies: Replies{EmptyUpdate: true},
	Access:  typedAccess[cmf.KafkaCatalog](cmf.KafkaCatalogs),
	Sent:    body.SentCatalog,
	Check:   checkCatalog,
	Written: catalogWritten,
	Delete:  deleteCatalog,
	Show:    showCatalog,
}

// linkInline marks a database that its catalog's kafkaClusters define.
const linkInline = "inline"

func checkCatalog(op *WriteOp[cmf.KafkaCatalog]) error {
	spec := &op.New.Spec
	if err := body.CheckConnection(
		"spec.srInstance", spec.SRInstance.ConnectionConfig, spec.SRInstance.ConnectionSecretID,
	); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, cluster := range spec.KafkaClusters {
		if err := body.ResourceName.Check("spec.kafkaClusters.databaseName", cluster.DatabaseName); err != nil {
			return err
		}
		if seen[cluster.DatabaseName] {
			return model.Unprocessable("spec.kafkaClusters: database '%s' stands there twice", cluster.DatabaseName)
		}
		seen[cluster.DatabaseName] = true
		if err := body.CheckConnection(
			"spec.kafkaClusters", cluster.ConnectionConfig, cluster.ConnectionSecretID,
		); err != nil {
			return err
		}
	}
	op.New.Status, op.Record.Link = nil, spec.SRInstance.ConnectionSecretID
	return nil
}

// catalogWritten makes the databases that kafkaClusters define, and removes
// those that they define no longer.
func catalogWritten(op *WriteOp[cmf.KafkaCatalog]) error {
	scope := model.Scope{Kind: model.KindDatabase, Parent: op.Record.Name}
	found, err := op.Tx.Find(scope, model.Query{})
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, cluster := range op.New.Spec.KafkaClusters {
		wanted[cluster.DatabaseName] = true
		if err := inlineDatabase(op, scope, cluster); err != nil {
			return err
		}
	}
	for _, record := range found.Records {
		if record.Link != linkInline || wanted[record.Name] {
			continue
		}
		if err := op.Tx.Delete(scope, record.Name); err != nil {
			return err
		}
	}
	return nil
}

func inlineDatabase(op *WriteOp[cmf.KafkaCatalog], scope model.Scope, cluster cmf.KafkaCluster) error {
	record, err := op.Tx.Get(scope, cluster.DatabaseName)
	switch {
	case errors.Is(err, model.ErrMissing):
		record = model.Record{
			Scope: scope, Name: cluster.DatabaseName, UID: uuid.NewString(), Created: op.Now, Link: linkInline,
		}
	case err != nil:
		return err
	case record.Link != linkInline:
		return model.Unprocessable("spec.kafkaClusters: Database '%s' exists by itself", cluster.DatabaseName)
	}
	record.Updated = op.Now
	database := cmf.KafkaDatabase{Spec: cmf.KafkaDatabaseSpec{KafkaCluster: cmf.Connection{
		ConnectionConfig: cluster.ConnectionConfig, ConnectionSecretID: cluster.ConnectionSecretID,
	}}}
	databaseRules.Access.Stamp(&database, Stamp{
		Name: record.Name, UID: record.UID, Created: record.Created, Updated: record.Updated,
	})
	record.Doc = model.MustEncode(database)
	return op.Tx.Put(record)
}

// deleteCatalog refuses while it has databases that it does not define itself.
func deleteCatalog(op *WriteOp[cmf.KafkaCatalog]) (Outcome, error) {
	name := op.Record.Name
	scope := model.Scope{Kind: model.KindDatabase, Parent: name}
	found, err := op.Tx.Find(scope, model.Query{})
	if err != nil {
		return 0, err
	}
	var own []string
	for _, record := range found.Records {
		if record.Link != linkInline {
			own = append(own, record.Name)
		}
	}
	if len(own) > 0 {
		return 0, model.Conflict("Catalog '%s' contains databases and cannot be deleted: %s (%s)",
			name, plural(len(own), "database"), strings.Join(own[:min(len(own), 5)], ", "))
	}
	if err := op.Tx.DeleteAll(scope); err != nil {
		return 0, err
	}
	return OutcomeNoContent, op.Tx.Delete(op.Scope, name)
}

func showCatalog(show *ShowOp) (cmf.Object, error) {
	access, err := show.access(show.Record.Doc.String("spec", "srInstance", "connectionSecretId"))
	if err != nil {
		return nil, err
	}
	return show.Record.Doc.With(cmf.AccessStatus{EnvironmentsWithAccess: access}, "status"), nil
}

// access names the environments that have a mapping of every secret that is
// needed, all of them where none is (cmf-behaviour.md §2.8).
func (show *ShowOp) access(secrets ...string) ([]string, error) {
	var environments []string
	for _, secret := range append([]string{""}, secrets...) {
		having, err := show.having(secret)
		if err != nil {
			return nil, err
		}
		if environments == nil {
			environments = having
			continue
		}
		environments = both(environments, having)
	}
	return environments, nil
}

// having names the environments with a mapping; it reads once for an answer.
func (show *ShowOp) having(secret string) ([]string, error) {
	if names, ok := show.Read[secret]; ok {
		return names, nil
	}
	names := []string{}
	if secret == "" {
		found, err := show.Reader.Find(model.Scope{Kind: model.KindEnvironment}, model.Query{
			Order: []model.Order{{Field: fieldName}},
		})
		if err != nil {
			return nil, err
		}
		for _, record := range found.Records {
			names = append(names, record.Name)
		}
	} else {
		found, err := show.Reader.Find(model.Scope{Kind: model.KindSecretMapping}, model.Query{
			Everywhere: true, Where: []model.Term{{Fields: []model.Field{fieldName}, Values: []string{secret}}},
		})
		if err != nil {
			return nil, err
		}
		names = environmentsOf(found.Records)
	}
	if show.Read != nil {
		show.Read[secret] = names
	}
	return names, nil
}

// both is what two ordered lists share.
func both(a, b []string) []string {
	in := map[string]bool{}
	for _, name := range b {
		in[name] = true
	}
	shared := []string{}
	for _, name := range a {
		if in[name] {
			shared = append(shared, name)
		}
	}
	return shared
}
