package cmf

// Secret is schema Secret: properties of a connection. Data is never readable
// again: answers mask the values (cmf-behaviour.md §2.8).
type Secret struct {
	APIVersion string        `json:"apiVersion,omitempty"`
	Kind       string        `json:"kind,omitempty"`
	Metadata   Metadata      `json:"metadata"`
	Spec       SecretSpec    `json:"spec"`
	Status     *SecretStatus `json:"status,omitempty"`
	Extra      Extra         `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *Secret) UnmarshalJSON(b []byte) error {
	type plain Secret
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s Secret) MarshalJSON() ([]byte, error) {
	type plain Secret
	return encodeWith(plain(s), s.Extra)
}

// SecretSpec is schema SecretSpec.
type SecretSpec struct {
	Data  map[string]string `json:"data,omitempty"`
	Extra Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *SecretSpec) UnmarshalJSON(b []byte) error {
	type plain SecretSpec
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s SecretSpec) MarshalJSON() ([]byte, error) {
	type plain SecretSpec
	return encodeWith(plain(s), s.Extra)
}

// SecretStatus is schema SecretStatus: where the secret is mapped.
type SecretStatus struct {
	Version      string   `json:"version,omitempty"`
	Environments []string `json:"environments"`
	Extra        Extra    `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *SecretStatus) UnmarshalJSON(b []byte) error {
	type plain SecretStatus
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s SecretStatus) MarshalJSON() ([]byte, error) {
	type plain SecretStatus
	return encodeWith(plain(s), s.Extra)
}

// SecretMapping is schema EnvironmentSecretMapping. Its name is the
// connectionSecretId that catalogs and databases mention (cmf-behaviour.md §2.8).
type SecretMapping struct {
	APIVersion string            `json:"apiVersion,omitempty"`
	Kind       string            `json:"kind,omitempty"`
	Metadata   Metadata          `json:"metadata"`
	Spec       SecretMappingSpec `json:"spec"`
	Extra      Extra             `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *SecretMapping) UnmarshalJSON(b []byte) error {
	type plain SecretMapping
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s SecretMapping) MarshalJSON() ([]byte, error) {
	type plain SecretMapping
	return encodeWith(plain(s), s.Extra)
}

// SecretMappingSpec is schema EnvironmentSecretMappingSpec.
type SecretMappingSpec struct {
	SecretName string `json:"secretName"`
	Extra      Extra  `json:"-"`
}

// UnmarshalJSON keeps unknown members in Extra.
func (s *SecretMappingSpec) UnmarshalJSON(b []byte) error {
	type plain SecretMappingSpec
	return decodeWithExtra(b, (*plain)(s), &s.Extra)
}

// MarshalJSON writes Extra too.
func (s SecretMappingSpec) MarshalJSON() ([]byte, error) {
	type plain SecretMappingSpec
	return encodeWith(plain(s), s.Extra)
}
