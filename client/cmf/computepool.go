package cmf

// Types, states and phases of compute pools (cmf-behaviour.md §1.4).
const (
	PoolDedicated = "DEDICATED" // also the phase of every dedicated pool
	PoolShared    = "SHARED"
	PoolRunning   = "RUNNING"
	PoolSuspended = "SUSPENDED"
	PoolPending   = "PENDING"
	PoolDeleting  = "DELETING"
	PoolFailing   = "FAILING"
	PoolFailed    = "FAILED"
)

// ComputePool is schema ComputePool.
type ComputePool struct {
	APIVersion string             `json:"apiVersion,omitempty"`
	Kind       string             `json:"kind,omitempty"`
	Metadata   Metadata           `json:"metadata"`
	Spec       ComputePoolSpec    `json:"spec"`
	Status     *ComputePoolStatus `json:"status,omitempty"`
	Extra      Extra              `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (p *ComputePool) UnmarshalJSON(b []byte) error {
	type plain ComputePool
	return decodeWithExtra(b, (*plain)(p), &p.Extra)
}

// MarshalJSON writes Extra too.
func (p ComputePool) MarshalJSON() ([]byte, error) {
	type plain ComputePool
	return encodeWith(plain(p), p.Extra)
}

// ComputePoolSpec is schema ComputePoolSpec; State is for SHARED pools only.
type ComputePoolSpec struct {
	Type        string `json:"type"`
	State       string `json:"state,omitempty"`
	ClusterSpec Object `json:"clusterSpec"`
	Extra       Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *ComputePoolSpec) UnmarshalJSON(b []byte) error {
	type plain ComputePoolSpec
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s ComputePoolSpec) MarshalJSON() ([]byte, error) {
	type plain ComputePoolSpec
	return encodeWith(plain(s), s.Extra)
}

// ComputePoolStatus is the flat status of a pool (cmf-behaviour.md §2.7).
type ComputePoolStatus struct {
	Phase           string                `json:"phase"`
	Message         string                `json:"message,omitempty"`
	ResourceSummary *ResourceUsageSummary `json:"resourceSummary,omitempty"`
	Resources       *ResourceCounts       `json:"resources,omitempty"`
	Warning         string                `json:"warning,omitempty"`
	Extra           Extra                 `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *ComputePoolStatus) UnmarshalJSON(b []byte) error {
	type plain ComputePoolStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s ComputePoolStatus) MarshalJSON() ([]byte, error) {
	type plain ComputePoolStatus
	return encodeWith(plain(s), s.Extra)
}
