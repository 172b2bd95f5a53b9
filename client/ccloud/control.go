package ccloud

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"strings"
)

// ComputePool is a budget of CFUs in a region of an environment.
type ComputePool struct {
	ID       string   `json:"id"`
	Metadata Metadata `json:"metadata"`
	Spec     struct {
		DisplayName string    `json:"display_name"`
		Cloud       string    `json:"cloud"`
		Region      string    `json:"region"`
		MaxCFU      int       `json:"max_cfu"`
		DefaultPool bool      `json:"default_pool"`
		Environment Reference `json:"environment"`
	} `json:"spec"`
	Status struct {
		Phase      string `json:"phase"`
		CurrentCFU int    `json:"current_cfu"`
	} `json:"status"`

	original
}

// Phases of a pool.
const (
	PoolProvisioning   = "PROVISIONING"
	PoolProvisioned    = "PROVISIONED"
	PoolFailed         = "FAILED"
	PoolDeprovisioning = "DEPROVISIONING"
)

// PoolPrefix begins the ids of pools.
const PoolPrefix = "lfcp-"

// PoolSizes are the CFUs that a pool may have at most. A pool may grow, not
// shrink.
var PoolSizes = []int{5, 10, 20, 30, 40, 50}

// Region is where statements can run. Its id is CLOUD.REGION.
type Region struct {
	ID                  string `json:"id"`
	DisplayName         string `json:"display_name"`
	Cloud               string `json:"cloud"`
	RegionName          string `json:"region_name"`
	HTTPEndpoint        string `json:"http_endpoint"`
	PrivateHTTPEndpoint string `json:"private_http_endpoint"`

	original
}

// Artifact is code that a statement can use.
type Artifact struct {
	ID                string   `json:"id"`
	Metadata          Metadata `json:"metadata"`
	Cloud             string   `json:"cloud"`
	Region            string   `json:"region"`
	Environment       string   `json:"environment"`
	DisplayName       string   `json:"display_name"`
	Class             string   `json:"class"`
	ContentFormat     string   `json:"content_format"`
	Description       string   `json:"description"`
	DocumentationLink string   `json:"documentation_link"`
	RuntimeLanguage   string   `json:"runtime_language"`
	Versions          []struct {
		Version string `json:"version"`
	} `json:"versions"`

	original
}

// NewArtifact is what an artifact is made of. The class is the API's to the letter,
// which calls it deprecated: functions name theirs.
type NewArtifact struct {
	DisplayName       string       `json:"display_name"`
	Cloud             string       `json:"cloud"`
	Region            string       `json:"region"`
	Environment       string       `json:"environment"`
	ContentFormat     string       `json:"content_format,omitempty"`
	RuntimeLanguage   string       `json:"runtime_language,omitempty"`
	Class             string       `json:"class,omitempty"`
	Description       string       `json:"description,omitempty"`
	DocumentationLink string       `json:"documentation_link,omitempty"`
	Source            UploadSource `json:"upload_source"`
}

// UploadSource is where the file of an artifact is.
type UploadSource struct {
	Location string `json:"location"`
	UploadID string `json:"upload_id"`
}

// PresignedLocation is the Location of what was uploaded with a PresignedForm.
const PresignedLocation = "PRESIGNED_URL_LOCATION"

// PresignedForm is how a file is uploaded, within an hour: a form of Fields and then
// the file, to UploadURL. The fields are signed, and secret.
type PresignedForm struct {
	UploadID  string            `json:"upload_id"`
	UploadURL string            `json:"upload_url"`
	Fields    map[string]string `json:"upload_form_data"`
}

// Host is that of UploadURL, "" where it is no address.
func (f PresignedForm) Host() string {
	u, err := url.Parse(f.UploadURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Environment holds statements and pools; it is a catalog, too.
type Environment struct {
	ID          string   `json:"id"`
	DisplayName string   `json:"display_name"`
	Metadata    Metadata `json:"metadata"`

	original
}

// Organization holds environments.
type Organization struct {
	ID          string `json:"id"`
	DisplayName string `json:"display_name"`
}

// Cluster is a Kafka cluster, which is a database of Flink. Names need not be
// unique.
type Cluster struct {
	ID   string `json:"id"`
	Spec struct {
		DisplayName string `json:"display_name"`
	} `json:"spec"`
}

// Connection is how statements reach another service. Its secrets are never read
// into it.
type Connection struct {
	Name     string   `json:"name"`
	Metadata Metadata `json:"metadata"`
	Spec     struct {
		Type     string `json:"connection_type"`
		Endpoint string `json:"endpoint"`
	} `json:"spec"`
	Status struct {
		Phase  string `json:"phase"`
		Detail string `json:"detail"`
	} `json:"status"`

	original
}

// MaterializedTable is a table that a query keeps up to date.
type MaterializedTable struct {
	Name     string   `json:"name"`
	Metadata Metadata `json:"metadata"`
	Spec     struct {
		ClusterID     string `json:"kafka_cluster_id"`
		ComputePoolID string `json:"compute_pool_id"`
		Principal     string `json:"principal"`
		Stopped       bool   `json:"stopped"`
		Query         string `json:"query"`
	} `json:"spec"`
	Status struct {
		Phase         string    `json:"phase"`
		Detail        string    `json:"detail"`
		Warnings      []Warning `json:"warnings"`
		ScalingStatus struct {
			State string `json:"scaling_state"`
		} `json:"scaling_status"`
		Version           int    `json:"version"`
		LatestVersion     int    `json:"latest_version"`
		CreationStatement string `json:"creation_statement"`
	} `json:"status"`

	original
}

// TableVersion is a version of a materialized table, made by a change of its query.
type TableVersion struct {
	Name     string   `json:"name"`
	Metadata Metadata `json:"metadata"`
	Spec     struct {
		Version   int           `json:"version"`
		Statement string        `json:"statement"`
		Changes   []TableChange `json:"changes"`
	} `json:"spec"`
}

// TableChange is what a version changed in an object.
type TableChange struct {
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	Details []string `json:"details"`
}

// Workspace is SQL that was kept: blocks of code.
type Workspace struct {
	Name     string   `json:"name"`
	Metadata Metadata `json:"metadata"`
	Spec     struct {
		DisplayName string            `json:"display_name"`
		ComputePool Reference         `json:"compute_pool"`
		Properties  map[string]string `json:"properties"`
		Blocks      []struct {
			Type        string `json:"type"`
			CodeOptions struct {
				Source []string `json:"source"` // lines
			} `json:"code_options"`
		} `json:"blocks"`
	} `json:"spec"`

	original
}

// secretMember is the member of a connection that holds its secrets.
const secretMember = "auth_data"

// NotShown stands where a secret was.
const NotShown = "(not shown)"

// WithoutSecrets is the statement as people may see it: its properties that are
// secrets have NotShown for their values.
func (s Statement) WithoutSecrets() Statement {
	s.raw, s.Spec.Properties = maskSecrets(s.raw, "properties"), maskValues(s.Spec.Properties)
	return s
}

// WithoutSecrets is the table as people may see it.
func (m MaterializedTable) WithoutSecrets() MaterializedTable {
	m.raw = maskSecrets(m.raw, "session_options")
	return m
}

// HasSecrets tells whether a property of the statement is a secret.
func (s Statement) HasSecrets() bool {
	for name := range s.Spec.Properties {
		if IsSecretProperty(name) {
			return true
		}
	}
	return false
}

// IsSecretProperty tells a property whose value is a secret.
func IsSecretProperty(name string) bool { return strings.HasPrefix(name, PrefixSecretProperty) }

func maskValues(properties map[string]string) map[string]string {
	masked := maps.Clone(properties)
	for name := range masked {
		if IsSecretProperty(name) {
			masked[name] = NotShown
		}
	}
	return masked
}

// maskSecrets masks the properties in a member of the specification of an object; one
// without secrets stays as it came, to the letter.
func maskSecrets(raw json.RawMessage, member string) json.RawMessage {
	if !bytes.Contains(raw, []byte(PrefixSecretProperty)) {
		return raw
	}
	var object, spec, properties map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || json.Unmarshal(object["spec"], &spec) != nil ||
		json.Unmarshal(spec[member], &properties) != nil {
		return raw
	}
	for name := range properties {
		if IsSecretProperty(name) {
			properties[name] = json.RawMessage(`"` + NotShown + `"`)
		}
	}
	spec[member], _ = json.Marshal(properties) // it was read from JSON
	object["spec"], _ = json.Marshal(spec)
	masked, _ := json.Marshal(object)
	return masked
}

// withoutSecrets takes the secrets out of a connection: the wire sends them back
// in some answers.
func withoutSecrets(b []byte) (json.RawMessage, error) {
	var object, spec map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil {
		return nil, err
	}
	if json.Unmarshal(object["spec"], &spec) != nil || spec[secretMember] == nil {
		return b, nil
	}
	spec[secretMember] = json.RawMessage(`"` + NotShown + `"`)
	var err error
	if object["spec"], err = json.Marshal(spec); err != nil {
		return nil, err
	}
	return json.Marshal(object)
}
