package vvp

import (
	"bytes"
	"encoding/json"
)

// original is the part of an object that holds how it came.
type original struct{ raw json.RawMessage }

// Raw is the object as it came; nil for one that was made here.
func (o original) Raw() json.RawMessage { return o.raw }

// preserve reads an object and holds what came, so that members that are not known
// here survive.
func preserve(b []byte, known any, raw *json.RawMessage) error {
	if err := json.Unmarshal(b, known); err != nil {
		return err
	}
	*raw = bytes.Clone(b)
	return nil
}

// give is the object as it came, or what is known of one that was made here.
func give(raw json.RawMessage, known any) ([]byte, error) {
	if raw != nil {
		return raw, nil
	}
	return json.Marshal(known)
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (d *Deployment) UnmarshalJSON(b []byte) error {
	type plain Deployment
	return preserve(b, (*plain)(d), &d.raw)
}

// MarshalJSON implements json.Marshaler.
func (d Deployment) MarshalJSON() ([]byte, error) {
	type plain Deployment
	return give(d.raw, plain(d))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (j *Job) UnmarshalJSON(b []byte) error {
	type plain Job
	return preserve(b, (*plain)(j), &j.raw)
}

// MarshalJSON implements json.Marshaler.
func (j Job) MarshalJSON() ([]byte, error) {
	type plain Job
	return give(j.raw, plain(j))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (s *Savepoint) UnmarshalJSON(b []byte) error {
	type plain Savepoint
	return preserve(b, (*plain)(s), &s.raw)
}

// MarshalJSON implements json.Marshaler.
func (s Savepoint) MarshalJSON() ([]byte, error) {
	type plain Savepoint
	return give(s.raw, plain(s))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (e *Event) UnmarshalJSON(b []byte) error {
	type plain Event
	return preserve(b, (*plain)(e), &e.raw)
}

// MarshalJSON implements json.Marshaler.
func (e Event) MarshalJSON() ([]byte, error) {
	type plain Event
	return give(e.raw, plain(e))
}

// UnmarshalJSON implements json.Unmarshaler; members that are not known are kept.
func (s *SessionCluster) UnmarshalJSON(b []byte) error {
	type plain SessionCluster
	return preserve(b, (*plain)(s), &s.raw)
}

// MarshalJSON implements json.Marshaler.
func (s SessionCluster) MarshalJSON() ([]byte, error) {
	type plain SessionCluster
	return give(s.raw, plain(s))
}
