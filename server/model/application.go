package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// RemoveApplication deletes an application with all that lives in it.
func RemoveApplication(tx Tx, scope Scope, name string) error {
	for _, kind := range []KindID{KindInstance, KindEvent, KindApplicationSavepoint} {
		if err := tx.DeleteAll(scope.In(kind, name)); err != nil {
			return err
		}
	}
	return tx.Delete(scope, name)
}

// ApplicationStatus is status of an application, in the operator's shape
// (cmf-behaviour.md §2.2). JobStatus is always written with jobName and state:
// the Confluent CLI breaks without them.
type ApplicationStatus struct {
	Instance       string                  `json:"currentDeployedInstanceName,omitempty"`
	LifecycleState string                  `json:"lifecycleState"`
	Error          string                  `json:"error,omitempty"`
	Generation     int64                   `json:"observedGeneration"`
	Deployment     string                  `json:"jobManagerDeploymentStatus"`
	ClusterInfo    map[string]string       `json:"clusterInfo,omitempty"`
	JobStatus      ApplicationJobStatus    `json:"jobStatus"`
	Reconciliation Reconciliation          `json:"reconciliationStatus"`
	TaskManager    *ApplicationTaskManager `json:"taskManager,omitempty"`
}

// ApplicationJobStatus is status.jobStatus; Restarts is drey's own.
type ApplicationJobStatus struct {
	JobName              string         `json:"jobName"`
	JobID                string         `json:"jobId,omitempty"`
	State                string         `json:"state"`
	StartTime            string         `json:"startTime,omitempty"` // epoch ms
	UpdateTime           string         `json:"updateTime,omitempty"`
	UpgradeSavepointPath string         `json:"upgradeSavepointPath,omitempty"`
	SavepointInfo        SavepointInfo  `json:"savepointInfo"`
	CheckpointInfo       CheckpointInfo `json:"checkpointInfo"`
	Restarts             int            `json:"restarts"`
}

// SavepointInfo is status.jobStatus.savepointInfo.
type SavepointInfo struct {
	LastSavepoint *SavepointEntry  `json:"lastSavepoint,omitempty"`
	History       []SavepointEntry `json:"savepointHistory"`
	LastPeriodic  int64            `json:"lastPeriodicSavepointTimestamp"`
}

// SavepointEntry is one savepoint of the history. Size and Name are drey's own.
type SavepointEntry struct {
	TimeStamp   int64  `json:"timeStamp"` // epoch ms
	Location    string `json:"location"`
	TriggerType string `json:"triggerType"`
	FormatType  string `json:"formatType"`
	Size        int64  `json:"size,omitempty"`
	Name        string `json:"name,omitempty"`
}

// CheckpointInfo is status.jobStatus.NewCheckpointInfo.
type CheckpointInfo struct {
	LastCheckpoint *SavepointEntry `json:"lastCheckpoint,omitempty"`
	LastPeriodic   int64           `json:"lastPeriodicCheckpointTimestamp"`
}

// Reconciliation is status.reconciliationStatus.
type Reconciliation struct {
	State     string `json:"state,omitempty"`
	Timestamp int64  `json:"reconciliationTimestamp,omitempty"`
}

// ApplicationTaskManager is status.taskManager.
type ApplicationTaskManager struct {
	LabelSelector string `json:"labelSelector"`
	Replicas      int    `json:"replicas"`
}

// NewApplicationStatus is the status of an application that was only just created.
func NewApplicationStatus() ApplicationStatus {
	status := ApplicationStatus{LifecycleState: cmf.LifecycleCreated, Deployment: cmf.DeploymentMissing}
	status.JobStatus.SavepointInfo.History = []SavepointEntry{}
	return status
}

// ReadApplicationStatus decodes a stored status.
func ReadApplicationStatus(raw cmf.Object) (ApplicationStatus, error) {
	status := NewApplicationStatus()
	if raw.IsZero() {
		return status, nil
	}
	err := json.Unmarshal(raw, &status)
	return status, err
}

// maxHistory is how many savepoints the operator's history keeps here.
const maxHistory = 10

// AddSavepoint notes a completed savepoint as the last one.
func (s *ApplicationStatus) AddSavepoint(mark SavepointEntry) {
	info := &s.JobStatus.SavepointInfo
	info.LastSavepoint = &mark
	info.History = append(info.History, mark)
	if n := len(info.History); n > maxHistory {
		info.History = info.History[n-maxHistory:]
	}
}

// SetCheckpoint notes the newest checkpoint.
func (s *ApplicationStatus) SetCheckpoint(chk *engine.Checkpoint) {
	if chk != nil {
		s.JobStatus.CheckpointInfo = NewCheckpointInfo(chk)
	}
}

func NewCheckpointInfo(chk *engine.Checkpoint) CheckpointInfo {
	at := chk.At.UnixMilli()
	return CheckpointInfo{
		LastCheckpoint: &SavepointEntry{
			TimeStamp: at, Location: chk.Path, TriggerType: "PERIODIC", FormatType: "FULL", Size: chk.Size,
		},
		LastPeriodic: at,
	}
}

// Show moves all but the states to an observation; these are told in events.
func (s *ApplicationStatus) Apply(seen engine.JobObservation, application string, effective cmf.Object) {
	s.Deployment, s.Error = seen.Deployment, seen.Error
	s.JobStatus.JobName, s.JobStatus.Restarts = seen.Name, seen.Restarts
	s.JobStatus.StartTime = Millis(seen.StartTime)
	s.SetCheckpoint(seen.Checkpoint)
	s.ClusterInfo = clusterInfo(effective, seen.Resources)
	if tm := seen.Resources.TaskManager; tm != nil {
		s.TaskManager = &ApplicationTaskManager{
			LabelSelector: "component=taskmanager,app=" + application, Replicas: tm.Count,
		}
	}
}

func clusterInfo(spec cmf.Object, used cmf.ResourceUsageSummary) map[string]string {
	var cpu float64
	var memory int64
	for _, role := range []*cmf.ResourceUsage{used.JobManager, used.TaskManager} {
		if role != nil {
			cpu += role.CPU
			memory += role.Memory
		}
	}
	return map[string]string{
		"flink-version": strings.ReplaceAll(strings.TrimPrefix(spec.String("flinkVersion"), "v"), "_", "."),
		"total-cpu":     strconv.FormatFloat(cpu, 'f', 1, 64),
		"total-memory":  strconv.FormatInt(memory, 10),
	}
}

// Millis is a time as the operator writes it: epoch milliseconds in a string.
func Millis(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// Effective merges the defaults of an environment into a specification; the
// environment wins (cmf-behaviour.md §5).
func Effective(spec, defaults cmf.Object) cmf.Object {
	defaultSpec := defaults.Object("spec")
	if defaultSpec.IsZero() {
		return spec
	}
	return MustEncode(Merge(spec.Map(), defaultSpec.Map()))
}

func Merge(base, defaultSpec map[string]any) map[string]any {
	for name, value := range defaultSpec {
		inner, isMap := value.(map[string]any)
		had, heldMap := base[name].(map[string]any)
		if isMap && heldMap {
			base[name] = Merge(had, inner)
			continue
		}
		base[name] = value
	}
	return base
}

// Digest tells effective specifications apart. Whether the job should run and
// from where is no part: these make no new instance.
func Digest(effective cmf.Object) string {
	spec := effective.Map()
	delete(spec, "restartNonce")
	if job, ok := spec["job"].(map[string]any); ok {
		for _, name := range []string{
			"state", "startFromSavepoint", "initialSavepointPath", "savepointRedeployNonce", "allowNonRestoredState",
			"upgradeMode",
		} {
			delete(job, name)
		}
	}
	sum := sha256.Sum256(MustEncode(spec))
	return hex.EncodeToString(sum[:12])
}

// Nonces are the numbers whose change redeploys: from a savepoint, and plainly.
func Nonces(spec cmf.Object) (savepoint, restart string) {
	savepoint = spec.String("job", "startFromSavepoint", "savepointRedeployNonce")
	if savepoint == "" {
		savepoint = spec.String("job", "savepointRedeployNonce")
	}
	return savepoint, spec.String("restartNonce")
}

// LoadJob puts together the job of an application as the engine wants it.
func LoadJob(r Reader, record Record, controller ApplicationControllerState) (engine.Job, error) {
	job := engine.Job{
		ID: controller.Job.ID, Environment: record.Env, Application: record.Name, Instance: controller.Instance,
		RestoreFrom: controller.Job.RestoreFrom, AllowNonRestored: controller.Job.AllowNonRestored,
		SubmittedAt: controller.Job.SubmittedAt, Stop: controller.Job.Stop, AsOf: controller.Job.StillAt,
	}
	instance, err := r.Get(record.In(KindInstance, record.Name), controller.Instance)
	if err != nil {
		return job, err
	}
	job.Spec = instance.Doc.Object("status", "spec")
	return job, nil
}
