package servertest

import (
	"strings"

	"drey/client/cmf"
)

const ProdApps = "environments/prod/applications"

const ProdStatements = "environments/prod/statements"

// SelectFrom is a statement's document in the examples catalog.
func SelectFrom(name, text string) string {
	return string(cmf.Object(Statement(name, text)).With(map[string]string{
		cmf.PropertyCatalog: "examples", cmf.PropertyDatabase: "marketplace",
	}, "spec", "properties"))
}

const (
	Mappings  = "environments/prod/secret-mappings"
	Databases = "catalogs/kafka/shop/databases"
	Clusters  = "kubernetes-clusters"
	Hub       = Clusters + "/default-k8s-cluster"
)

// Absolute is a path of the API that may be given below its base.
func Absolute(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	return cmf.BasePath + "/" + target
}

// Pick is one of those given.
func Pick[T any](d interface{ IntN(int) int }, from ...T) T { return from[d.IntN(len(from))] }

// OneIn is true once in n.
func OneIn(d interface{ IntN(int) int }, n int) bool { return d.IntN(n) == 0 }
