package cmfapi

import (
	"drey/client/cmf"
	"drey/client/flinkapi"
	"drey/client/flinkrest"
)

// FlinkWeb is the JobManager behind an application or a statement: the server
// passes requests on to it below the object's own path (cmf-behaviour.md §6).
func FlinkWeb(c *Client, kind cmf.Kind, scope cmf.Scope, name string) flinkrest.JobManager {
	return flinkapi.JobManager(c.Client, kind.ItemPath(scope, name)+"/flink-web-ui")
}
