package cmf

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/diff"
	"drey/views/why"
)

type appStage = browse.Stage[cmf.FlinkApplication]

// applicationStages are the requests of everything that is done to an application.
func applicationStages(api *cmfapi.Client) func(views.Verb, app, string) []appStage {
	s := appStages{api}
	return func(verb views.Verb, i app, how string) []appStage {
		said := readHow(how)
		switch verb {
		case verbSuspend:
			if name := said.Get(howSavepoint); name != "" {
				return []appStage{s.savepoint(i, name, "", ""), s.suspend(i)}
			}
			if mode := said.Get(howPlain); mode != "" {
				return []appStage{s.setMode(i, cmf.UpgradeModeLastState, mode), s.suspend(i), s.setMode(i, mode, "")}
			}
			switch said.Get(howUpgrade) {
			case upgradeApplied:
				return []appStage{s.put(i, "what you write", nil)}
			case upgradeSuspended:
				return s.upgrade(i, browse.Edited{}, nil)
			}
			return []appStage{s.suspend(i)}
		case verbUpgrade:
			e, err := browse.ReadEdited(said)
			return s.upgrade(i, e, err)
		case verbStart:
			if mode := said.Get(howFresh); mode != "" {
				return []appStage{s.setMode(i, cmf.UpgradeModeStateless, mode), s.start(i, ""), s.setMode(i, mode, "")}
			}
			return []appStage{s.start(i, said.Get(howFrom))}
		case verbSavepoint:
			return []appStage{askedSavepoint[cmf.FlinkApplication](
				s.api, cmf.ApplicationSavepoints, childScope(i), said,
			)}
		case verbRollBack:
			return []appStage{s.rollBack(i, said.Get(howInstance))}
		case verbDelete:
			if name := said.Get(howSavepoint); name != "" {
				return []appStage{s.savepoint(i, name, "", ""), s.detach(i, name), s.remove(i)}
			}
			return []appStage{s.remove(i)}
		}
		return nil
	}
}

// appStages makes the stages of one server's applications.
type appStages struct{ api *cmfapi.Client }

func appPath(i app) string { return cmf.Applications.ItemPath(scopeOf(i.Location), i.Value.Name()) }

func (s appStages) suspend(i app) appStage {
	stage := s.change(i, verbSuspend, "")
	back := s.change(i, verbStart, "")
	stage.Back = &back
	return stage
}

func (s appStages) start(i app, from string) appStage {
	stage := s.change(i, verbStart, from)
	back := s.change(i, verbSuspend, "")
	stage.Back = &back
	return stage
}

// change asks for the other state; from is the UID of a savepoint to start from.
func (s appStages) change(i app, verb views.Verb, from string) appStage {
	path, want := appPath(i)+"/"+verb.Do, cmf.DesiredRunning
	if verb == verbSuspend {
		want = cmf.DesiredSuspended
	}
	if from != "" {
		path += "?startFromSavepointUid=" + url.QueryEscape(from)
	}
	return appStage{
		Step: views.Step{Method: "POST", Path: path}, Label: verb.Do,
		Send: func(ctx context.Context, i app) (string, error) {
			var err error
			text := ""
			if verb == verbSuspend {
				_, err = s.api.SuspendApplication(ctx, scopeOf(i.Location), i.Value.Name())
			} else {
				_, err = s.api.StartApplication(ctx, scopeOf(i.Location), i.Value.Name(), from)
			}
			if from != "" {
				text = "from savepoint " + cellShort(from)
			}
			return text, err
		},
		Took: func(_ context.Context, now app) (bool, error) { return now.Value.DesiredState() == want, nil },
		Reached: func(_ context.Context, now app) (browse.Progress, error) {
			return reachedState(now.Value, want)
		},
	}
}

// reachedState tells how far an application is on its way to a state.
func reachedState(now cmf.FlinkApplication, want string) (browse.Progress, error) {
	word, _ := ApplicationState(now)
	p := browse.Progress{State: word}
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

// setMode changes the upgrade mode in the specification as it is just before, and
// nothing else of it: the operator restarts no job for that (cmf-behaviour.md
// §2.2). former is the mode that the way back puts there, "" for none.
func (s appStages) setMode(i app, mode, former string) appStage {
	stage := s.put(i, "upgrade mode "+mode, func(_ context.Context, _ app, doc cmf.FlinkApplication) (cmf.FlinkApplication, error) {
		doc.Spec = doc.Spec.With(mode, "job", "upgradeMode")
		return doc, nil
	})
	stage.Took = func(_ context.Context, now app) (bool, error) { return now.Value.UpgradeMode() == mode, nil }
	if former != "" {
		back := s.setMode(i, former, "")
		stage.Back = &back
	}
	return stage
}

// upgrade suspends the application, puts the change into it, and starts it.
func (s appStages) upgrade(i app, e browse.Edited, err error) []appStage {
	change, back := s.edited(i, "change", e, err), s.edited(i, "change back", e.Back(), err)
	change.Back = &back
	return []appStage{s.suspend(i), change, s.start(i, "")}
}

// edited puts what a person changed into the specification as it is by then; unreadable
// is why that is not known.
func (s appStages) edited(i app, label string, e browse.Edited, unreadable error) appStage {
	into := func(a cmf.FlinkApplication, e browse.Edited) (was, is any, err error) {
		if unreadable != nil {
			return nil, nil, unreadable
		}
		raw, err := json.Marshal(written(a))
		if err == nil {
			was, err = diff.Parse(raw)
		}
		if err == nil {
			is, err = e.Into(was)
		}
		return was, is, err
	}
	stage := s.put(i, label, func(_ context.Context, _ app, doc cmf.FlinkApplication) (out cmf.FlinkApplication, err error) {
		_, is, err := into(doc, e)
		if err != nil {
			return doc, err
		}
		raw, err := json.Marshal(is)
		if err != nil {
			return doc, err
		}
		return out, json.Unmarshal(raw, &out)
	})
	stage.Took = func(_ context.Context, now app) (bool, error) {
		was, is, err := into(now.Value, e)
		return err == nil && diff.Equal(was, is), unreadable
	}
	return stage
}

// put posts the application as it is just before with a change.
func (s appStages) put(
	i app, label string, change func(context.Context, app, cmf.FlinkApplication) (cmf.FlinkApplication, error),
) appStage {
	return appStage{
		Step: views.Step{Method: "POST", Path: cmf.Applications.Path(scopeOf(i.Location)), Remark: label}, Label: label,
		Send: func(ctx context.Context, i app) (string, error) {
			scope := scopeOf(i.Location)
			doc, err := cmfapi.Get[cmf.FlinkApplication](ctx, s.api, cmf.Applications, scope, i.Value.Name())
			if err != nil {
				return "", err
			}
			if uid := i.Value.UID(); uid != "" && doc.UID() != uid {
				return "", errors.New("it was deleted and made again meanwhile")
			}
			if doc, err = change(ctx, i, written(doc)); err != nil {
				return "", err
			}
			_, err = cmfapi.Update(ctx, s.api, cmf.Applications, scope, i.Value.Name(), doc)
			return "", err
		},
	}
}

// written is an application without what the server adds to it.
func written(a cmf.FlinkApplication) cmf.FlinkApplication {
	a.Status = nil
	for _, name := range serverMembers {
		a.Metadata = a.Metadata.With(nil, name)
	}
	return a
}

func (s appStages) savepoint(i app, name, format, path string) appStage {
	return savepointStage[cmf.FlinkApplication](s.api, cmf.ApplicationSavepoints, childScope(i), name, format, path)
}

// askedSavepoint takes a savepoint of an object with the name, the format and the
// path that were given.
func askedSavepoint[T any](api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, said url.Values) browse.Stage[T] {
	name := cmp.Or(said.Get(howName), savepointNameFor(scope.Parent, cmp.Or(said.Get(howNew), "drey")))
	format := said.Get(howFormat)
	if format == formatDefault {
		format = ""
	}
	return savepointStage[T](api, kind, scope, name, format, said.Get(howPath))
}

// savepointStage takes a savepoint under a name of ours, so that one whose answer was
// lost is found again and not taken twice.
func savepointStage[T any](
	api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, name, format, path string,
) browse.Stage[T] {
	body := cmf.Savepoint{
		APIVersion: cmf.APIVersion, Kind: "Savepoint", Metadata: cmf.Metadata{Name: name},
		Spec: cmf.SavepointSpec{FormatType: format, Path: path},
	}
	find := func(ctx context.Context) (cmf.Savepoint, error) {
		return cmfapi.Get[cmf.Savepoint](ctx, api, kind, scope, name)
	}
	return browse.Stage[T]{
		Step: views.Step{Method: "POST", Path: kind.Path(scope)}, Label: "savepoint",
		Send: func(ctx context.Context, _ browse.Item[T]) (string, error) {
			_, err := cmfapi.Create(ctx, api, kind, scope, body)
			return "", err
		},
		Took: func(ctx context.Context, _ browse.Item[T]) (bool, error) { return there(find(ctx)) },
		Reached: func(ctx context.Context, _ browse.Item[T]) (browse.Progress, error) {
			sp, err := find(ctx)
			if err != nil {
				return browse.Progress{}, err
			}
			return reachedSavepoint(sp)
		},
	}
}

// there tells from reading an object whether there is one.
func there[T any](_ T, err error) (bool, error) {
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

func reachedSavepoint(sp cmf.Savepoint) (browse.Progress, error) {
	p := browse.Progress{State: sp.State()}
	switch sp.State() {
	case cmf.SavepointCompleted:
		p.Done, p.Text = true, cells.Join(
			sp.Metadata.Name, sp.State(), cells.Size(savepointSize(sp)), savepointTook(sp),
		)
	case cmf.SavepointFailed, cmf.SavepointAbandoned:
		return p, fmt.Errorf("savepoint %s %s: %s", sp.Metadata.Name, sp.State(), cmp.Or(
			why.Cause(savepointError(sp)), "the server does not say why",
		))
	}
	return p, nil
}

// savepointTook is how long it took, "" where the server does not tell.
func savepointTook(s cmf.Savepoint) string {
	if s.Status == nil {
		return ""
	}
	from, to := cmf.ParseTime(s.Status.TriggerTimestamp), cmf.ParseTime(s.Status.ResultTimestamp)
	if from.IsZero() || !to.After(from) {
		return ""
	}
	return fmt.Sprintf("%.1f s", to.Sub(from).Seconds())
}

// detach makes a savepoint outlive the application.
func (s appStages) detach(i app, name string) appStage {
	scope := childScope(i)
	return appStage{
		Step:  views.Step{Method: "POST", Path: cmf.ApplicationSavepoints.ItemPath(scope, name) + "/detach"},
		Label: "detach",
		Send: func(ctx context.Context, _ app) (string, error) {
			_, err := s.api.DetachSavepoint(ctx, scope, name)
			return "state in detached savepoint " + name, err
		},
		Took: func(ctx context.Context, _ app) (bool, error) {
			return there(cmfapi.GetRaw(ctx, s.api, cmf.DetachedSavepoints, cmf.Scope{}, name))
		},
	}
}

func (s appStages) remove(i app) appStage {
	return deleteStage(s.api, cmf.Applications, scopeOf(i.Location), i.Value.Name(), func(a cmf.FlinkApplication) bool {
		return a.LifecycleState() == cmf.LifecycleDeleting
	})
}
