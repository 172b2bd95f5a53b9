package cmf

// KafkaCatalog is schema KafkaCatalog.
type KafkaCatalog struct {
	APIVersion string           `json:"apiVersion,omitempty"`
	Kind       string           `json:"kind,omitempty"`
	Metadata   Metadata         `json:"metadata"`
	Spec       KafkaCatalogSpec `json:"spec"`
	Status     *AccessStatus    `json:"status,omitempty"`
	Extra      Extra            `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (k *KafkaCatalog) UnmarshalJSON(b []byte) error {
	type plain KafkaCatalog
	return decodeWithExtra(b, (*plain)(k), &k.Extra)
}

// MarshalJSON writes Extra too.
func (k KafkaCatalog) MarshalJSON() ([]byte, error) {
	type plain KafkaCatalog
	return encodeWith(plain(k), k.Extra)
}

// KafkaCatalogSpec is schema KafkaCatalogSpec. KafkaClusters is the style of
// 2.0; databases are objects of their own since 2.1.
type KafkaCatalogSpec struct {
	SRInstance    Connection     `json:"srInstance"`
	KafkaClusters []KafkaCluster `json:"kafkaClusters,omitempty"`
	Extra         Extra          `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (k *KafkaCatalogSpec) UnmarshalJSON(b []byte) error {
	type plain KafkaCatalogSpec
	return decodeWithExtra(b, (*plain)(k), &k.Extra)
}

// MarshalJSON writes Extra too.
func (k KafkaCatalogSpec) MarshalJSON() ([]byte, error) {
	type plain KafkaCatalogSpec
	return encodeWith(plain(k), k.Extra)
}

// Connection is how a Schema Registry or a Kafka cluster is reached;
// ConnectionSecretID names a secret mapping.
type Connection struct {
	ConnectionConfig   map[string]string `json:"connectionConfig"`
	ConnectionSecretID string            `json:"connectionSecretId,omitempty"`
	Extra              Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (c *Connection) UnmarshalJSON(b []byte) error {
	type plain Connection
	return decodeWithExtra(b, (*plain)(c), &c.Extra)
}

// MarshalJSON writes Extra too.
func (c Connection) MarshalJSON() ([]byte, error) {
	type plain Connection
	return encodeWith(plain(c), c.Extra)
}

// KafkaCluster is schema KafkaCatalogSpec_kafkaClusters.
type KafkaCluster struct {
	DatabaseName       string            `json:"databaseName"`
	ConnectionConfig   map[string]string `json:"connectionConfig"`
	ConnectionSecretID string            `json:"connectionSecretId,omitempty"`
	Extra              Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (k *KafkaCluster) UnmarshalJSON(b []byte) error {
	type plain KafkaCluster
	return decodeWithExtra(b, (*plain)(k), &k.Extra)
}

// MarshalJSON writes Extra too.
func (k KafkaCluster) MarshalJSON() ([]byte, error) {
	type plain KafkaCluster
	return encodeWith(plain(k), k.Extra)
}

// AccessStatus tells which environments see a catalog or database (schemas
// KafkaCatalogStatus, KafkaDatabaseStatus).
type AccessStatus struct {
	EnvironmentsWithAccess []string `json:"environmentsWithAccess"`
	Extra                  Extra    `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (a *AccessStatus) UnmarshalJSON(b []byte) error {
	type plain AccessStatus
	return decodeWithExtra(b, (*plain)(a), &a.Extra)
}

// MarshalJSON writes Extra too.
func (a AccessStatus) MarshalJSON() ([]byte, error) {
	type plain AccessStatus
	return encodeWith(plain(a), a.Extra)
}

// KafkaDatabase is schema KafkaDatabase.
type KafkaDatabase struct {
	APIVersion string            `json:"apiVersion,omitempty"`
	Kind       string            `json:"kind,omitempty"`
	Metadata   Metadata          `json:"metadata"`
	Spec       KafkaDatabaseSpec `json:"spec"`
	Status     *AccessStatus     `json:"status,omitempty"`
	Extra      Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (k *KafkaDatabase) UnmarshalJSON(b []byte) error {
	type plain KafkaDatabase
	return decodeWithExtra(b, (*plain)(k), &k.Extra)
}

// MarshalJSON writes Extra too.
func (k KafkaDatabase) MarshalJSON() ([]byte, error) {
	type plain KafkaDatabase
	return encodeWith(plain(k), k.Extra)
}

// KafkaDatabaseSpec is schema KafkaDatabaseSpec. DDLEnvironments may create,
// alter and drop its tables.
type KafkaDatabaseSpec struct {
	KafkaCluster    Connection `json:"kafkaCluster"`
	DDLEnvironments []string   `json:"ddlEnvironments,omitempty"`
	Extra           Extra      `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (k *KafkaDatabaseSpec) UnmarshalJSON(b []byte) error {
	type plain KafkaDatabaseSpec
	return decodeWithExtra(b, (*plain)(k), &k.Extra)
}

// MarshalJSON writes Extra too.
func (k KafkaDatabaseSpec) MarshalJSON() ([]byte, error) {
	type plain KafkaDatabaseSpec
	return encodeWith(plain(k), k.Extra)
}
