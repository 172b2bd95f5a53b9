package model

import (
	"time"

	"drey/client/cmf"

	"github.com/google/uuid"
)

// Most events and instances that an application keeps.
const (
	MaxEvents    = 100
	MaxInstances = 100
)

// NewEvent is what an event tells; an empty Instance is for CMF_STATUS.
type NewEvent struct {
	Status   cmf.EventStatus
	Instance string
	At       time.Time // the zero time: now
}

// AppendEvent writes an event and forgets the oldest above MaxEvents.
func AppendEvent(tx Tx, now time.Time, scope Scope, event NewEvent) error {
	newest, err := tx.Find(scope, Query{Order: []Order{{Field: Field{Column: ColumnCreated}, Desc: true}}, Limit: 1})
	if err != nil {
		return err
	}
	at := event.At
	if at.IsZero() {
		at = now
	}
	if len(newest.Records) > 0 && !at.After(newest.Records[0].Created) {
		at = newest.Records[0].Created.Add(1)
	}
	if err := tx.Put(EventRecord(scope, event, at)); err != nil {
		return err
	}
	return prune(tx, scope, newest.Total+1-MaxEvents)
}

// EventRecord is an event as it is stored.
func EventRecord(scope Scope, event NewEvent, at time.Time) Record {
	id := uuid.NewString()
	return Record{
		Scope: scope, Name: id, UID: id, State: event.Status.Type, Link: event.Instance,
		Created: at, Updated: at,
		Doc: MustEncode(cmf.Event{
			APIVersion: cmf.AlphaAPIVersion, Kind: cmf.Events.Name,
			Metadata: cmf.EventMetadata{Name: id, UID: id, CreationTimestamp: cmf.Time(at), Instance: event.Instance},
			Status:   event.Status,
		}),
	}
}

// prune deletes the oldest records of a scope.
func prune(tx Tx, scope Scope, surplus int64) error {
	if surplus <= 0 {
		return nil
	}
	oldest, err := tx.Find(scope, Query{Limit: int(surplus)})
	if err != nil {
		return err
	}
	for _, record := range oldest.Records {
		if err := tx.Delete(scope, record.Name); err != nil {
			return err
		}
	}
	return nil
}

// PutInstance stores an instance and forgets the oldest above MaxInstances.
func PutInstance(tx Tx, scope Scope, instance cmf.Instance, at time.Time) error {
	if err := tx.Put(InstanceRecord(scope, instance, at)); err != nil {
		return err
	}
	found, err := tx.Find(scope, Query{Limit: 1})
	if err != nil {
		return err
	}
	return prune(tx, scope, found.Total-MaxInstances)
}

// InstanceRecord is an instance as it is stored; its name is its uid.
func InstanceRecord(scope Scope, instance cmf.Instance, at time.Time) Record {
	instance.APIVersion, instance.Kind = cmf.APIVersion, cmf.Instances.Name
	instance.Metadata.UID = instance.Metadata.Name
	if instance.Metadata.CreationTimestamp == "" {
		instance.Metadata.CreationTimestamp = cmf.Time(at)
		instance.Metadata.UpdateTimestamp = cmf.Time(at)
	}
	return Record{
		Scope: scope, Name: instance.Metadata.Name, UID: instance.Metadata.Name,
		Created: at, Updated: at, Doc: MustEncode(instance),
	}
}
