package actions

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// The members of how, a URL's query, that says in which way something is done to
// an application.
const (
	HowFrom      = "from"      // the UID of the savepoint to start from
	HowPlain     = "plain"     // suspend without a savepoint; its value is the upgrade mode to go back to
	HowFresh     = "fresh"     // start without state; its value is the upgrade mode to go back to
	HowSavepoint = "savepoint" // take one first, of this name
	HowName      = "name"      // of a savepoint
	howNew       = "new"       // the end of its name where none was given
	howFormat    = "format"
	howPath      = "path"
	HowInstance  = "instance" // to roll back to
	howUpgrade   = "upgrade"  // edit it first; its value says what comes then
)

// ReadHow are the members of a way that was chosen.
func ReadHow(how string) url.Values {
	values, _ := url.ParseQuery(how) // it was encoded here
	return values
}

// OneHow is how with one member. The mark for what is new stays readable in it.
func OneHow(name, value string) string {
	return strings.ReplaceAll(url.Values{name: {value}}.Encode(), url.QueryEscape(resource.NewToken), resource.NewToken)
}

// What comes after an edit.
const (
	upgradeApplied   = "apply"   // the operator takes the savepoint
	upgradeSuspended = "suspend" // it is suspended, changed, and started
)

// undoToggle is the verb that takes one back.
func undoToggle(v views.Verb) string {
	switch v {
	case resource.VerbSuspend:
		return resource.VerbStart.Do
	case VerbUpgrade:
		return resource.VerbRollBack.Do
	}
	return resource.VerbSuspend.Do
}

// upgradeWays are the ways to change what runs: to apply the edited specification, which
// the operator takes a savepoint for, and to suspend it for that.
func upgradeWays(i objects.App) []views.Choice {
	if !canSavepoint(i.Value) {
		return nil
	}
	return []views.Choice{
		{How: OneHow(howUpgrade, upgradeApplied), Label: "Upgrade: edit, then apply", Detail: appliedText(i.Value)},
		{
			How: OneHow(howUpgrade, upgradeSuspended), Label: "Upgrade: edit, then suspend, change and start",
			Detail: "it is down while it is changed; each step is awaited, and can be taken back",
		},
	}
}

// appliedText says what applying a change does to the job (cmf-behaviour.md §2.2).
func appliedText(a cmf.FlinkApplication) string {
	text := "applying the change restarts the job"
	if objects.NoSavepointOf(a.UpgradeMode(), a.JobState()) != "" {
		return "applying the change deploys it anew, from there, too"
	}
	switch a.UpgradeMode() {
	case cmf.UpgradeModeSavepoint:
		return text + " from a savepoint that is taken then"
	case cmf.UpgradeModeLastState:
		return text + " from its last checkpoint"
	}
	return text + ", without its state"
}

// editedWay tells which ways edit the specification first.
func editedWay(how string) (views.Verb, bool) {
	switch ReadHow(how).Get(howUpgrade) {
	case upgradeApplied:
		return views.Verb{}, true
	case upgradeSuspended:
		return VerbUpgrade, true
	}
	return views.Verb{}, false
}

// aboutUpgrade says how a specification is changed: the operator takes the
// savepoint when it is applied (cmf-behaviour.md §2.2).
func aboutUpgrade(i objects.App, _ time.Time) []views.Fact {
	if toggleVerb(i.Value) != resource.VerbSuspend || canSavepoint(i.Value) {
		return nil // or it is among the ways
	}
	return []views.Fact{{Label: "to upgrade", Text: "edit it instead: " + appliedText(i.Value)}}
}

// canSavepoint tells that a savepoint can be taken now.
func canSavepoint(a cmf.FlinkApplication) bool { return refuseSavepoint(a) == nil }

// suspendWays are the plain way, a savepoint first where suspending takes none, and
// none where it would take one.
func suspendWays(i objects.App, now time.Time) []views.Choice {
	if !canSavepoint(i.Value) {
		return nil
	}
	plain := suspendFact(i, now)
	if mode := i.Value.UpgradeMode(); mode == cmf.UpgradeModeSavepoint {
		return []views.Choice{
			{Label: "With a savepoint", Detail: plain.Text, Tone: plain.Tone},
			{
				How: OneHow(HowPlain, mode), Label: "Without a savepoint",
				Detail: "the job stops at once and keeps its last checkpoint: the upgrade mode is last-state " +
					"for that, then " + mode + " again",
			},
		}
	}
	return []views.Choice{
		{Label: "Suspend", Detail: plain.Text, Tone: plain.Tone, Loses: i.Value.UpgradeMode() == cmf.UpgradeModeStateless},
		{
			How: OneHow(HowSavepoint, newSavepointName(i)), Label: "Savepoint first, then suspend",
			Detail: "a savepoint is written; it can be chosen when the application is started",
		},
	}
}

// deleteWays are the plain way, and to hold its state where that can be done.
func deleteWays(i objects.App, _ time.Time) []views.Choice {
	if !canSavepoint(i.Value) {
		return nil
	}
	return []views.Choice{
		{Label: "Delete", Detail: deleteLoses, Tone: themes.Warn, Loses: true},
		{
			How: OneHow(HowSavepoint, newSavepointName(i)), Label: "Savepoint and detach first, then delete",
			Loses:  true,
			Detail: "the state is held by a detached savepoint; the application, its history and its other savepoints are lost",
		},
	}
}

// newSavepointName is the name of a savepoint that is taken before something else.
func newSavepointName(i objects.App) string {
	return savepointNameOf(i, resource.NewToken)
}

func savepointNameOf(i objects.App, end string) string { return savepointNameFor(i.Value.Name(), end) }

func savepointNameFor(name, end string) string {
	return name[:min(len(name), 30)] + "-" + end
}

// startWays are the states that a suspended application can start from: its last
// one, every completed savepoint of it, every detached one, and none.
func startWays(ctx context.Context, api *cmfapi.Client, i objects.App, now time.Time) ([]views.Choice, error) {
	plain := startFact(i, now)
	ways := []views.Choice{{Label: "Last state", Detail: strings.TrimPrefix(plain.Text, "its "), Tone: plain.Tone}}
	if i.Value.UpgradeMode() == cmf.UpgradeModeStateless {
		ways[0].Label = "Fresh"
	}
	from, err := startPoints(ctx, api, cmf.ApplicationSavepoints, objects.ChildScope(i), now)
	ways = append(ways, from...)
	if err != nil {
		return ways, err
	}
	if mode := i.Value.UpgradeMode(); mode != cmf.UpgradeModeStateless {
		ways = append(ways, views.Choice{
			How: OneHow(HowFresh, mode), Label: "Fresh", Loses: true, Tone: themes.Warn,
			Detail: "without any state: the upgrade mode is stateless for the start, then " + mode + " again",
		})
	}
	return ways, err
}

// ResumeWays are the states that a stopped statement can go on from: that of its
// stop, every completed savepoint of it, and every detached one.
func ResumeWays(ctx context.Context, api *cmfapi.Client, i objects.Statement, now time.Time) ([]views.Choice, error) {
	ways := []views.Choice{{Label: "Last state", Detail: "the savepoint that stopping took"}}
	from, err := startPoints(
		ctx, api, cmf.StatementSavepoints, cmf.Scope{Environment: i.Scope, Parent: objects.StatementName(i.Value)}, now,
	)
	return append(ways, from...), err
}

// startPoints are the savepoints of an object that it can start from, and the
// detached ones.
func startPoints(
	ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, now time.Time,
) ([]views.Choice, error) {
	var ways []views.Choice
	own, err := completed(ctx, api, kind, scope)
	if err != nil && !fault.Is(err, fault.NotFound, fault.Unsupported) {
		return nil, err // but for an older server, which has none
	}
	for _, s := range own {
		ways = append(ways, startFrom(s, "Savepoint ", now))
	}
	detached, err := completed(ctx, api, cmf.DetachedSavepoints, cmf.Scope{})
	if fault.Is(err, fault.NotFound, fault.Unsupported) {
		err = nil
	}
	for _, s := range detached {
		ways = append(ways, startFrom(s, "Detached savepoint ", now))
	}
	return ways, err
}

func startFrom(s cmf.Savepoint, label string, now time.Time) views.Choice {
	return views.Choice{
		How: OneHow(HowFrom, s.Metadata.UID), Label: label + s.Metadata.Name,
		Detail: cells.Join(
			cells.Ago(cmf.ParseTime(s.Metadata.CreationTimestamp), now), cells.Size(objects.SavepointSize(s)),
			s.Spec.FormatType,
		),
	}
}

// completed are the savepoints that can be started from, the newest first.
func completed(ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope) ([]cmf.Savepoint, error) {
	listed, err := cmfapi.List[cmf.Savepoint](ctx, api, kind, scope, cmfapi.Query{})
	all := slices.DeleteFunc(listed.Items, func(s cmf.Savepoint) bool {
		return s.State() != cmf.SavepointCompleted || objects.PendingDeletion(s) || s.Metadata.UID == ""
	})
	slices.SortStableFunc(all, func(x, y cmf.Savepoint) int {
		return cmp.Or(
			strings.Compare(y.Metadata.CreationTimestamp, x.Metadata.CreationTimestamp),
			strings.Compare(x.Metadata.Name, y.Metadata.Name),
		)
	})
	return all, err
}

// savepointInputs are what may be said of a savepoint of a kind. One name is not enough
// for several.
func savepointInputs[T any](kind cmf.Kind) func([]resource.Item[T]) []views.Input {
	return func(items []resource.Item[T]) []views.Input {
		inputs := []views.Input{
			{
				Name: howFormat, Label: "format", Value: formatDefault,
				Values: []string{formatDefault, cmf.FormatCanonical, cmf.FormatNative},
			},
			{Name: howPath, Label: "path", Hint: "the folder that the " + kind.Singular + " is configured with"},
		}
		if len(items) > 1 {
			return inputs
		}
		return slices.Insert(inputs, 0, views.Input{
			Name: HowName, Label: "name", Hint: "made from the " + kind.Singular + "'s name",
		})
	}
}

// formatDefault is the format that the server takes by itself.
const formatDefault = "default"
