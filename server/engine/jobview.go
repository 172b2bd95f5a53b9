package engine

import (
	"context"
	"net/url"
)

// JobViewer is what an engine without a JobManager may offer: what Flink's REST API
// would answer about one job (flink-engine.md §2).
type JobViewer interface {
	// ViewJob answers GET of a path below the job's own JobManager. The job is an
	// application's, or a statement's where Run is set. An answer that is a string is
	// plain text, others are JSON; status is Flink's.
	ViewJob(ctx context.Context, job Job, path []string, query url.Values) (status int, answer any)
}
