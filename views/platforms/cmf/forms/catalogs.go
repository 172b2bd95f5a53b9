package forms

import (
	"context"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/resource"
)

// connectionSchema is how a Schema Registry or Kafka is reached (cmf-behaviour.md §2.8).
func connectionSchema() map[string]*yamldoc.Schema {
	return map[string]*yamldoc.Schema{"connectionConfig": mapOf(text), "connectionSecretId": text}
}

// CatalogEditor writes catalogs.
func CatalogEditor(api *cmfapi.Client) *resource.Editor[cmf.KafkaCatalog] {
	cluster := connectionSchema()
	cluster["databaseName"] = text
	r := rulesOf(api, cmf.KafkaCatalogs, document(cmf.KafkaCatalogs, object(map[string]*yamldoc.Schema{
		"srInstance": object(connectionSchema()), "kafkaClusters": listOf(object(cluster)),
	})))
	r.Template = func(string) string { return catalogTemplate }
	mapped := newMappedIDs(api)
	r.Check = func(ctx context.Context, c edit.Change) []edit.Finding {
		found := append(checkName(c, resourceName), wanted(c.Mine, "spec.srInstance.connectionConfig")...)
		return append(found, mapped.check(ctx, c, connectionPaths(c.Mine)...)...)
	}
	r.Will = connectionWill("the catalog")
	return &resource.Editor[cmf.KafkaCatalog]{Rules: r}
}

const catalogTemplate = `# A new catalog. Lines beginning with # are comments: they are not sent.
apiVersion: cmf.confluent.io/v1
kind: KafkaCatalog
metadata:
  name: my-catalog
spec:
  srInstance:
    connectionConfig:
      schema.registry.url: http://schema-registry:8081
    # connectionSecretId: my-id # the secret that each environment maps under this id
`

// DatabaseEditor writes the databases of catalogs.
func DatabaseEditor(api *cmfapi.Client) *resource.Editor[cmf.KafkaDatabase] {
	r := rulesOf(api, cmf.KafkaDatabases, document(cmf.KafkaDatabases, object(map[string]*yamldoc.Schema{
		"kafkaCluster": object(connectionSchema()), "ddlEnvironments": listOf(text), "alterEnvironments": listOf(text),
	})))
	r.Template = func(within string) string { return template(within, databaseTemplate) }
	environments, mapped := places(api), newMappedIDs(api)
	r.Check = func(ctx context.Context, c edit.Change) []edit.Finding {
		found := append(checkName(c, resourceName), wanted(c.Mine, "spec.kafkaCluster.connectionConfig")...)
		found = append(found, mapped.check(ctx, c, []string{"spec", "kafkaCluster", "connectionSecretId"})...)
		value, _ := yamldoc.Member(c.Mine, "spec", "ddlEnvironments")
		list, _ := value.([]any)
		if len(list) == 0 {
			return found
		}
		names, err := environments(ctx)
		for _, item := range list {
			if name, ok := item.(string); ok && err == nil {
				found = append(found, unknownName(name, names, "environment", "", "spec", "ddlEnvironments")...)
			}
		}
		return found
	}
	r.Will = connectionWill("the database")
	return &resource.Editor[cmf.KafkaDatabase]{Rules: r}
}

const databaseTemplate = `# A new database. Lines beginning with # are comments: they are not sent.
catalog: %s # the catalog that it is in; this line is not sent
apiVersion: cmf.confluent.io/v1
kind: KafkaDatabase
metadata:
  name: my-database
spec:
  kafkaCluster:
    connectionConfig:
      bootstrap.servers: kafka:9092
    # connectionSecretId: my-id # the secret that each environment maps under this id
  # ddlEnvironments: [my-environment] # which may create, alter and drop tables
`

// connectionWill says who sees what is connected.
func connectionWill(what string) func(edit.Change) views.Fact {
	return func(c edit.Change) views.Fact {
		f := views.Fact{Label: "what happens", Text: what + " is seen by the SQL of each environment"}
		spec := []string{"spec", "srInstance", "connectionSecretId"}
		if what == "the database" {
			spec[1] = "kafkaCluster"
		}
		if id := yamldoc.MemberText(c.Merged, spec...); id != "" {
			f.Text += " that maps a secret under " + id
		}
		if !c.New {
			f.Text += "; statements that run keep what they began with"
		}
		return f
	}
}
