package demo

import (
	"context"
	"time"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service"
)

// connections writes secrets, where they are mapped, catalogs and their
// databases, and gives the cluster an age.
func (d *seeder) connections(ctx context.Context, environments []string) error {
	records, err := d.secrets(environments)
	if err != nil {
		return err
	}
	records = append(records, d.catalogs()...)
	return d.store.Update(ctx, func(tx model.Tx) error {
		cluster, err := tx.Get(model.Scope{Kind: model.KindCluster}, cmf.DefaultCluster)
		if err != nil {
			return err
		}
		for _, record := range append(records, d.stamped(cluster, 320*day)) {
			if err := tx.Put(record); err != nil {
				return err
			}
		}
		return nil
	})
}

// stamped gives a record its ids and times, the same in every demo.
func (d *seeder) stamped(record model.Record, age time.Duration) model.Record {
	at := d.now.Add(-age)
	record.UID = id(string(record.Kind), record.Env, record.Parent, record.Name)
	record.Created, record.Updated = at, at
	for name, value := range map[string]string{
		"name": record.Name, "uid": record.UID, "creationTimestamp": cmf.Time(at), "updateTimestamp": cmf.Time(at),
	} {
		record.Doc = record.Doc.With(value, "metadata", name)
	}
	return record
}

func (d *seeder) record(kind model.KindID, name string, age time.Duration, doc any) model.Record {
	return d.stamped(model.Record{Scope: model.Scope{Kind: kind}, Name: name, Doc: model.MustEncode(doc)}, age)
}

// secrets are the data of two secrets, and their mappings as connections.
func (d *seeder) secrets(environments []string) ([]model.Record, error) {
	mapped := environments[:min(len(environments), 2)]
	var records []model.Record
	for name, data := range map[string]map[string]string{
		"kafka-client": {
			"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN",
			"sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required ` +
				`username="flink" password="sample";`,
		},
		"schema-registry": {"basic.auth.credentials.source": "USER_INFO", "basic.auth.user.info": "flink:sample"},
	} {
		masked := map[string]string{}
		for key := range data {
			masked[key] = service.Masked
		}
		record := d.record(model.KindSecret, name, 180*day, cmf.Secret{
			APIVersion: cmf.APIVersion, Kind: cmf.Secrets.Name, Spec: cmf.SecretSpec{Data: masked},
			Status: &cmf.SecretStatus{Version: "1", Environments: mapped},
		})
		var err error
		if record.ControllerState, err = d.service.Seal(record.UID, data); err != nil {
			return nil, err
		}
		records = append(records, record)
		for _, env := range mapped {
			mapping := model.Record{
				Scope: model.Scope{Kind: model.KindSecretMapping, Env: env}, Name: name + "-conn", Link: name,
				Doc: model.MustEncode(cmf.SecretMapping{
					APIVersion: cmf.APIVersion, Kind: cmf.SecretMappings.Name,
					Spec: cmf.SecretMappingSpec{SecretName: name},
				}),
			}
			records = append(records, d.stamped(mapping, 170*day))
		}
	}
	return records, nil
}

// catalogs are the shop's, which the mapped environments see, and a sandbox
// for everyone.
func (d *seeder) catalogs() []model.Record {
	var records []model.Record
	for _, c := range []struct {
		name, registry, secret, brokers, kafka string
		databases                              []string
	}{
		{"shop", "https://registry.acme.io:8081", "schema-registry-conn", "kafka.acme.io:9092", "kafka-client-conn", []string{"orders", "clicks", "payments"}},
		{"sandbox", "http://registry.test:8081", "", "kafka.test:9092", "", []string{"playground"}},
	} {
		catalog := d.record(model.KindCatalog, c.name, 160*day, cmf.KafkaCatalog{
			APIVersion: cmf.APIVersion, Kind: cmf.KafkaCatalogs.Name,
			Spec: cmf.KafkaCatalogSpec{SRInstance: cmf.Connection{
				ConnectionConfig: map[string]string{"schema.registry.url": c.registry}, ConnectionSecretID: c.secret,
			}},
		})
		catalog.Link = c.secret
		records = append(records, catalog)
		for i, name := range c.databases {
			database := model.Record{
				Scope: model.Scope{Kind: model.KindDatabase, Parent: c.name}, Name: name,
				Doc: model.MustEncode(cmf.KafkaDatabase{
					APIVersion: cmf.APIVersion, Kind: cmf.KafkaDatabases.Name, Spec: cmf.KafkaDatabaseSpec{
						KafkaCluster: cmf.Connection{
							ConnectionConfig:   map[string]string{"bootstrap.servers": c.brokers},
							ConnectionSecretID: c.kafka,
						},
						DDLEnvironments: []string{"development"},
					},
				}),
			}
			records = append(records, d.stamped(database, time.Duration(150-i)*day))
		}
	}
	return records
}
