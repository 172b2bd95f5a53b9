package vvp

import (
	"bytes"
	"encoding/json"
)

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

// Raw is the object as it came.
func (d Deployment) Raw() json.RawMessage { return d.raw }

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

// Raw is the object as it came.
func (j Job) Raw() json.RawMessage { return j.raw }

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

// Raw is the object as it came.
func (s Savepoint) Raw() json.RawMessage { return s.raw }

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

// Raw is the object as it came.
func (e Event) Raw() json.RawMessage { return e.raw }

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

// Raw is the object as it came.
func (s SessionCluster) Raw() json.RawMessage { return s.raw }

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
