package control

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
	"drey/server/model"

	"github.com/google/uuid"
	"github.com/reugn/go-quartz/quartz"
)

// Keys of the operator for savepoints that are taken by themselves: how often,
// and how many are kept (10 unless it says so).
const (
	periodicInterval = "kubernetes.operator.periodic.savepoint.interval"
	historyCount     = "kubernetes.operator.savepoint.history.max.count"
	historyDefault   = 10
)

// periodic takes a savepoint of a running job when one is due, and says when to
// look again: at next, or earlier. The first is due an interval after the
// application was made, as the operator has it.
func (a *app) periodic(tx model.Tx, engine engine.Savepoints, next time.Time) (time.Time, error) {
	text := a.effective.String("flinkConfiguration", periodicInterval)
	if text == "" || a.status.JobStatus.State != cmf.JobRunning {
		return next, nil
	}
	after, err := schedule(text)
	if err != nil {
		a.status.Error = fmt.Sprintf("%s: %v", periodicInterval, err)
		return next, nil
	}
	info := &a.status.JobStatus.SavepointInfo
	last := a.record.Created
	if info.LastPeriodic > 0 {
		last = time.UnixMilli(info.LastPeriodic)
	}
	if due := after(last); due.IsZero() || due.After(a.now) {
		return earlier(next, due), nil
	}
	taken, err := a.takePeriodic(tx, engine)
	if err != nil {
		return next, err
	}
	if taken {
		info.LastPeriodic = a.now.UnixMilli()
	}
	return earlier(next, after(a.now)), nil
}

// schedule reads a period as the operator has it: a duration such as "6 h", or
// a cron expression of Quartz in UTC such as "0 0 6 * * ?". It gives the next
// time after one; the zero time is never.
func schedule(text string) (after func(time.Time) time.Time, err error) {
	if every, err := engine.ParseDuration(text); err == nil {
		return func(t time.Time) time.Time {
			if every <= 0 {
				return time.Time{}
			}
			return t.Add(every)
		}, nil
	}
	cron, err := quartz.NewCronTrigger(text)
	if err != nil {
		return nil, fmt.Errorf(
			"%q is neither a duration such as \"6 h\" nor a cron expression such as \"0 0 6 * * ?\"", text,
		)
	}
	return func(t time.Time) time.Time {
		next, err := cron.NextFireTime(t.UnixNano())
		if err != nil { // such as a year that is over
			return time.Time{}
		}
		return time.Unix(0, next).UTC()
	}, nil
}

// earlier is the earlier of two times, of which the zero time is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// takePeriodic makes the savepoint, unless one is under way, and has those
// deleted that are too many.
func (a *app) takePeriodic(tx model.Tx, engine engine.Savepoints) (bool, error) {
	scope := a.record.In(model.KindApplicationSavepoint, a.record.Name)
	found, err := tx.Find(scope, model.Query{})
	if err != nil {
		return false, err
	}
	var earlier []model.Record
	for _, record := range found.Records {
		if record.State == cmf.SavepointPending || record.State == cmf.SavepointInProgress {
			return false, nil
		}
		controller, err := model.ReadControllerState[model.SavepointControllerState](record)
		if err != nil {
			return false, err
		}
		if controller.Periodic && !controller.Deleting {
			earlier = append(earlier, record)
		}
	}
	if err := a.tooMany(tx, earlier); err != nil {
		return false, err
	}
	once, none, uid := 0, 0, uuid.NewString()
	object := cmf.Savepoint{
		APIVersion: cmf.APIVersion, Kind: "Savepoint",
		Metadata: cmf.Metadata{
			Name: fmt.Sprintf("%s-savepoint-periodic-%d", a.record.Name, a.now.UnixMilli()), UID: uid,
			CreationTimestamp: cmf.Time(a.now), Labels: map[string]string{},
		},
		Spec: cmf.SavepointSpec{
			FormatType: model.OwnFormat(engine, a.effective.Object("flinkConfiguration")), BackoffLimit: &once,
		},
		Status: &cmf.SavepointStatus{State: cmf.SavepointPending, Failures: &none},
	}
	return true, tx.Put(model.Record{
		Scope: scope, Name: object.Metadata.Name, UID: uid, State: cmf.SavepointPending, Due: a.now,
		Created: a.now, Updated: a.now, Doc: model.MustEncode(object),
		ControllerState: model.MustEncode(model.SavepointControllerState{Periodic: true}),
	})
}

// tooMany has the oldest periodic savepoints deleted, so that with the next one
// there are as many as are kept.
func (a *app) tooMany(tx model.Tx, periodic []model.Record) error {
	save, given := a.effective.Int("flinkConfiguration", historyCount)
	if !given || save < 1 {
		save = historyDefault
	}
	slices.SortFunc(periodic, func(x, y model.Record) int {
		return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.Name, y.Name))
	})
	for ; len(periodic) >= int(save); periodic = periodic[1:] {
		record := periodic[0]
		if record.Doc.String("status", "path") == "" {
			if err := tx.Delete(record.Scope, record.Name); err != nil {
				return err
			}
			continue
		}
		record.Doc = record.Doc.With(true, "status", "pendingDeletion")
		record.ControllerState, record.Due, record.Link = model.MustEncode(
			model.SavepointControllerState{Periodic: true, Deleting: true},
		), a.now, model.LinkDeleting
		if err := tx.Save(record); err != nil {
			return err
		}
	}
	return nil
}

// triggerType is how the operator calls what a savepoint came of.
func triggerType(savepoint model.Record) (string, error) {
	controller, err := model.ReadControllerState[model.SavepointControllerState](savepoint)
	if controller.Periodic {
		return "PERIODIC", err
	}
	return "MANUAL", err
}
