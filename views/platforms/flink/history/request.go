package history

// RunRequest is how a jar is run.
type RunRequest struct {
	EntryClass       string   `json:"entryClass,omitempty"`
	Args             []string `json:"args,omitempty"`
	Parallelism      int      `json:"parallelism,omitempty"`
	Savepoint        string   `json:"savepoint,omitempty"`
	ClaimMode        string   `json:"claimMode,omitempty"`
	AllowNonRestored bool     `json:"allowNonRestoredState,omitempty"`
}

// Body is the request as Flink takes it (flink-engine.md §2.4).
func (r RunRequest) Body(job string) map[string]any {
	body := map[string]any{"jobId": job}
	if r.EntryClass != "" {
		body["entryClass"] = r.EntryClass
	}
	if len(r.Args) > 0 {
		body["programArgsList"] = r.Args
	}
	if r.Parallelism > 0 {
		body["parallelism"] = r.Parallelism
	}
	if r.Savepoint != "" {
		body["savepointPath"] = r.Savepoint
		body["allowNonRestoredState"] = r.AllowNonRestored
		if r.ClaimMode != "" {
			body["claimMode"] = r.ClaimMode
		}
	}
	return body
}
