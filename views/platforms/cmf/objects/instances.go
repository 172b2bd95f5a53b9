package objects

import (
	"drey/client/cmf"
	"drey/views/resource"
)

// Instance is an instance of an application in a list.
type Instance = resource.Item[cmf.Instance]

// InstanceState is the state of an instance's job, as the server says it.
func InstanceState(i cmf.Instance) string {
	if i.Status.JobStatus == nil {
		return ""
	}
	return i.Status.JobStatus.State
}
