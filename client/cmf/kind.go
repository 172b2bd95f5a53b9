// Package cmf holds the wire types of Confluent Manager for Apache Flink,
// API 2.3.1: one file per kind, standard library only. Client and server both
// speak through it.
//
// Members that a type does not name are kept in its Extra and written back.
package cmf

import (
	"net/url"
	"strings"
)

// Paths and versions of the API (cmf-behaviour.md §0).
const (
	BasePath      = "/cmf/api/v1"
	AlphaBasePath = "/cmf/api/v1alpha1" // events only

	APIVersion      = "cmf.confluent.io/v1"
	AlphaAPIVersion = "cmf.confluent.io/v1alpha1"
)

// Reach says what a kind's objects live in.
type Reach int

// The reaches of the API.
const (
	Global        Reach = iota // named on the server
	InEnvironment              // named in an environment
	InParent                   // named in an application or statement of an environment
	InCatalog                  // named in a Kafka catalog
)

// Kind names one kind of object and where its objects live.
type Kind struct {
	Name     string // the wire's kind, such as FlinkApplication
	Singular string // for people: application
	Plural   string // for people: applications
	Reach    Reach
	// Base is the API's root, Collection the path below it with {env} and {parent}.
	Base       string
	Collection string
	// Updates says how an existing object is changed: "POST" (upsert), "PUT", or "".
	Updates string
}

// Scope says in what objects are looked for.
type Scope struct {
	Environment string
	Parent      string // application or statement for InParent kinds, catalog for InCatalog ones
}

// Path is the collection's escaped path in scope, such as
// /cmf/api/v1/environments/prod/applications.
func (k Kind) Path(scope Scope) string {
	r := strings.NewReplacer("{env}", url.PathEscape(scope.Environment), "{parent}", url.PathEscape(scope.Parent))
	return k.Base + "/" + r.Replace(k.Collection)
}

// ItemPath is the escaped path of one object.
func (k Kind) ItemPath(scope Scope, name string) string {
	return k.Path(scope) + "/" + url.PathEscape(name)
}

// The kinds (specs/cmf-2.3.1.openapi.yaml, paths).
var (
	Environments = Kind{
		Name: "Environment", Singular: "environment", Plural: "environments",
		Base: BasePath, Collection: "environments", Updates: "POST",
	}
	Applications = Kind{
		Name: "FlinkApplication", Singular: "application", Plural: "applications", Reach: InEnvironment,
		Base: BasePath, Collection: "environments/{env}/applications", Updates: "POST",
	}
	Instances = Kind{
		Name: "FlinkApplicationInstance", Singular: "instance", Plural: "instances", Reach: InParent,
		Base: BasePath, Collection: "environments/{env}/applications/{parent}/instances",
	}
	Events = Kind{
		Name: "FlinkApplicationEvent", Singular: "event", Plural: "events", Reach: InParent,
		Base: AlphaBasePath, Collection: "environments/{env}/applications/{parent}/events",
	}
	Statements = Kind{
		Name: "Statement", Singular: "statement", Plural: "statements", Reach: InEnvironment,
		Base: BasePath, Collection: "environments/{env}/statements", Updates: "PUT",
	}
	ComputePools = Kind{
		Name: "ComputePool", Singular: "compute pool", Plural: "compute pools", Reach: InEnvironment,
		Base: BasePath, Collection: "environments/{env}/compute-pools", Updates: "PUT",
	}
	ApplicationSavepoints = Kind{
		Name: "Savepoint", Singular: "savepoint", Plural: "savepoints", Reach: InParent,
		Base: BasePath, Collection: "environments/{env}/applications/{parent}/savepoints",
	}
	StatementSavepoints = Kind{
		Name: "Savepoint", Singular: "savepoint", Plural: "savepoints", Reach: InParent,
		Base: BasePath, Collection: "environments/{env}/statements/{parent}/savepoints",
	}
	DetachedSavepoints = Kind{
		Name: "Savepoint", Singular: "detached savepoint", Plural: "detached savepoints",
		Base: BasePath, Collection: "detached-savepoints",
	}
	Secrets = Kind{
		Name: "Secret", Singular: "secret", Plural: "secrets",
		Base: BasePath, Collection: "secrets", Updates: "PUT",
	}
	SecretMappings = Kind{
		Name: "EnvironmentSecretMapping", Singular: "secret mapping", Plural: "secret mappings", Reach: InEnvironment,
		Base: BasePath, Collection: "environments/{env}/secret-mappings", Updates: "PUT",
	}
	KafkaCatalogs = Kind{
		Name: "KafkaCatalog", Singular: "catalog", Plural: "catalogs",
		Base: BasePath, Collection: "catalogs/kafka", Updates: "PUT",
	}
	KafkaDatabases = Kind{
		Name: "KafkaDatabase", Singular: "database", Plural: "databases", Reach: InCatalog,
		Base: BasePath, Collection: "catalogs/kafka/{parent}/databases", Updates: "PUT",
	}
	KubernetesClusters = Kind{
		Name: "KubernetesCluster", Singular: "cluster", Plural: "clusters",
		Base: BasePath, Collection: "kubernetes-clusters", Updates: "PUT",
	}
)
