package actions

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views"
	"drey/views/diff"
	"drey/views/platforms/cmf/lists"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

type appStage = resource.Stage[cmf.FlinkApplication]

// ApplicationStages are the requests of everything that is done to an application.
func ApplicationStages(api *cmfapi.Client) func(views.Verb, objects.App, string) []appStage {
	s := appStages{api}
	return func(verb views.Verb, i objects.App, how string) []appStage {
		said := ReadHow(how)
		switch verb {
		case resource.VerbSuspend:
			if name := said.Get(HowSavepoint); name != "" {
				return []appStage{s.savepoint(i, name, "", ""), s.suspend(i)}
			}
			if mode := said.Get(HowPlain); mode != "" {
				return []appStage{s.setMode(i, cmf.UpgradeModeLastState, mode), s.suspend(i), s.setMode(i, mode, "")}
			}
			switch said.Get(howUpgrade) {
			case upgradeApplied:
				return []appStage{s.put(i, "what you write", nil)}
			case upgradeSuspended:
				return s.upgrade(i, resource.Edited{}, nil)
			}
			return []appStage{s.suspend(i)}
		case VerbUpgrade:
			e, err := resource.ReadEdited(said)
			return s.upgrade(i, e, err)
		case resource.VerbStart:
			if mode := said.Get(HowFresh); mode != "" {
				return []appStage{s.setMode(i, cmf.UpgradeModeStateless, mode), s.start(i, ""), s.setMode(i, mode, "")}
			}
			return []appStage{s.start(i, said.Get(HowFrom))}
		case resource.VerbSavepoint:
			return []appStage{askedSavepoint[cmf.FlinkApplication](
				s.api, cmf.ApplicationSavepoints, objects.ChildScope(i), said,
			)}
		case resource.VerbRollBack:
			return []appStage{s.rollBack(i, said.Get(HowInstance))}
		case resource.VerbDelete:
			if name := said.Get(HowSavepoint); name != "" {
				return []appStage{s.savepoint(i, name, "", ""), s.detach(i, name), s.remove(i)}
			}
			return []appStage{s.remove(i)}
		}
		return nil
	}
}

// appStages makes the stages of one server's applications.
type appStages struct{ api *cmfapi.Client }

func appPath(i objects.App) string {
	return cmf.Applications.ItemPath(objects.ScopeOf(i.Location), i.Value.Name())
}

func (s appStages) suspend(i objects.App) appStage {
	stage := s.change(i, resource.VerbSuspend, "")
	back := s.change(i, resource.VerbStart, "")
	stage.Back = &back
	return stage
}

func (s appStages) start(i objects.App, from string) appStage {
	stage := s.change(i, resource.VerbStart, from)
	back := s.change(i, resource.VerbSuspend, "")
	stage.Back = &back
	return stage
}

// change asks for the other state; from is the UID of a savepoint to start from.
func (s appStages) change(i objects.App, verb views.Verb, from string) appStage {
	path, want := appPath(i)+"/"+verb.Do, cmf.DesiredRunning
	if verb == resource.VerbSuspend {
		want = cmf.DesiredSuspended
	}
	if from != "" {
		path += "?startFromSavepointUid=" + url.QueryEscape(from)
	}
	return appStage{
		Step: views.Step{Method: "POST", Path: path}, Label: verb.Do,
		Send: func(ctx context.Context, i objects.App) (string, error) {
			var err error
			text := ""
			if verb == resource.VerbSuspend {
				_, err = s.api.SuspendApplication(ctx, objects.ScopeOf(i.Location), i.Value.Name())
			} else {
				_, err = s.api.StartApplication(ctx, objects.ScopeOf(i.Location), i.Value.Name(), from)
			}
			if from != "" && err == nil {
				text = "from savepoint " + lists.SavepointTitle(ctx, s.api, cmf.ApplicationSavepoints, objects.ChildScope(i), from)
			}
			return text, err
		},
		Took: func(_ context.Context, now objects.App) (bool, error) { return now.Value.DesiredState() == want, nil },
		Reached: func(_ context.Context, now objects.App) (resource.Progress, error) {
			return objects.ReachedState(now.Value, want)
		},
	}
}

// setMode changes the upgrade mode in the specification as it is just before, and
// nothing else of it: the operator restarts no job for that (cmf-behaviour.md
// §2.2). former is the mode that the way back puts there, "" for none.
func (s appStages) setMode(i objects.App, mode, former string) appStage {
	stage := s.put(
		i, "upgrade mode "+mode,
		func(_ context.Context, _ objects.App, doc cmf.FlinkApplication) (cmf.FlinkApplication, error) {
			doc.Spec = doc.Spec.With(mode, "job", "upgradeMode")
			return doc, nil
		},
	)
	stage.Took = func(_ context.Context, now objects.App) (bool, error) { return now.Value.UpgradeMode() == mode, nil }
	if former != "" {
		back := s.setMode(i, former, "")
		stage.Back = &back
	}
	return stage
}

// upgrade suspends the application, puts the change into it, and starts it.
func (s appStages) upgrade(i objects.App, e resource.Edited, err error) []appStage {
	change, back := s.edited(i, "change", e, err), s.edited(i, "change back", e.Back(), err)
	change.Back = &back
	return []appStage{s.suspend(i), change, s.start(i, "")}
}

// edited puts what a person changed into the specification as it is by then; unreadable
// is why that is not known.
func (s appStages) edited(i objects.App, label string, e resource.Edited, unreadable error) appStage {
	into := func(a cmf.FlinkApplication, e resource.Edited) (was, is any, err error) {
		if unreadable != nil {
			return nil, nil, unreadable
		}
		raw, err := json.Marshal(Written(a))
		if err == nil {
			was, err = diff.Parse(raw)
		}
		if err == nil {
			is, err = e.Into(was)
		}
		return was, is, err
	}
	stage := s.put(
		i, label,
		func(_ context.Context, _ objects.App, doc cmf.FlinkApplication) (out cmf.FlinkApplication, err error) {
			_, is, err := into(doc, e)
			if err != nil {
				return doc, err
			}
			raw, err := json.Marshal(is)
			if err != nil {
				return doc, err
			}
			return out, json.Unmarshal(raw, &out)
		},
	)
	stage.Took = func(_ context.Context, now objects.App) (bool, error) {
		was, is, err := into(now.Value, e)
		return err == nil && diff.Equal(was, is), unreadable
	}
	return stage
}

// put posts the application as it is just before with a change.
func (s appStages) put(
	i objects.App, label string,
	change func(context.Context, objects.App, cmf.FlinkApplication) (cmf.FlinkApplication, error),
) appStage {
	return appStage{
		Step:  views.Step{Method: "POST", Path: cmf.Applications.Path(objects.ScopeOf(i.Location)), Remark: label},
		Label: label,
		Send: func(ctx context.Context, i objects.App) (string, error) {
			scope := objects.ScopeOf(i.Location)
			doc, err := cmfapi.Get[cmf.FlinkApplication](ctx, s.api, cmf.Applications, scope, i.Value.Name())
			if err != nil {
				return "", err
			}
			if uid := i.Value.UID(); uid != "" && doc.UID() != uid {
				return "", errors.New("it was deleted and made again meanwhile")
			}
			if doc, err = change(ctx, i, Written(doc)); err != nil {
				return "", err
			}
			_, err = cmfapi.Update(ctx, s.api, cmf.Applications, scope, i.Value.Name(), doc)
			return "", err
		},
	}
}

// Written is an application without what the server adds to it.
func Written(a cmf.FlinkApplication) cmf.FlinkApplication {
	a.Status = nil
	for _, name := range objects.ServerMembers {
		a.Metadata = a.Metadata.With(nil, name)
	}
	return a
}

func (s appStages) savepoint(i objects.App, name, format, path string) appStage {
	return savepointStage[cmf.FlinkApplication](
		s.api, cmf.ApplicationSavepoints, objects.ChildScope(i), name, format, path,
	)
}

// askedSavepoint takes a savepoint of an object with the name, the format and the
// path that were given.
func askedSavepoint[T any](api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, said url.Values) resource.Stage[T] {
	name := cmp.Or(said.Get(HowName), savepointNameFor(scope.Parent, cmp.Or(said.Get(howNew), "drey")))
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
) resource.Stage[T] {
	body := cmf.Savepoint{
		APIVersion: cmf.APIVersion, Kind: "Savepoint", Metadata: cmf.Metadata{Name: name},
		Spec: cmf.SavepointSpec{FormatType: format, Path: path},
	}
	find := func(ctx context.Context) (cmf.Savepoint, error) {
		return cmfapi.Get[cmf.Savepoint](ctx, api, kind, scope, name)
	}
	return resource.Stage[T]{
		Step: views.Step{Method: "POST", Path: kind.Path(scope)}, Label: "savepoint",
		Makes: views.Ref{Kind: kind.Plural, Scope: scope.Environment, Parent: scope.Parent, Name: name},
		Send: func(ctx context.Context, _ resource.Item[T]) (string, error) {
			_, err := cmfapi.Create(ctx, api, kind, scope, body)
			return "", err
		},
		Took: func(ctx context.Context, _ resource.Item[T]) (bool, error) { return there(find(ctx)) },
		Reached: func(ctx context.Context, _ resource.Item[T]) (resource.Progress, error) {
			sp, err := find(ctx)
			if err != nil {
				return resource.Progress{}, err
			}
			return objects.ReachedSavepoint(sp)
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

// detach makes a savepoint outlive the application.
func (s appStages) detach(i objects.App, name string) appStage {
	scope := objects.ChildScope(i)
	return appStage{
		Step:  views.Step{Method: "POST", Path: cmf.ApplicationSavepoints.ItemPath(scope, name) + "/detach"},
		Label: "detach", Makes: views.Ref{Kind: cmf.ApplicationSavepoints.Plural, Name: name},
		Send: func(ctx context.Context, _ objects.App) (string, error) {
			_, err := s.api.DetachSavepoint(ctx, scope, name)
			return "state in detached savepoint " + name, err
		},
		Took: func(ctx context.Context, _ objects.App) (bool, error) {
			return there(cmfapi.GetRaw(ctx, s.api, cmf.DetachedSavepoints, cmf.Scope{}, name))
		},
	}
}

func (s appStages) remove(i objects.App) appStage {
	return deleteStage(
		s.api, cmf.Applications, objects.ScopeOf(i.Location), i.Value.Name(),
		func(a cmf.FlinkApplication) bool {
			return a.LifecycleState() == cmf.LifecycleDeleting
		},
	)
}
