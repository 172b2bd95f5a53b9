package cmf

// Values of a cluster's spec.lifecycleState and status.state.
const (
	ClusterActive         = "ACTIVE"
	ClusterDecommissioned = "DECOMMISSIONED"
	ClusterConnected      = "CONNECTED"
	ClusterDisconnected   = "DISCONNECTED"
)

// DefaultCluster is the hub cluster, which is always there.
const DefaultCluster = "default-k8s-cluster"

// KubernetesCluster is schema KubernetesCluster.
type KubernetesCluster struct {
	APIVersion string         `json:"apiVersion,omitempty"`
	Kind       string         `json:"kind,omitempty"`
	Metadata   Metadata       `json:"metadata"`
	Spec       ClusterSpec    `json:"spec"`
	Status     *ClusterStatus `json:"status,omitempty"`
	Extra      Extra          `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (k *KubernetesCluster) UnmarshalJSON(b []byte) error {
	type plain KubernetesCluster
	return decodeWithExtra(b, (*plain)(k), &k.Extra)
}

// MarshalJSON writes Extra too.
func (k KubernetesCluster) MarshalJSON() ([]byte, error) {
	type plain KubernetesCluster
	return encodeWith(plain(k), k.Extra)
}

// ClusterSpec is schema KubernetesClusterSpec.
type ClusterSpec struct {
	LifecycleState string `json:"lifecycleState,omitempty"`
	Extra          Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (c *ClusterSpec) UnmarshalJSON(b []byte) error {
	type plain ClusterSpec
	return decodeWithExtra(b, (*plain)(c), &c.Extra)
}

// MarshalJSON writes Extra too.
func (c ClusterSpec) MarshalJSON() ([]byte, error) {
	type plain ClusterSpec
	return encodeWith(plain(c), c.Extra)
}
