package cmf

import (
	"time"
)

// Metadata is what most objects carry (StatementMetadata, ComputePoolMetadata,
// SavepointMetadata and their like). Name is the client's; UID and timestamps
// are the server's. Savepoints have no updateTimestamp (cmf-behaviour.md §2.6).
type Metadata struct {
	Name              string            `json:"name,omitempty"`
	UID               string            `json:"uid,omitempty"`
	CreationTimestamp string            `json:"creationTimestamp,omitempty"`
	UpdateTimestamp   string            `json:"updateTimestamp,omitempty"`
	Labels            map[string]string `json:"labels,omitempty"`
	Annotations       map[string]string `json:"annotations,omitempty"`
	Extra             Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (m *Metadata) UnmarshalJSON(b []byte) error {
	type plain Metadata
	return decodeWithExtra(b, (*plain)(m), &m.Extra)
}

// MarshalJSON writes Extra too.
func (m Metadata) MarshalJSON() ([]byte, error) {
	type plain Metadata
	return encodeWith(plain(m), m.Extra)
}

// Time is the wire's timestamp: RFC 3339 in UTC with milliseconds
// (cmf-behaviour.md §3.7). The zero time gives "".
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// NanoTime is Time with nanoseconds, as savepoints carry it.
func NanoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// ParseTime reads a timestamp with 0 to 9 fraction digits; the zero time when
// it is none.
func ParseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		// The first version of CMF writes no zone and means UTC (platforms-supplement.md §1).
		if t, err = time.Parse("2006-01-02T15:04:05.999999999", s); err != nil {
			return time.Time{}
		}
	}
	return t
}

// ResourceUsage is one role's share (schemas JobManager, TaskManager): cpu in
// cores, memory in bytes.
type ResourceUsage struct {
	CPU    float64 `json:"cpu"`
	Memory int64   `json:"memory"`
	Count  int     `json:"count"`
}

// Add adds another share; nil is none.
func (u *ResourceUsage) Add(more *ResourceUsage) {
	if more == nil {
		return
	}
	u.CPU += more.CPU
	u.Memory += more.Memory
	u.Count += more.Count
}

// ResourceUsageSummary is schema ResourceUsageSummary.
type ResourceUsageSummary struct {
	JobManager  *ResourceUsage `json:"jobManager,omitempty"`
	TaskManager *ResourceUsage `json:"taskManager,omitempty"`
}

// ResourceCounts counts objects by state (schema ResourcesByStatusAndTypeSummary).
type ResourceCounts struct {
	Applications map[string]int `json:"applications"`
	Statements   map[string]int `json:"statements"`
}

// Page is the envelope of every list (cmf-behaviour.md §3.2). Metadata.Size is
// the number of all matches, not the page's length.
type Page[T any] struct {
	Pageable *Pageable    `json:"pageable,omitempty"`
	Metadata PageMetadata `json:"metadata"`
	Items    []T          `json:"items"`
}

// PageMetadata carries the total of matches.
type PageMetadata struct {
	Size int64 `json:"size"`
}

// Pageable says what was asked for; Page counts from 0.
type Pageable struct {
	Page int  `json:"page"`
	Size int  `json:"size"`
	Sort Sort `json:"sort"`
}

// Sort is Spring's marker of whether the list is sorted.
type Sort struct {
	Sorted   bool `json:"sorted"`
	Unsorted bool `json:"unsorted"`
	Empty    bool `json:"empty"`
}

// RestError is the body of every error (cmf-behaviour.md §3.1).
type RestError struct {
	Errors []ErrorMessage `json:"errors"`
}

// ErrorMessage is one entry of a RestError.
type ErrorMessage struct {
	Message string `json:"message"`
}

// SystemInformation is schema SystemInformation.
type SystemInformation struct {
	Status SystemStatus `json:"status"`
}

// SystemStatus carries the version; drey's server adds what it runs on as
// members that the schema does not name, which clients of CMF ignore.
type SystemStatus struct {
	Version  string `json:"version,omitempty"`
	Revision string `json:"revision,omitempty"`
	// Engine is set by drey's own server: "embedded", "flink".
	Engine string `json:"engine,omitempty"`
	// EngineNote is a sentence on what the engine is not.
	EngineNote string `json:"engineNote,omitempty"`
	Extra      Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *SystemStatus) UnmarshalJSON(b []byte) error {
	type plain SystemStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s SystemStatus) MarshalJSON() ([]byte, error) {
	type plain SystemStatus
	return encodeWith(plain(s), s.Extra)
}

// License is schema C3LicenseInformation.
type License struct {
	Kind   string        `json:"kind,omitempty"`
	Status LicenseStatus `json:"status"`
}

// LicenseStatus is schema C3LicenseInformationStatus; Expiration is in epoch
// milliseconds, 0 for never.
type LicenseStatus struct {
	Status      string `json:"status,omitempty"` // VALID, EXPIRED, INVALID
	LicenseType string `json:"licenseType,omitempty"`
	Expiration  int64  `json:"expiration,omitempty"`
}

// Head is what each object begins with, to be read and set: Head of an object points
// into it.
type Head struct {
	APIVersion, Kind *string
	Metadata         *Metadata
}

// Head is where the catalog begins.
func (k *KafkaCatalog) Head() Head { return Head{&k.APIVersion, &k.Kind, &k.Metadata} }

// Head is where the database begins.
func (k *KafkaDatabase) Head() Head { return Head{&k.APIVersion, &k.Kind, &k.Metadata} }

// Head is where the mapping begins.
func (s *SecretMapping) Head() Head { return Head{&s.APIVersion, &s.Kind, &s.Metadata} }

// Head is where the pool begins.
func (c *ComputePool) Head() Head { return Head{&c.APIVersion, &c.Kind, &c.Metadata} }

// Head is where the secret begins.
func (s *Secret) Head() Head { return Head{&s.APIVersion, &s.Kind, &s.Metadata} }

// Head is where the statement begins.
func (s *Statement) Head() Head { return Head{&s.APIVersion, &s.Kind, &s.Metadata} }

// Head is where the cluster begins.
func (k *KubernetesCluster) Head() Head { return Head{&k.APIVersion, &k.Kind, &k.Metadata} }

// Head is where the savepoint begins.
func (s *Savepoint) Head() Head { return Head{&s.APIVersion, &s.Kind, &s.Metadata} }
