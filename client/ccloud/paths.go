package ccloud

import "net/url"

// Scope is an organization's environment.
type Scope struct{ Organization, Environment string }

func (s Scope) of(api string) string {
	return api + "/organizations/" + url.PathEscape(s.Organization) + "/environments/" + url.PathEscape(s.Environment)
}

// Collection is where the objects of a kind are, on the data plane.
type Collection struct {
	Plural, Singular string
	api              string
}

// The collections of the data plane.
var (
	Statements         = Collection{"statements", "statement", "/sql/v1"}
	Connections        = Collection{"connections", "connection", "/sql/v1"}
	MaterializedTables = Collection{"materialized-tables", "materialized table", "/sql/v1"}
	Workspaces         = Collection{"workspaces", "workspace", "/ws/v1"}
)

// Path is the collection's, escaped.
func (c Collection) Path(s Scope) string { return s.of(c.api) + "/" + c.Plural }

// ItemPath is one object's, escaped.
func (c Collection) ItemPath(s Scope, name string) string {
	return c.Path(s) + "/" + url.PathEscape(name)
}

// TablePath is a materialized table's, which has its own below its database.
func TablePath(s Scope, cluster, name string) string {
	return s.of("/sql/v1") + "/databases/" + url.PathEscape(cluster) + "/materialized-tables/" + url.PathEscape(name)
}

// The collections of the control plane.
const (
	PoolsPath         = "/fcpm/v2/compute-pools"
	RegionsPath       = "/fcpm/v2/regions"
	ArtifactsPath     = "/artifact/v1/flink-artifacts"
	PresignedPath     = "/artifact/v1/presigned-upload-url"
	EnvironmentsPath  = "/org/v2/environments"
	OrganizationsPath = "/org/v2/organizations"
	ClustersPath      = "/cmk/v2/clusters"
)

// VersionsPath is that of a materialized table's versions.
func VersionsPath(s Scope, cluster, name string) string {
	return TablePath(s, cluster, name) + "/versions"
}
