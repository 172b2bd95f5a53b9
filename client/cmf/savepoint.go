package cmf

// States of a savepoint, status.state (cmf-behaviour.md §1.5).
const (
	SavepointPending    = "TRIGGER_PENDING"
	SavepointInProgress = "IN_PROGRESS"
	SavepointCompleted  = "COMPLETED"
	SavepointFailed     = "FAILED"
	SavepointAbandoned  = "ABANDONED"
)

// Savepoint formats, spec.formatType.
const (
	FormatCanonical = "CANONICAL"
	FormatNative    = "NATIVE"
)

// Savepoint is schema Savepoint, attached to an application or statement, or
// detached.
type Savepoint struct {
	APIVersion string           `json:"apiVersion,omitempty"`
	Kind       string           `json:"kind,omitempty"`
	Metadata   Metadata         `json:"metadata"`
	Spec       SavepointSpec    `json:"spec"`
	Status     *SavepointStatus `json:"status,omitempty"`
	Extra      Extra            `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *Savepoint) UnmarshalJSON(b []byte) error {
	type plain Savepoint
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s Savepoint) MarshalJSON() ([]byte, error) {
	type plain Savepoint
	return encodeWith(plain(s), s.Extra)
}

// State is status.state, "" when there is no status.
func (s Savepoint) State() string {
	if s.Status == nil {
		return ""
	}
	return s.Status.State
}

// SavepointSpec is schema SavepointSpec. BackoffLimit nil means -1: retry for ever.
type SavepointSpec struct {
	Path         string `json:"path,omitempty"`
	BackoffLimit *int   `json:"backoffLimit,omitempty"`
	FormatType   string `json:"formatType,omitempty"`
	Extra        Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *SavepointSpec) UnmarshalJSON(b []byte) error {
	type plain SavepointSpec
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s SavepointSpec) MarshalJSON() ([]byte, error) {
	type plain SavepointSpec
	return encodeWith(plain(s), s.Extra)
}

// SavepointStatus is schema SavepointStatus; timestamps carry nanoseconds.
// Size is drey's own: bytes on disk, 0 when the server does not tell.
type SavepointStatus struct {
	State            string `json:"state,omitempty"`
	Path             string `json:"path,omitempty"`
	TriggerTimestamp string `json:"triggerTimestamp,omitempty"`
	ResultTimestamp  string `json:"resultTimestamp,omitempty"`
	Failures         *int   `json:"failures,omitempty"`
	Error            string `json:"error,omitempty"`
	PendingDeletion  bool   `json:"pendingDeletion,omitempty"`
	Warning          string `json:"warning,omitempty"`
	Size             int64  `json:"size,omitempty"`
	Extra            Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *SavepointStatus) UnmarshalJSON(b []byte) error {
	type plain SavepointStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s SavepointStatus) MarshalJSON() ([]byte, error) {
	type plain SavepointStatus
	return encodeWith(plain(s), s.Extra)
}
