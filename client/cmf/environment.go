package cmf

// Environment is schema Environment: a flat legacy object without apiVersion
// and kind. Names and timestamps stand twice; Metadata wins where it is there
// (cmf-behaviour.md §2.1).
type Environment struct {
	Name                     string             `json:"name,omitempty"`
	Metadata                 *Metadata          `json:"metadata,omitempty"`
	CreatedTime              string             `json:"created_time,omitempty"`
	UpdatedTime              string             `json:"updated_time,omitempty"`
	KubernetesNamespace      string             `json:"kubernetesNamespace,omitempty"`
	KubernetesClusterName    string             `json:"kubernetesClusterName,omitempty"`
	FlinkApplicationDefaults Object             `json:"flinkApplicationDefaults,omitzero"`
	ComputePoolDefaults      Object             `json:"computePoolDefaults,omitzero"`
	StatementDefaults        *StatementDefaults `json:"statementDefaults,omitempty"`
	// Secrets maps connectionSecretId to secret name; single GET only.
	Secrets map[string]string  `json:"secrets,omitempty"`
	Status  *EnvironmentStatus `json:"status,omitempty"`
	Extra   Extra              `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (e *Environment) UnmarshalJSON(b []byte) error {
	type plain Environment
	return decodeWithExtra(b, (*plain)(e), &e.Extra)
}

// MarshalJSON writes Extra too.
func (e Environment) MarshalJSON() ([]byte, error) {
	type plain Environment
	return encodeWith(plain(e), e.Extra)
}

// EffectiveName is metadata.name, or the deprecated name.
func (e Environment) EffectiveName() string {
	if e.Metadata != nil && e.Metadata.Name != "" {
		return e.Metadata.Name
	}
	return e.Name
}

// Created is the creation timestamp from whichever place has it.
func (e Environment) Created() string {
	if e.Metadata != nil && e.Metadata.CreationTimestamp != "" {
		return e.Metadata.CreationTimestamp
	}
	return e.CreatedTime
}

// StatementDefaults is schema AllStatementDefaults: detached for INSERT INTO,
// interactive for SELECT (cmf-behaviour.md §5).
type StatementDefaults struct {
	Detached    *StatementDefault `json:"detached,omitempty"`
	Interactive *StatementDefault `json:"interactive,omitempty"`
	Extra       Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (d *StatementDefaults) UnmarshalJSON(b []byte) error {
	type plain StatementDefaults
	return decodeWithExtra(b, (*plain)(d), &d.Extra)
}

// MarshalJSON writes Extra too.
func (d StatementDefaults) MarshalJSON() ([]byte, error) {
	type plain StatementDefaults
	return encodeWith(plain(d), d.Extra)
}

// StatementDefault is schema StatementDefaults.
type StatementDefault struct {
	FlinkConfiguration map[string]string `json:"flinkConfiguration,omitempty"`
	Extra              Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (d *StatementDefault) UnmarshalJSON(b []byte) error {
	type plain StatementDefault
	return decodeWithExtra(b, (*plain)(d), &d.Extra)
}

// MarshalJSON writes Extra too.
func (d StatementDefault) MarshalJSON() ([]byte, error) {
	type plain StatementDefault
	return encodeWith(plain(d), d.Extra)
}

// EnvironmentStatus counts what is in the environment; Resources and
// ResourceSummary only with include-resource-information=true.
type EnvironmentStatus struct {
	Resources         *ResourceCounts       `json:"resources,omitempty"`
	ResourceSummary   *ResourceUsageSummary `json:"resourceSummary,omitempty"`
	KubernetesCluster *ClusterStatus        `json:"kubernetesCluster,omitempty"`
	Extra             Extra                 `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *EnvironmentStatus) UnmarshalJSON(b []byte) error {
	type plain EnvironmentStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s EnvironmentStatus) MarshalJSON() ([]byte, error) {
	type plain EnvironmentStatus
	return encodeWith(plain(s), s.Extra)
}

// ClusterStatus is schema KubernetesClusterStatus.
type ClusterStatus struct {
	State                  string `json:"state,omitempty"` // CONNECTED, DISCONNECTED, DECOMMISSIONED
	Message                string `json:"message,omitempty"`
	LastHeartbeatTimestamp string `json:"lastHeartbeatTimestamp,omitempty"`
	KubernetesVersion      string `json:"kubernetesVersion,omitempty"`
	Extra                  Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *ClusterStatus) UnmarshalJSON(b []byte) error {
	type plain ClusterStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s ClusterStatus) MarshalJSON() ([]byte, error) {
	type plain ClusterStatus
	return encodeWith(plain(s), s.Extra)
}
