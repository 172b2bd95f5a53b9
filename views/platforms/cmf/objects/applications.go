// Package objects says what CMF's objects tell of themselves: their states and what
// these mean, sizes, times, and the collections that they are in.
package objects

import (
	"cmp"
	"fmt"
	"time"

	"drey/client/cmf"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/grid"
	"drey/views/resource"
	"drey/views/why"
)

// App is an application in a list.
type App = resource.Item[cmf.FlinkApplication]

// ApplicationState is the one word for how an application is, from its life
// cycle and its job, and what it means.
func ApplicationState(a cmf.FlinkApplication) (string, themes.Tone) {
	life, job := a.LifecycleState(), a.JobState()
	switch life {
	case cmf.LifecycleSuspended:
		return life, themes.Idle
	case cmf.LifecycleFailed, cmf.LifecycleRolledBack:
		return life, themes.Bad
	case cmf.LifecycleDeleting, cmf.LifecycleDeleted, cmf.LifecycleRollingBack:
		return life, themes.Busy
	case cmf.LifecycleUpgrading:
		if a.DesiredState() == cmf.DesiredSuspended {
			return "SUSPENDING", themes.Busy
		}
		return life, themes.Busy
	}
	return JobState(job, life)
}

// JobState is the word for a job's state and what it means; life, of the application's
// life cycle, stands in where there is no job.
func JobState(job, life string) (string, themes.Tone) {
	switch job {
	case cmf.JobRunning:
		return job, themes.Good
	case cmf.JobFailed:
		return job, themes.Bad
	case cmf.JobFailing, cmf.JobRestarting:
		return job, themes.Warn
	case cmf.JobFinished:
		return job, themes.Done
	case cmf.JobCanceled, cmf.JobSuspended:
		return job, themes.Idle
	case cmf.JobCancelling:
		return job, themes.Busy
	case cmf.JobReconciling, cmf.JobInitializing, cmf.JobCreated:
		return "DEPLOYING", themes.Busy
	case "":
		switch life {
		case cmf.LifecycleCreated, cmf.LifecycleDeployed, cmf.LifecycleStable, cmf.LifecycleUpgrading:
			return life, themes.Busy
		}
		return life, themes.Unknown
	}
	return job, themes.Unknown
}

// SavepointMark is the last savepoint as the application's status tells it.
type SavepointMark struct {
	At         time.Time
	Size       int64
	Name, Kind string
}

// StateWithoutSavepoint is what a job that no savepoint can be taken of starts again from,
// where its upgrade mode is savepoint.
const StateWithoutSavepoint = "its last checkpoint or, without one, what it was started from"

// NoSavepointOf says why its upgrade takes no savepoint, "" where it takes one.
func NoSavepointOf(mode, job string) string {
	if mode != cmf.UpgradeModeSavepoint || job == cmf.JobRunning {
		return ""
	}
	return "its job is " + cmp.Or(job, "not there") + ": no savepoint can be taken"
}

// LastSavepoint is the newest savepoint that an application's status tells of, false
// without one.
func LastSavepoint(a cmf.FlinkApplication) (SavepointMark, bool) {
	last := a.Status.Object("jobStatus", "savepointInfo", "lastSavepoint")
	at := millis(last.String("timeStamp"))
	if at.IsZero() {
		at = millis(a.Status.String("jobStatus", "savepointInfo", "lastPeriodicSavepointTimestamp"))
	}
	if at.IsZero() {
		return SavepointMark{}, false
	}
	bytes, _ := last.Int("size")
	return SavepointMark{At: at, Size: bytes, Name: last.String("name"), Kind: last.String("formatType")}, true
}

// StringMap are the texts of an object, nil where it is empty.
func StringMap(o cmf.Object) map[string]string {
	if len(o) <= 2 {
		return nil
	}
	m := map[string]string{}
	for k, v := range o.Map() {
		if s, ok := v.(string); ok {
			m[k] = s
		}
	}
	return m
}

// ApplicationFacts are what a row's projection tells of an application.
func ApplicationFacts(i App, now time.Time) []views.Fact {
	a := i.Value
	sp, has := LastSavepoint(a)
	savepoint := views.Fact{Label: "savepoint", Text: cells.Join(
		cells.Ago(sp.At, now), cells.Size(sp.Size), sp.Name, sp.Kind,
	)}
	if !has {
		savepoint = views.Fact{Label: "savepoint", Text: "never", Tone: themes.Warn}
	}
	facts := []views.Fact{
		{Label: "error", Text: why.Cause(a.Status.String("error")), Tone: themes.Bad},
		{Label: "warning", Text: a.Status.String("warning"), Tone: themes.Warn},
		savepoint,
		{Label: "flink", Text: cells.Join(a.Spec.String("flinkVersion"), "parallelism "+grid.Thousands(a.Parallelism()), "upgrade "+a.UpgradeMode())},
	}
	if started := millis(a.Status.String("jobStatus", "startTime")); !started.IsZero() &&
		a.JobState() == cmf.JobRunning {
		facts = append(facts, views.Fact{Label: "running", Text: cells.Join(
			"for "+grid.AgeText(now.Sub(started)), "job "+CellShort(a.JobID()),
		)})
	}
	return facts
}

// WholeFacts are those that the list's projection does not bring.
func WholeFacts(a cmf.FlinkApplication) []views.Fact {
	facts := []views.Fact{
		{Label: "image", Text: a.Spec.String("image")},
		{Label: "entry", Text: cells.Join(a.Spec.String("job", "entryClass"), a.Spec.String("job", "jarURI"))},
	}
	last := a.Status.Object("jobStatus", "checkpointInfo", "lastCheckpoint")
	at := millis(last.String("timeStamp"))
	if at.IsZero() {
		return facts
	}
	bytes, _ := last.Int("size")
	return append(facts, views.Fact{Label: "checkpoint", Text: cells.Join(
		at.UTC().Format("15:04:05")+" UTC", cells.Size(bytes), last.String("formatType"),
	)})
}

// ReachedState tells how far an application is on its way to a state.
func ReachedState(now cmf.FlinkApplication, want string) (resource.Progress, error) {
	word, _ := ApplicationState(now)
	p := resource.Progress{State: word}
	if now.DesiredState() != want {
		p.Overtaken = "it was asked to be " + now.DesiredState() + " again meanwhile"
		return p, nil
	}
	switch now.LifecycleState() {
	case cmf.LifecycleFailed, cmf.LifecycleRolledBack:
		return p, fmt.Errorf("it is %s: %s", now.LifecycleState(), cmp.Or(
			why.Cause(now.Status.String("error")), "the server does not say why",
		))
	}
	if want == cmf.DesiredSuspended {
		p.Done = now.LifecycleState() == cmf.LifecycleSuspended
		return p, nil
	}
	if life := now.LifecycleState(); life == cmf.LifecycleSuspended || life == cmf.LifecycleUpgrading {
		return p, nil // what is told of its job is of the one before
	}
	switch now.JobState() {
	case cmf.JobFailed:
		return p, fmt.Errorf("its job is FAILED: %s", cmp.Or(
			why.Cause(now.Status.String("error")), "the server does not say why",
		))
	case cmf.JobRunning, cmf.JobFinished:
		p.Done = true
	}
	return p, nil
}
