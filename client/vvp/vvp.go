// Package vvp is the wire of Ververica Platform 2.x: the objects of its two APIs as
// they travel, and their paths. It is the standard library's. The facts are from the
// product's public documentation and clients (platforms.md B).
package vvp

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// Metadata is what every object of the application manager has. Which members
// there are depends on the kind.
type Metadata struct {
	ID              string            `json:"id,omitempty"`
	Name            string            `json:"name,omitempty"`
	DisplayName     string            `json:"displayName,omitempty"`
	Namespace       string            `json:"namespace,omitempty"`
	CreatedAt       string            `json:"createdAt,omitempty"`
	ModifiedAt      string            `json:"modifiedAt,omitempty"`
	TerminatedAt    string            `json:"terminatedAt,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
	Annotations     map[string]string `json:"annotations,omitempty"`
	ResourceVersion int64             `json:"resourceVersion,omitempty"` // information, no lock
	DeploymentID    string            `json:"deploymentId,omitempty"`    // of jobs, savepoints and events
	DeploymentName  string            `json:"deploymentName,omitempty"`
	JobID           string            `json:"jobId,omitempty"`
	Origin          string            `json:"origin,omitempty"` // of a savepoint
	Type            string            `json:"type,omitempty"`
}

// Made is when the object was created; zero where it does not say.
func (m Metadata) Made() time.Time { return ParseTime(m.CreatedAt) }

// ParseTime reads a time of the wire; what is none is the zero time.
func ParseTime(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Year() <= 1 {
		return time.Time{}
	}
	return at
}

// Desired states of a deployment, and what it can be beside them.
const (
	Running       = "RUNNING"
	Suspended     = "SUSPENDED"
	Cancelled     = "CANCELLED"
	Transitioning = "TRANSITIONING"
	Failed        = "FAILED"
	Finished      = "FINISHED"
	Stopped       = "STOPPED" // of session clusters
)

// Kinds of strategies.
const (
	Stateful        = "STATEFUL"
	RestoreNone     = "NONE"
	LatestState     = "LATEST_STATE"
	LatestSavepoint = "LATEST_SAVEPOINT"
)

// Kinds of artifacts of a deployment.
const (
	JarArtifact = "JAR"
	SQLArtifact = "SQLSCRIPT"
)

// AnnotationVersion is the deployment's version that a copied savepoint is for.
const AnnotationVersion = "com.dataartisans.appmanager.controller.deployment.spec.version"

// Deployment is a job as somebody wants it.
type Deployment struct {
	Kind       string           `json:"kind,omitempty"`
	APIVersion string           `json:"apiVersion,omitempty"`
	Metadata   Metadata         `json:"metadata"`
	Spec       DeploymentSpec   `json:"spec"`
	Status     DeploymentStatus `json:"status,omitzero"`

	original
}

// DeploymentSpec is what is wanted.
type DeploymentSpec struct {
	State                string   `json:"state,omitempty"`
	UpgradeStrategy      Strategy `json:"upgradeStrategy,omitzero"`
	RestoreStrategy      Restore  `json:"restoreStrategy,omitzero"`
	DeploymentTargetName string   `json:"deploymentTargetName,omitempty"`
	DeploymentTargetID   string   `json:"deploymentTargetId,omitempty"`
	SessionClusterName   string   `json:"sessionClusterName,omitempty"`
	Template             struct {
		Spec struct {
			Artifact    Artifact `json:"artifact,omitzero"`
			Parallelism int      `json:"parallelism,omitempty"`
		} `json:"spec,omitzero"`
	} `json:"template,omitzero"`
}

// Strategy is how an upgrade is done.
type Strategy struct {
	Kind string `json:"kind,omitempty"`
}

// Restore is what a deployment starts from.
type Restore struct {
	Kind                  string `json:"kind,omitempty"`
	AllowNonRestoredState bool   `json:"allowNonRestoredState,omitempty"`
}

// Artifact is what a deployment runs.
type Artifact struct {
	Kind         string `json:"kind,omitempty"`
	JarURI       string `json:"jarUri,omitempty"`
	EntryClass   string `json:"entryClass,omitempty"`
	SQLScript    string `json:"sqlScript,omitempty"`
	FlinkVersion string `json:"flinkVersion,omitempty"`
}

// DeploymentStatus is how it is.
type DeploymentStatus struct {
	State   string `json:"state,omitempty"`
	Running *struct {
		JobID      string      `json:"jobId"`
		Conditions []Condition `json:"conditions"`
	} `json:"running,omitempty"`
}

// Condition is something that is true of a running deployment, or not.
type Condition struct {
	Type               string `json:"type"`
	Status             string `json:"status"` // True, False, Unknown
	Reason             string `json:"reason"`
	Message            string `json:"message"`
	LastTransitionTime string `json:"lastTransitionTime"`
}

// State is how the deployment is, in capitals: servers take either case.
func (d Deployment) State() string { return strings.ToUpper(d.Status.State) }

// Desired is how it is to be.
func (d Deployment) Desired() string { return strings.ToUpper(d.Spec.State) }

// Job is one run of a deployment.
type Job struct {
	Metadata Metadata `json:"metadata"`
	Spec     struct {
		SavepointLocation string   `json:"savepointLocation"`
		Parallelism       int      `json:"parallelism"`
		Artifact          Artifact `json:"artifact"`
	} `json:"spec"`
	Status struct {
		State   string   `json:"state"`
		Failure *Failure `json:"failure"`
		Started *struct {
			FlinkJobID string `json:"flinkJobId"`
			StartedAt  string `json:"startedAt"`
			FlinkState string `json:"observedFlinkJobStatus"`
			Restarts   int    `json:"observedFlinkJobRestarts"`
		} `json:"started"`
	} `json:"status"`

	original
}

// Failure is why something failed.
type Failure struct {
	Message  string `json:"message"`
	Reason   string `json:"reason"`
	FailedAt string `json:"failedAt"`
}

// Savepoint is a savepoint of a deployment's job.
type Savepoint struct {
	Kind       string   `json:"kind,omitempty"`
	APIVersion string   `json:"apiVersion,omitempty"`
	Metadata   Metadata `json:"metadata"`
	Spec       struct {
		Location         string `json:"savepointLocation,omitempty"`
		FlinkSavepointID string `json:"flinkSavepointId,omitempty"`
	} `json:"spec,omitzero"`
	Status struct {
		State   string   `json:"state,omitempty"`
		Failure *Failure `json:"failure,omitempty"`
	} `json:"status,omitzero"`

	original
}

// Event is something that happened to a deployment.
type Event struct {
	Metadata Metadata `json:"metadata"` // Name is which kind of event
	Spec     struct {
		Message string `json:"message"`
	} `json:"spec"`

	original
}

// SessionCluster runs several deployments.
type SessionCluster struct {
	Metadata Metadata `json:"metadata"`
	Spec     struct {
		State                string `json:"state"`
		DeploymentTargetName string `json:"deploymentTargetName"`
		FlinkVersion         string `json:"flinkVersion"`
		NumberOfTaskManagers int    `json:"numberOfTaskManagers"`
	} `json:"spec"`
	Status struct {
		State   string   `json:"state"`
		Failure *Failure `json:"failure"`
	} `json:"status"`

	original
}

// Defaults are what a deployment of a namespace has where it does not say.
type Defaults struct {
	Spec DeploymentSpec `json:"spec"`
}

// Object is any object that has a name: in its metadata, or of its own, where it may
// be like a path.
type Object struct {
	Name     string
	Metadata Metadata

	original
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *Object) UnmarshalJSON(b []byte) error {
	b = unwrapped(b)
	var in struct {
		Name     string   `json:"name"`
		Filename string   `json:"filename"`
		Metadata Metadata `json:"metadata"`
		Created  string   `json:"createTime"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	o.Metadata = in.Metadata
	if o.Metadata.CreatedAt == "" {
		o.Metadata.CreatedAt = in.Created
	}
	for _, name := range []string{in.Metadata.Name, ShortName(in.Name), in.Filename, in.Metadata.ID} {
		if name != "" {
			o.Name = name
			break
		}
	}
	o.raw = withoutValues(b)
	return nil
}

// unwrapped takes a single object out of the member of its kind, as the platform's own
// API answers (platforms.md B1): {"sqlScript": {…}}.
func unwrapped(b []byte) []byte {
	var object map[string]json.RawMessage
	if json.Unmarshal(b, &object) != nil || len(object) != 1 {
		return b
	}
	for _, inner := range object {
		if inner = bytes.TrimSpace(inner); bytes.HasPrefix(inner, []byte("{")) {
			return inner
		}
	}
	return b
}

// withoutValues takes what may be a secret out of an object: the value of a secret
// value, and an API token's.
func withoutValues(b []byte) json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(b, &object) != nil || object["secret"] == nil && object["spec"] == nil {
		return bytes.Clone(b)
	}
	delete(object, "secret")
	var spec map[string]json.RawMessage
	if json.Unmarshal(object["spec"], &spec) == nil && spec["value"] != nil {
		delete(spec, "value")
		object["spec"], _ = json.Marshal(spec) // of what was read it does not fail
	}
	out, err := json.Marshal(object)
	if err != nil {
		return bytes.Clone(b)
	}
	return out
}

// MarshalJSON implements json.Marshaler.
func (o Object) MarshalJSON() ([]byte, error) { return o.raw, nil }

// Member reads a text member of the object by its path, "" where there is none.
func (o Object) Member(path ...string) string {
	var v any
	_ = json.Unmarshal(o.raw, &v) // it was read before
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	text, _ := v.(string)
	return text
}

// ShortName is the last part of a name that is like a path.
func ShortName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// SQLResult is the answer to a statement that was executed.
type SQLResult struct {
	Result string `json:"result"`
	Table  struct {
		Headers []struct {
			Name string `json:"name"`
		} `json:"headers"`
		Rows []struct {
			Cells []struct {
				Value string `json:"value"`
			} `json:"cells"`
		} `json:"rows"`
	} `json:"resultTable"`
	Error json.RawMessage `json:"errorMessage"`
}

// Validation is what the platform says of a statement before it is run.
type Validation struct {
	Result string `json:"validationResult"`
	Error  *struct {
		Message   string `json:"message"`
		Line      int    `json:"lineNumber"`
		Column    int    `json:"columnNumber"`
		EndLine   int    `json:"endLineNumber"`
		EndColumn int    `json:"endColumnNumber"`
	} `json:"errorDetails"`
}

// Suggestions are what may stand at a place of a text.
type Suggestions struct {
	Completions []struct {
		Text string `json:"text"`
		Type string `json:"type"` // HINT_TYPE_…
	} `json:"completions"`
}

// Collection is where the objects of a kind are.
type Collection struct{ path, Plural, Singular string }

// The collections: %s is the namespace.
var (
	Deployments     = Collection{"/api/v1/namespaces/%s/deployments", "deployments", "deployment"}
	Jobs            = Collection{"/api/v1/namespaces/%s/jobs", "jobs", "job"}
	Savepoints      = Collection{"/api/v1/namespaces/%s/savepoints", "savepoints", "savepoint"}
	Events          = Collection{"/api/v1/namespaces/%s/events", "events", "event"}
	SessionClusters = Collection{"/api/v1/namespaces/%s/sessionclusters", "session clusters", "session cluster"}
	Targets         = Collection{"/api/v1/namespaces/%s/deployment-targets", "deployment targets", "deployment target"}
	SecretValues    = Collection{"/api/v1/namespaces/%s/secret-values", "secret values", "secret value"}
	Scripts         = Collection{"/sql/v1beta1/namespaces/%s/sqlscripts", "sql scripts", "SQL script"}
	UDFs            = Collection{"/sql/v1beta1/namespaces/%s/udfartifacts", "udf artifacts", "UDF artifact"}
	Connectors      = Collection{"/sql/v1beta1/namespaces/%s/connectors", "connectors", "connector"}
	Formats         = Collection{"/sql/v1beta1/namespaces/%s/formats", "formats", "format"}
	Catalogs        = Collection{"/catalog/v1beta2/namespaces/%s/catalogs", "catalogs", "catalog"}
	Artifacts       = Collection{"/artifacts/v1/namespaces/%s/artifacts:list", "artifacts", "artifact"}
	AllDefaults     = Collection{
		"/api/v1/namespaces/%s/deployment-defaults", "deployment defaults", "deployment defaults",
	}
	Tokens = Collection{"/apitokens/v1/namespaces/%s/apitokens", "api tokens", "API token"}
)

// Paths of the platform itself.
const (
	NamespacesPath = "/namespaces/v1/namespaces"
	SystemInfoPath = "/api/v1/status/system-info"
)

// Path is a collection's in a namespace, escaped.
func (c Collection) Path(namespace string) string {
	return strings.Replace(c.path, "%s", url.PathEscape(namespace), 1)
}

// ItemPath is one object's.
func (c Collection) ItemPath(namespace, name string) string {
	return c.Path(namespace) + "/" + url.PathEscape(name)
}

// ArtifactDeletePath is where an artifact is deleted, named by the query parameter
// filename (seen in public clients, not in the product's document: platforms.md B2).
func ArtifactDeletePath(namespace string) string {
	return "/artifacts/v1/namespaces/" + url.PathEscape(namespace) + "/artifacts:delete"
}
