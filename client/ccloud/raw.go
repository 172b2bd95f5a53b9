package ccloud

import "strings"

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (c *ComputePool) UnmarshalJSON(b []byte) error {
	type plain ComputePool
	err := preserve(b, (*plain)(c), &c.raw)
	inCapitals(&c.Status.Phase)
	return err
}

// MarshalJSON implements json.Marshaler.
func (c ComputePool) MarshalJSON() ([]byte, error) {
	type plain ComputePool
	return give(c.raw, plain(c))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (r *Region) UnmarshalJSON(b []byte) error {
	type plain Region
	return preserve(b, (*plain)(r), &r.raw)
}

// MarshalJSON implements json.Marshaler.
func (r Region) MarshalJSON() ([]byte, error) {
	type plain Region
	return give(r.raw, plain(r))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (a *Artifact) UnmarshalJSON(b []byte) error {
	type plain Artifact
	return preserve(b, (*plain)(a), &a.raw)
}

// MarshalJSON implements json.Marshaler.
func (a Artifact) MarshalJSON() ([]byte, error) {
	type plain Artifact
	return give(a.raw, plain(a))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (e *Environment) UnmarshalJSON(b []byte) error {
	type plain Environment
	return preserve(b, (*plain)(e), &e.raw)
}

// MarshalJSON implements json.Marshaler.
func (e Environment) MarshalJSON() ([]byte, error) {
	type plain Environment
	return give(e.raw, plain(e))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (m *MaterializedTable) UnmarshalJSON(b []byte) error {
	type plain MaterializedTable
	err := preserve(b, (*plain)(m), &m.raw)
	inCapitals(&m.Status.Phase)
	m.Status.ScalingStatus.State = strings.ToUpper(m.Status.ScalingStatus.State)
	return err
}

// MarshalJSON implements json.Marshaler.
func (m MaterializedTable) MarshalJSON() ([]byte, error) {
	type plain MaterializedTable
	return give(m.raw, plain(m))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (w *Workspace) UnmarshalJSON(b []byte) error {
	type plain Workspace
	return preserve(b, (*plain)(w), &w.raw)
}

// MarshalJSON implements json.Marshaler.
func (w Workspace) MarshalJSON() ([]byte, error) {
	type plain Workspace
	return give(w.raw, plain(w))
}

// UnmarshalJSON implements json.Unmarshaler; secrets are left out.
func (c *Connection) UnmarshalJSON(b []byte) error {
	type plain Connection
	b, err := withoutSecrets(b)
	if err != nil {
		return err
	}
	return preserve(b, (*plain)(c), &c.raw)
}

// MarshalJSON implements json.Marshaler.
func (c Connection) MarshalJSON() ([]byte, error) {
	type plain Connection
	return give(c.raw, plain(c))
}
