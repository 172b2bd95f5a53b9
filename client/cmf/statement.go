package cmf

import (
	"encoding/json"
	"fmt"
)

// Phases of a statement, status.phase (cmf-behaviour.md §1.3).
const (
	PhasePending   = "PENDING"
	PhaseRunning   = "RUNNING"
	PhaseCompleted = "COMPLETED"
	PhaseDeleting  = "DELETING"
	PhaseFailing   = "FAILING"
	PhaseFailed    = "FAILED"
	PhaseStopped   = "STOPPED"
)

// Properties of a statement that the server reads (cmf-behaviour.md §4.2).
const (
	PropertyCatalog  = "sql.current-catalog"
	PropertyDatabase = "sql.current-database"
	PropertyTimeZone = "sql.local-time-zone"
)

// AnnotationNextPage carries the token of the next page of results
// (cmf-behaviour.md §4.5); absent or empty: the result is complete.
const AnnotationNextPage = "nextPageToken"

// Statement is schema Statement.
type Statement struct {
	APIVersion string           `json:"apiVersion,omitempty"`
	Kind       string           `json:"kind,omitempty"`
	Metadata   Metadata         `json:"metadata"`
	Spec       StatementSpec    `json:"spec"`
	Status     *StatementStatus `json:"status,omitempty"`
	Result     *StatementResult `json:"result,omitempty"`
	Extra      Extra            `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *Statement) UnmarshalJSON(b []byte) error {
	type plain Statement
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s Statement) MarshalJSON() ([]byte, error) {
	type plain Statement
	return encodeWith(plain(s), s.Extra)
}

// Phase is status.phase, "" when there is no status.
func (s Statement) Phase() string {
	if s.Status == nil {
		return ""
	}
	return s.Status.Phase
}

// StatementSpec is schema StatementSpec.
type StatementSpec struct {
	Statement          string              `json:"statement"`
	Properties         map[string]string   `json:"properties,omitempty"`
	FlinkConfiguration map[string]string   `json:"flinkConfiguration,omitempty"`
	ComputePoolName    string              `json:"computePoolName"`
	Parallelism        int                 `json:"parallelism,omitempty"`
	Stopped            bool                `json:"stopped"`
	StartFromSavepoint *StartFromSavepoint `json:"startFromSavepoint,omitempty"`
	Extra              Extra               `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *StatementSpec) UnmarshalJSON(b []byte) error {
	type plain StatementSpec
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s StatementSpec) MarshalJSON() ([]byte, error) {
	type plain StatementSpec
	return encodeWith(plain(s), s.Extra)
}

// StartFromSavepoint is schema StatementStartFromSavepoint: one of name, uid or
// path (cmf-behaviour.md §2.6).
type StartFromSavepoint struct {
	SavepointName          string `json:"savepointName,omitempty"`
	UID                    string `json:"uid,omitempty"`
	InitialSavepointPath   string `json:"initialSavepointPath,omitempty"`
	AllowNonRestoredState  bool   `json:"allowNonRestoredState,omitempty"`
	SavepointRedeployNonce *int64 `json:"savepointRedeployNonce,omitempty"`
	Extra                  Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *StartFromSavepoint) UnmarshalJSON(b []byte) error {
	type plain StartFromSavepoint
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s StartFromSavepoint) MarshalJSON() ([]byte, error) {
	type plain StartFromSavepoint
	return encodeWith(plain(s), s.Extra)
}

// StatementStatus is schema StatementStatus.
type StatementStatus struct {
	Phase           string                `json:"phase"`
	Detail          string                `json:"detail,omitempty"`
	Traits          *StatementTraits      `json:"traits,omitempty"`
	ResourceSummary *ResourceUsageSummary `json:"resourceSummary,omitempty"`
	Warning         string                `json:"warning,omitempty"`
	Extra           Extra                 `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *StatementStatus) UnmarshalJSON(b []byte) error {
	type plain StatementStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s StatementStatus) MarshalJSON() ([]byte, error) {
	type plain StatementStatus
	return encodeWith(plain(s), s.Extra)
}

// StatementTraits is schema StatementTraits. UpsertColumns are indices into the
// schema's columns.
type StatementTraits struct {
	SQLKind       string        `json:"sqlKind,omitempty"`
	IsBounded     bool          `json:"isBounded"`
	IsAppendOnly  bool          `json:"isAppendOnly"`
	UpsertColumns []int         `json:"upsertColumns,omitempty"`
	Schema        *ResultSchema `json:"schema,omitempty"`
}

// ResultSchema is schema ResultSchema.
type ResultSchema struct {
	Columns []ResultColumn `json:"columns"`
}

// ResultColumn is schema ResultSchemaColumn.
type ResultColumn struct {
	Name string   `json:"name"`
	Type DataType `json:"type"`
}

// DataType is schema DataType; which members are set depends on Type
// (cmf-behaviour.md §4.7). Types are Flink's LogicalTypeRoot names: INTEGER,
// and VARCHAR of length 2147483647 for STRING.
type DataType struct {
	Type                string          `json:"type"`
	Nullable            bool            `json:"nullable"`
	Length              *int            `json:"length,omitempty"`
	Precision           *int            `json:"precision,omitempty"`
	Scale               *int            `json:"scale,omitempty"`
	KeyType             *DataType       `json:"keyType,omitempty"`
	ValueType           *DataType       `json:"valueType,omitempty"`
	ElementType         *DataType       `json:"elementType,omitempty"`
	Fields              []DataTypeField `json:"fields,omitempty"`
	Resolution          string          `json:"resolution,omitempty"`
	FractionalPrecision *int            `json:"fractionalPrecision,omitempty"`
}

// DataTypeField is schema DataTypeField, a member of a ROW.
type DataTypeField struct {
	Name        string   `json:"name"`
	FieldType   DataType `json:"fieldType"`
	Description string   `json:"description,omitempty"`
}

// StatementResult is schema StatementResult: a page of a changelog.
type StatementResult struct {
	APIVersion string         `json:"apiVersion,omitempty"`
	Kind       string         `json:"kind,omitempty"`
	Metadata   ResultMetadata `json:"metadata"`
	Results    ResultData     `json:"results"`
}

// NextPageToken is the token to go on with, "" when the result is complete.
func (r StatementResult) NextPageToken() string { return r.Metadata.Annotations[AnnotationNextPage] }

// ResultMetadata is schema StatementResultMetadata.
type ResultMetadata struct {
	CreationTimestamp string            `json:"creationTimestamp,omitempty"`
	Annotations       map[string]string `json:"annotations,omitempty"`
}

// ResultData is schema StatementResults.
type ResultData struct {
	Data []ResultRow `json:"data"`
}

// Op is a row's kind of change (cmf-behaviour.md §1.6).
type Op int

// The kinds of change.
const (
	OpInsert       Op = 0
	OpUpdateBefore Op = 1
	OpUpdateAfter  Op = 2
	OpDelete       Op = 3
)

// String is Flink's short form: +I, -U, +U, -D.
func (o Op) String() string {
	switch o {
	case OpInsert:
		return "+I"
	case OpUpdateBefore:
		return "-U"
	case OpUpdateAfter:
		return "+U"
	case OpDelete:
		return "-D"
	}
	return fmt.Sprintf("?%d", int(o))
}

// ResultRow is one change. Values on the wire are strings, null, or lists of
// such (cmf-behaviour.md §4.5); anything else is kept and shown as it came.
type ResultRow struct {
	Op  Op                `json:"op"`
	Row []json.RawMessage `json:"row"`
}

// StatementException is schema StatementException.
type StatementException struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Name       string `json:"name"`
	Message    string `json:"message"`
	Timestamp  string `json:"timestamp"`
	Extra      Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (e *StatementException) UnmarshalJSON(b []byte) error {
	type plain StatementException
	return decodeWithExtra(b, (*plain)(e), &e.Extra)
}

// MarshalJSON writes Extra too.
func (e StatementException) MarshalJSON() ([]byte, error) {
	type plain StatementException
	return encodeWith(plain(e), e.Extra)
}

// StatementExceptionList is schema StatementExceptionList: newest first, at most 10.
type StatementExceptionList struct {
	APIVersion string               `json:"apiVersion,omitempty"`
	Kind       string               `json:"kind,omitempty"`
	Data       []StatementException `json:"data"`
}
