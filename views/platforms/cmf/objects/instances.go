package objects

import (
	"drey/client/cmf"
	"drey/views/browse"
)

type Instance = browse.Item[cmf.Instance]

func InstanceState(i cmf.Instance) string {
	if i.Status.JobStatus == nil {
		return ""
	}
	return i.Status.JobStatus.State
}
