// Package model is what an object of the server is: its record as it is
// stored, the store's interface, the documents and states that the API's rules
// and control share, and the errors by which a request is refused. It knows
// neither SQL nor HTTP.
package model

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"drey/client/cmf"
)

// KindID names a kind in the store.
type KindID string

// The kinds that are stored. Orphans are no objects of the API: each is a job
// whose object was deleted by force and which control still has to end.
const (
	KindEnvironment          KindID = "environment"
	KindApplication          KindID = "application"
	KindInstance             KindID = "instance"
	KindEvent                KindID = "event"
	KindStatement            KindID = "statement"
	KindComputePool          KindID = "compute-pool"
	KindApplicationSavepoint KindID = "application-savepoint"
	KindStatementSavepoint   KindID = "statement-savepoint"
	KindDetachedSavepoint    KindID = "detached-savepoint"
	KindSecret               KindID = "secret"
	KindSecretMapping        KindID = "secret-mapping"
	KindCatalog              KindID = "catalog"
	KindDatabase             KindID = "database"
	KindCluster              KindID = "cluster"
	KindOrphan               KindID = "orphan"
)

// Scope says where objects live: Env is empty for global kinds, Parent names
// the application, statement or catalog of kinds that live in one.
type Scope struct {
	Kind   KindID
	Env    string
	Parent string
}

// In is the scope of another kind in the same environment.
func (s Scope) In(kind KindID, parent string) Scope {
	return Scope{Kind: kind, Env: s.Env, Parent: parent}
}

// Record is an object as it is stored: the wire document and, beside it, what
// lists select and sort by.
type Record struct {
	Scope
	Name    string
	UID     string
	State   string // what filter= selects by as state, phase or type
	Link    string // a name that is looked up: a statement's pool
	Created time.Time
	Updated time.Time // last change of the specification
	// Due is when control has to look at the object; the zero time is never.
	Due             time.Time
	Labels          map[string]string
	Doc             cmf.Object
	ControllerState cmf.Object // what control must remember and clients never see
}

// RandomHex returns n random hex digits, as for Flink's job ids with 32.
func RandomHex(n int) string {
	raw := make([]byte, (n+1)/2)
	_, _ = rand.Read(raw)
	return hex.EncodeToString(raw)[:n]
}
