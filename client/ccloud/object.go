// Package ccloud is the wire of Confluent Cloud for Apache Flink: the objects of
// its two planes as they travel, and their paths. The data plane has statements
// and what they make (sql/v1), the control plane environments, pools, regions and
// artifacts. It is the standard library's, so that a server can use it as well.
// The facts are from the public specifications of the APIs (platforms.md A,
// platforms-supplement.md §3).
package ccloud

import (
	"bytes"
	"encoding/json"
	"time"
)

// original is the part of an object that holds how it came.
type original struct{ raw json.RawMessage }

// Raw is the object as it came, a connection without its secrets; nil for one that was
// made here.
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

// Metadata is what every object has. Which members there are depends on the kind.
type Metadata struct {
	Self            string            `json:"self,omitempty"`
	CreatedAt       string            `json:"created_at,omitempty"`
	UpdatedAt       string            `json:"updated_at,omitempty"`
	UID             string            `json:"uid,omitempty"`
	ResourceVersion string            `json:"resource_version,omitempty"`
	ResourceName    string            `json:"resource_name,omitempty"`
	Labels          map[string]string `json:"labels,omitempty"`
}

// Made is when the object was created; zero where it does not say.
func (m Metadata) Made() time.Time { return ParseTime(m.CreatedAt) }

// ParseTime reads a time of the wire: RFC 3339 with any number of digits. What is
// none, and the year 1 that stands for none, are the zero time.
func ParseTime(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Year() <= 1 {
		return time.Time{}
	}
	return at
}

// Reference names an object of another kind.
type Reference struct {
	ID string `json:"id"`
}

// Error is an answer that says no. Hosts differ: a list of errors, one message, or
// an error object.
type Error struct {
	Errors []struct {
		Status string `json:"status"`
		Code   string `json:"code"`
		Title  string `json:"title"`
		Detail string `json:"detail"`
		Source struct {
			Pointer   string `json:"pointer"`
			Parameter string `json:"parameter"`
		} `json:"source"`
	} `json:"errors"`
	Message string          `json:"message"`
	Error   json.RawMessage `json:"error"`
}

// List is one page of a list. Next is an address that holds the token of the page
// behind it; absent or empty on the last.
type List struct {
	Metadata struct {
		Next      string `json:"next"`
		TotalSize int64  `json:"total_size"` // not to be relied on
	} `json:"metadata"`
	Data []json.RawMessage `json:"data"`
}
