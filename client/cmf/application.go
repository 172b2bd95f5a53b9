package cmf

import "strconv"

// States of an application's life cycle, status.lifecycleState
// (cmf-behaviour.md §1.1).
const (
	LifecycleCreated     = "CREATED"
	LifecycleSuspended   = "SUSPENDED"
	LifecycleUpgrading   = "UPGRADING"
	LifecycleDeployed    = "DEPLOYED"
	LifecycleStable      = "STABLE"
	LifecycleRollingBack = "ROLLING_BACK"
	LifecycleRolledBack  = "ROLLED_BACK"
	LifecycleFailed      = "FAILED"
	LifecycleDeleting    = "DELETING"
	LifecycleDeleted     = "DELETED"
)

// States of a Flink job, status.jobStatus.state.
const (
	JobInitializing = "INITIALIZING"
	JobCreated      = "CREATED"
	JobRunning      = "RUNNING"
	JobFailing      = "FAILING"
	JobFailed       = "FAILED"
	JobCancelling   = "CANCELLING"
	JobCanceled     = "CANCELED"
	JobFinished     = "FINISHED"
	JobRestarting   = "RESTARTING"
	JobSuspended    = "SUSPENDED"
	JobReconciling  = "RECONCILING"
	JobUnknown      = "UNKNOWN"
)

// Values of status.jobManagerDeploymentStatus.
const (
	DeploymentReady       = "READY"
	DeploymentNotReady    = "DEPLOYED_NOT_READY"
	DeploymentDeploying   = "DEPLOYING"
	DeploymentMissing     = "MISSING"
	DeploymentError       = "ERROR"
	DesiredRunning        = "running"   // spec.job.state
	DesiredSuspended      = "suspended" // spec.job.state
	UpgradeModeStateless  = "stateless" // spec.job.upgradeMode
	UpgradeModeLastState  = "last-state"
	UpgradeModeSavepoint  = "savepoint"
	ReconciliationDone    = "DEPLOYED" // status.reconciliationStatus.state
	ReconciliationRunning = "UPGRADING"
)

// FlinkApplication is schema FlinkApplication: three free maps that mirror the
// operator's FlinkDeployment. The accessors read what consoles need and take
// missing members for empty.
type FlinkApplication struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Metadata   Object `json:"metadata,omitzero"`
	Spec       Object `json:"spec,omitzero"`
	Status     Object `json:"status,omitzero"`
	Extra      Extra  `json:"-"`
	// Sum is of all that the server sent of an application of which a Trim left a
	// part, 0 where it is whole.
	Sum uint64 `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (a *FlinkApplication) UnmarshalJSON(b []byte) error {
	type plain FlinkApplication
	err := decodeWithExtra(b, (*plain)(a), &a.Extra)
	a.APIVersion, a.Kind = shared(a.APIVersion), shared(a.Kind)
	return err
}

// MarshalJSON writes Extra too.
func (a FlinkApplication) MarshalJSON() ([]byte, error) {
	type plain FlinkApplication
	return encodeWith(plain(a), a.Extra)
}

// Name is metadata.name.
func (a FlinkApplication) Name() string { return a.Metadata.String("name") }

// UID is metadata.uid.
func (a FlinkApplication) UID() string { return a.Metadata.String("uid") }

// JobState is status.jobStatus.state, what filter=state= selects by.
func (a FlinkApplication) JobState() string { return a.Status.String("jobStatus", "state") }

// JobID is status.jobStatus.jobId.
func (a FlinkApplication) JobID() string { return a.Status.String("jobStatus", "jobId") }

// LifecycleState is status.lifecycleState.
func (a FlinkApplication) LifecycleState() string { return a.Status.String("lifecycleState") }

// DesiredState is spec.job.state, "running" where it is left out.
func (a FlinkApplication) DesiredState() string {
	if s := a.Spec.String("job", "state"); s != "" {
		return s
	}
	return DesiredRunning
}

// UpgradeMode is spec.job.upgradeMode, "stateless" where it is left out.
func (a FlinkApplication) UpgradeMode() string {
	if m := a.Spec.String("job", "upgradeMode"); m != "" {
		return m
	}
	return UpgradeModeStateless
}

// Parallelism is spec.job.parallelism, 1 where it is left out.
func (a FlinkApplication) Parallelism() int {
	n, err := strconv.Atoi(a.Spec.String("job", "parallelism"))
	if err != nil {
		return 1
	}
	return n
}

// Instance is schema FlinkApplicationInstance: one effective specification that
// was deployed. Its name is its uid.
type Instance struct {
	APIVersion string         `json:"apiVersion,omitempty"`
	Kind       string         `json:"kind,omitempty"`
	Metadata   Metadata       `json:"metadata"`
	Status     InstanceStatus `json:"status"`
	Extra      Extra          `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (i *Instance) UnmarshalJSON(b []byte) error {
	type plain Instance
	return decodeWithExtra(b, (*plain)(i), &i.Extra)
}

// MarshalJSON writes Extra too.
func (i Instance) MarshalJSON() ([]byte, error) {
	type plain Instance
	return encodeWith(plain(i), i.Extra)
}

// InstanceStatus is schema ApplicationInstanceStatus; Spec is the environment's
// defaults merged with the application's specification.
type InstanceStatus struct {
	Spec      Object             `json:"spec,omitzero"`
	JobStatus *InstanceJobStatus `json:"jobStatus,omitempty"`
	Extra     Extra              `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *InstanceStatus) UnmarshalJSON(b []byte) error {
	type plain InstanceStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s InstanceStatus) MarshalJSON() ([]byte, error) {
	type plain InstanceStatus
	return encodeWith(plain(s), s.Extra)
}

// InstanceJobStatus is the last observed job of an instance.
type InstanceJobStatus struct {
	JobID string `json:"jobId,omitempty"`
	State string `json:"state,omitempty"`
}

// Types of events, status.type (cmf-behaviour.md §1.2).
const (
	EventCMFStatus     = "CMF_STATUS"
	EventClusterStatus = "CLUSTER_STATUS"
	EventJobStatus     = "JOB_STATUS"
	EventJobException  = "JOB_EXCEPTION"
)

// Event is schema FlinkApplicationEvent.
type Event struct {
	APIVersion string        `json:"apiVersion,omitempty"`
	Kind       string        `json:"kind,omitempty"`
	Metadata   EventMetadata `json:"metadata"`
	Status     EventStatus   `json:"status"`
	Extra      Extra         `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (e *Event) UnmarshalJSON(b []byte) error {
	type plain Event
	return decodeWithExtra(b, (*plain)(e), &e.Extra)
}

// MarshalJSON writes Extra too.
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event
	return encodeWith(plain(e), e.Extra)
}

// EventMetadata is schema EventMetadata; Instance is empty for CMF_STATUS.
type EventMetadata struct {
	Name              string            `json:"name,omitempty"`
	UID               string            `json:"uid,omitempty"`
	CreationTimestamp string            `json:"creationTimestamp,omitempty"`
	Instance          string            `json:"flinkApplicationInstance,omitempty"`
	Labels            map[string]string `json:"labels,omitempty"`
	Annotations       map[string]string `json:"annotations,omitempty"`
	Extra             Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (m *EventMetadata) UnmarshalJSON(b []byte) error {
	type plain EventMetadata
	return decodeWithExtra(b, (*plain)(m), &m.Extra)
}

// MarshalJSON writes Extra too.
func (m EventMetadata) MarshalJSON() ([]byte, error) {
	type plain EventMetadata
	return encodeWith(plain(m), m.Extra)
}

// EventStatus is schema EventStatus.
type EventStatus struct {
	Type    string     `json:"type,omitempty"`
	Message string     `json:"message,omitempty"`
	Data    *EventData `json:"data,omitempty"`
}

// EventData is one of schemas EventDataNewStatus and EventDataJobException.
type EventData struct {
	NewStatus       string `json:"newStatus,omitempty"`
	ExceptionString string `json:"exceptionString,omitempty"`
	Extra           Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (d *EventData) UnmarshalJSON(b []byte) error {
	type plain EventData
	return decodeWithExtra(b, (*plain)(d), &d.Extra)
}

// MarshalJSON writes Extra too.
func (d EventData) MarshalJSON() ([]byte, error) {
	type plain EventData
	return encodeWith(plain(d), d.Extra)
}
