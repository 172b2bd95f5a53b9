package service

import (
	"context"
	"net/url"
	"time"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

// Rules says what is particular to one kind of object; hosted does the rest.
// One more kind is one file with its Rules and a line in Service.resources.
type Rules[T any] struct {
	ID     model.KindID
	Kind   cmf.Kind
	Owner  model.KindID // of kinds that live in an application, statement or catalog
	Naming body.NameRule
	// NameField is where clients write the name; metadata.name unless set.
	NameField string
	// UpdateOnly is for kinds that clients neither create nor delete.
	UpdateOnly bool
	List       lists.Listing
	// Replies says how successes are answered.
	Replies Replies
	Access  Access[T]
	// Sent refuses what is seen only in the body as it came, before Plan.
	Sent func(sent cmf.Object) error
	// Plan runs before the transaction of a create and may ask the engine;
	// Check finds what it returns in op.Planned.
	Plan func(ctx context.Context, s *Service, scope model.Scope, object *T) (any, error)
	// Check refuses, fills what is left out, and sets the record's columns.
	// op.Old is nil for a create.
	Check func(op *WriteOp[T]) error
	// Written does what follows from a write, in the same transaction.
	Written func(op *WriteOp[T]) error
	// Delete replaces the plain removal of op.Old.
	Delete func(op *WriteOp[T]) (Outcome, error)
	// Show adds what was asked for to the stored document.
	Show func(show *ShowOp) (cmf.Object, error)
}

// Replies are the outcomes of a kind's writes, where they differ.
type Replies struct {
	Created     bool       // a create is 201, else 200
	EmptyUpdate bool       // an update answers without a body
	TakenCode   model.Code // of creating what exists; CodeConflict unless set
}

// Access reads and stamps what every object carries somewhere.
type Access[T any] struct {
	Name   func(*T) string
	Labels func(*T) map[string]string
	// Keep copies what sent leaves out from old (labels, annotations).
	Carry func(old, object *T, sent cmf.Object)
	// Stamp writes what the server owns.
	Stamp func(*T, Stamp)
}

// Stamp is what the server owns of an object.
type Stamp struct {
	Name, UID        string
	Created, Updated time.Time
}

// WriteOp is one write of one object.
type WriteOp[T any] struct {
	// Unchanged is set by Check: the write says what is stored already, and
	// nothing is written.
	Unchanged bool
	Service   *Service
	Tx        model.Tx
	Scope     model.Scope
	Now       time.Time
	Sent      cmf.Object // the body as it came
	Force     bool
	Planned   any
	Old, New  *T
	Record    *model.Record // what will be stored, or is deleted
	Warnings  []string
}

// ShowOp is one object on its way out.
type ShowOp struct {
	Service   *Service
	Reader    model.Reader
	Record    model.Record
	Resources bool // include-resource-information
	Single    bool // a GET of this object, not a list
	Volatile  bool // set by Show: the answer depends on more than the store
	// Read keeps what was read for other objects of the same answer.
	Read map[string][]string
	// Page are the names of the objects of the same answer, and Shared what
	// was read for all of them at once; nil outside of lists.
	Page   []string
	Shared *Shared
}

// Shared is what the objects of a list read together.
type Shared struct {
	overviews map[string]model.Overview
	clusters  map[string]*cmf.ClusterStatus
}

// Outcome is how a success is answered.
type Outcome int

// The outcomes.
const (
	OutcomeOK Outcome = iota
	OutcomeCreated
	OutcomeAccepted
	OutcomeNoContent
)

// Answer is a success: a JSON document and what it was made from.
type Answer struct {
	Outcome  Outcome
	Body     []byte // JSON, nil for none
	Warnings []string
	// Topics are what the body was made from as of Sequence; Volatile means
	// that it depends on more.
	Topics   []model.Topic
	Sequence uint64
	Volatile bool
}

// Resource is a kind as httpapi sees it. Bodies are JSON documents.
type Resource interface {
	ID() model.KindID
	Kind() cmf.Kind
	// Writable says whether clients write objects of the kind, Creatable
	// whether they create and delete them too.
	Writable() bool
	Creatable() bool
	List(ctx context.Context, scope model.Scope, values url.Values) (Answer, error)
	Get(ctx context.Context, scope model.Scope, name string, values url.Values) (Answer, error)
	Write(ctx context.Context, scope model.Scope, write Write) (Answer, error)
	Delete(ctx context.Context, scope model.Scope, name string, values url.Values) (Answer, error)
}

// Write is a create (no Name) or an update.
type Write struct {
	Name string
	Body []byte
}

// typedAccess is Access for kinds with typed metadata.
func typedAccess[T any, P headed[T]](kind cmf.Kind) Access[T] {
	meta := func(t *T) *cmf.Metadata { return P(t).Head().Metadata }
	return Access[T]{
		Name:   func(t *T) string { return meta(t).Name },
		Labels: func(t *T) map[string]string { return meta(t).Labels },
		Carry: func(old, object *T, sent cmf.Object) {
			carryMetadata(meta(old), meta(object), sent)
		},
		Stamp: func(t *T, s Stamp) {
			h := P(t).Head()
			*h.APIVersion, *h.Kind = cmf.APIVersion, kind.Name
			h.Metadata.Name, h.Metadata.UID = s.Name, s.UID
			h.Metadata.CreationTimestamp, h.Metadata.UpdateTimestamp = cmf.Time(s.Created), cmf.Time(s.Updated)
		},
	}
}

// headed is what points to an object that begins as all do.
type headed[T any] interface {
	*T
	Head() cmf.Head
}

func carryMetadata(old, object *cmf.Metadata, sent cmf.Object) {
	if sent.Get("metadata", "labels") == nil {
		object.Labels = old.Labels
	}
	if sent.Get("metadata", "annotations") == nil {
		object.Annotations = old.Annotations
	}
}
