package ccloud

import "encoding/json"

// Phases of a statement. A server may send others.
const (
	PhasePending   = "PENDING"
	PhaseRunning   = "RUNNING"
	PhaseCompleted = "COMPLETED"
	PhaseDeleting  = "DELETING"
	PhaseFailing   = "FAILING"
	PhaseFailed    = "FAILED"
	PhaseStopping  = "STOPPING"
	PhaseStopped   = "STOPPED"
	PhaseDegraded  = "DEGRADED"
)

// PoolExhausted is the scaling state of a statement that waits for CFUs.
const PoolExhausted = "POOL_EXHAUSTED"

// LabelHidden marks a statement that a client runs for itself. Labels of users
// begin with user.confluent.io/.
const (
	LabelHidden = LabelPrefix + "hidden"
	LabelPrefix = "user.confluent.io/"
)

// Properties of a statement that drey sets.
const (
	PropertyCatalog      = "sql.current-catalog"
	PropertyDatabase     = "sql.current-database"
	PropertyZone         = "sql.local-time-zone"
	PropertySnapshot     = "sql.snapshot.mode"
	PropertyDryRun       = "sql.dry-run"
	PropertyOffsetFrom   = "sql.tables.initial-offset-from"
	SnapshotNow          = "now"
	MaxStatement         = 131072 // characters
	MaxName              = 100    // characters
	PrefixClientProperty = "client."
	PrefixSecretProperty = "sql.secrets"
)

// Statement is a SQL statement. It is immutable but for stopped, principal and
// pool.
type Statement struct {
	APIVersion     string            `json:"api_version,omitempty"`
	Kind           string            `json:"kind,omitempty"`
	Name           string            `json:"name"`
	OrganizationID string            `json:"organization_id,omitempty"`
	EnvironmentID  string            `json:"environment_id,omitempty"`
	Metadata       Metadata          `json:"metadata,omitzero"`
	Spec           StatementSpec     `json:"spec"`
	Status         *StatementStatus  `json:"status,omitempty"`
	Result         *StatementResults `json:"result,omitempty"`

	original
}

// StatementSpec is what was asked for.
type StatementSpec struct {
	Statement     string            `json:"statement,omitempty"`
	Properties    map[string]string `json:"properties,omitempty"`
	ComputePoolID string            `json:"compute_pool_id,omitempty"`
	Principal     string            `json:"principal,omitempty"`
	Stopped       bool              `json:"stopped"`
	ExecutionMode string            `json:"execution_mode,omitempty"`
}

// StatementStatus is how it is.
type StatementStatus struct {
	Phase         string    `json:"phase"`
	Detail        string    `json:"detail,omitempty"`
	Traits        *Traits   `json:"traits,omitempty"`
	ResultSchema  *Schema   `json:"result_schema,omitempty"` // of older answers
	Warnings      []Warning `json:"warnings,omitempty"`
	ScalingStatus struct {
		State string `json:"scaling_state,omitempty"`
	} `json:"scaling_status,omitzero"`
	StateLimitStatus struct {
		State  string `json:"state_limit_state,omitempty"`
		Detail string `json:"detail,omitempty"`
	} `json:"state_limit_status,omitzero"`
	// LatestOffsets are, by topic, "partition:0,offset:5;…"; an offset may be
	// larger than 63 bits.
	LatestOffsets          map[string]string `json:"latest_offsets,omitempty"`
	LatestOffsetsTimestamp string            `json:"latest_offsets_timestamp,omitempty"`
	NetworkKind            string            `json:"network_kind,omitempty"`
}

// Warning is something that a person should know of a statement.
type Warning struct {
	Severity  string `json:"severity"` // LOW, MODERATE, CRITICAL
	CreatedAt string `json:"created_at"`
	Reason    string `json:"reason"`
	Message   string `json:"message"`
}

// Traits are what the planner says of a statement. They are absent or empty while
// it is PENDING.
type Traits struct {
	SQLKind       string  `json:"sql_kind,omitempty"`
	IsBounded     bool    `json:"is_bounded,omitempty"`
	IsAppendOnly  bool    `json:"is_append_only,omitempty"`
	UpsertColumns []int   `json:"upsert_columns,omitempty"`
	Schema        *Schema `json:"schema,omitempty"`
}

// Schema is the columns of a result.
type Schema struct {
	Columns []Column `json:"columns"`
}

// Column is one of them.
type Column struct {
	Name string   `json:"name"`
	Type DataType `json:"type"`
}

// DataType is a type of Flink; which members it has depends on Type.
type DataType struct {
	Type                string    `json:"type"`
	Nullable            bool      `json:"nullable"`
	Length              *int      `json:"length,omitempty"`
	Precision           *int      `json:"precision,omitempty"`
	Scale               *int      `json:"scale,omitempty"`
	FractionalPrecision *int      `json:"fractional_precision,omitempty"`
	Resolution          string    `json:"resolution,omitempty"`
	KeyType             *DataType `json:"key_type,omitempty"`
	ValueType           *DataType `json:"value_type,omitempty"`
	ElementType         *DataType `json:"element_type,omitempty"`
	Fields              []Field   `json:"fields,omitempty"`
}

// Field is a member of a ROW or of a structured type.
type Field struct {
	Name string   `json:"name"`
	Type DataType `json:"field_type"`
}

// Phase is the statement's phase, "" while it has none.
func (s Statement) Phase() string {
	if s.Status == nil {
		return ""
	}
	return s.Status.Phase
}

// SQLKind is what the statement does, such as INSERT_INTO; "" while that is not
// known.
func (s Statement) SQLKind() string {
	if s.Status == nil || s.Status.Traits == nil {
		return ""
	}
	return s.Status.Traits.SQLKind
}

// Columns are those of the result: of the traits, or where older answers have
// them.
func (s Statement) Columns() []Column {
	switch {
	case s.Status == nil:
	case s.Status.Traits != nil && s.Status.Traits.Schema != nil:
		return s.Status.Traits.Schema.Columns
	case s.Status.ResultSchema != nil:
		return s.Status.ResultSchema.Columns
	}
	return nil
}

// Hidden tells that a client runs the statement for itself.
func (s Statement) Hidden() bool { return s.Metadata.Labels[LabelHidden] == "true" }

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept, and
// values that are known are written as the specification has them.
func (s *Statement) UnmarshalJSON(b []byte) error {
	type plain Statement
	err := preserve(b, (*plain)(s), &s.raw)
	if s.Status != nil {
		s.Status.inCapitals()
	}
	return err
}

// MarshalJSON implements json.Marshaler.
func (s Statement) MarshalJSON() ([]byte, error) {
	type plain Statement
	return give(s.raw, plain(s))
}

// StatementResults is one page of a statement's rows. Next is as of a List.
type StatementResults struct {
	Metadata struct {
		Next      string `json:"next"`
		CreatedAt string `json:"created_at"`
	} `json:"metadata"`
	Results *struct {
		Data []Row `json:"data"`
	} `json:"results"`
}

// Row is one change: Op is Flink's RowKind, 0 where it is absent.
type Row struct {
	Op  int               `json:"op"`
	Row []json.RawMessage `json:"row"`
}

// Exception is something that went wrong in a statement. A statement has its ten
// newest, the newest first.
type Exception struct {
	Name      string `json:"name"`
	Message   string `json:"message"`
	Timestamp string `json:"timestamp"`
}

// ExceptionList is what a server says of them.
type ExceptionList struct {
	Data []Exception `json:"data"`
}
