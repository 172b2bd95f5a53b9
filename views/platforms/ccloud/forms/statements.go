package forms

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/fault"
	"drey/client/pause"
	phases "drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/ccloud/objects"
	"drey/views/resource"
	"drey/views/why"
)

// statementSchema is what of a statement a text has. Labels, pool, principal and
// stopped are all that may change (platforms.md A4).
func statementSchema(regions []string) *yamldoc.Schema {
	of := map[string]*yamldoc.Schema{
		"name": text, "metadata": members(map[string]*yamldoc.Schema{"labels": texts}),
		"spec": members(map[string]*yamldoc.Schema{
			"statement":      fixed(yamldoc.Schema{Type: yamldoc.Text}, "the text of a statement cannot be changed: V evolves it, a copy (a) runs another one"),
			"properties":     fixed(*texts, "the properties of a statement cannot be changed: V evolves it, a copy (a) has others"),
			"execution_mode": fixed(yamldoc.Schema{Type: yamldoc.Text}, "the mode of a statement cannot be changed: a copy (a) has another one"),
			"scaling":        fixed(yamldoc.Schema{}, "how a statement scales is said when it is created"),

			"compute_pool_id": text, "principal": text, "stopped": truth,
		}),
	}
	if len(regions) > 1 {
		of["region"] = fixed(
			yamldoc.Schema{Type: yamldoc.Text, Values: regions},
			"a statement stays in its region: a copy (a) runs in another one",
		)
	}
	return members(of)
}

// hiddenStatement names what of a statement is in no text: what belongs to the
// server, and secrets.
func hiddenStatement(path []string) bool {
	switch {
	case len(path) == 1:
		return !slices.Contains([]string{"region", "name", "metadata", "spec"}, path[0])
	case len(path) == 2 && path[0] == "metadata":
		return path[1] != "labels"
	}
	return len(path) == 3 && path[1] == "properties" && ccloud.IsSecretProperty(path[2])
}

// StatementEditor changes what of a statement may change, and makes new ones.
func StatementEditor(api *ccloudapi.Client) *resource.Editor[ccloudapi.Statement] {
	e := statementEdits{api}
	return &resource.Editor[ccloudapi.Statement]{
		Rules: edit.Rules{
			Schema: statementSchema(api.Regions()), Hidden: hiddenStatement, Within: "environment", Places: environmentIDs(api),
			Template: func(within string) string { return fmt.Sprintf(statementTemplate, within, regionLine(api)) },
			Copied: func(path []string) bool {
				return len(path) == 2 && path[1] == "stopped" || len(path) == 3 && path[2] == ccloud.LabelHidden
			},
			At:       func(within, name string) views.Ref { return views.Ref{Scope: within, Name: name} },
			NamePath: []string{"name"}, Name: func(doc any) string { return yamldoc.MemberText(doc, "name") },
			Read: e.read, Check: e.check, Plan: e.plan, Send: e.send, Rest: e.rest, Will: e.will,
		},
		Refuse: objects.RefuseDeleting,
		Reached: func(_, now ccloudapi.Statement, _ time.Duration) (bool, error) {
			phase := ccloudapi.PhaseOf(now.Phase())
			if phase == phases.Failed && !now.Spec.Stopped {
				return true, fmt.Errorf("it is %s: %s", now.Phase(), why.Cause(ccloudapi.Reason(now.Statement)))
			}
			return phase.Ended() || !now.Spec.Stopped && (phase == phases.Running || phase == phases.Degraded), nil
		},
	}
}

const statementTemplate = `# A new statement. Lines beginning with # are comments: they are not sent.
environment: %s # where it runs; this line is not sent
%sname: my-statement # lower-case letters, digits and -, at most 100
# metadata:
#   labels:
#     user.confluent.io/team: orders
spec:
  statement: |
    INSERT INTO my_sink
    SELECT * FROM my_source
  # compute_pool_id: lfcp-8m03rm # without it the environment's default pool
  # principal: sa-123456 # without it, who creates it
  properties:
    sql.current-catalog: my-environment
    sql.current-database: my-cluster
    # sql.tables.initial-offset-from: another-statement # begins where that one stops
`

// regionLine says in the template in which region a new statement runs, where the context
// has several.
func regionLine(api *ccloudapi.Client) string {
	regions := api.Regions()
	if len(regions) < 2 {
		return ""
	}
	return fmt.Sprintf(
		"region: %s # or %s; this line is not sent\n", regions[0], strings.Join(regions[1:], ", "),
	)
}

// statementEdits sends what is edited.
type statementEdits struct{ api *ccloudapi.Client }

// read reads a statement, with its region where the context has several.
func (e statementEdits) read(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
	s, err := objects.ReadStatement(ctx, e.api, ref)
	if err != nil || len(e.api.Regions()) < 2 {
		return s.Raw(), err
	}
	return objects.WithRegion(s.Raw(), s.Region)
}

func (e statementEdits) plan(c edit.Change) []views.Step {
	scope := e.api.Known(c.Target.Scope)
	item := ccloud.Statements.ItemPath(scope, c.Target.Name)
	if !c.New {
		return []views.Step{
			{Method: "GET", Path: item, Remark: "whether it is still as you saw it"},
			{Method: "PUT", Path: item, Remark: "all of it, with its version"},
		}
	}
	steps := []views.Step{{Method: "GET", Path: item, Remark: "whether the name is free"}, {
		Method: "POST", Path: ccloud.Statements.Path(scope),
	}}
	if former := formerOf(c.Merged); former != "" {
		steps = append(steps, views.Step{
			Method: "PUT", Path: ccloud.Statements.ItemPath(scope, former), Remark: "stopped, unless it is",
		})
	}
	return steps
}

// formerOf names the statement whose offsets a document begins from.
func formerOf(doc any) string {
	return yamldoc.MemberText(doc, "spec", "properties", ccloud.PropertyOffsetFrom)
}

func (e statementEdits) send(ctx context.Context, c edit.Change, step func(views.Step)) error {
	steps := e.plan(c)
	step(steps[1])
	if !c.New {
		return e.update(ctx, c)
	}
	made, err := objects.CreateFrom(ctx, e.api, c.Target.Scope, c.Body())
	if err != nil || len(steps) < 3 {
		return err
	}
	return e.takeOver(ctx, c.Target.Scope, made, formerOf(c.Merged), func() { step(steps[2]) })
}

// rest stops the statement that a new one was evolved from, where the console ended
// before that.
func (e statementEdits) rest(ctx context.Context, c edit.Change, step func(views.Step)) error {
	former := formerOf(c.Merged)
	if !c.New || former == "" {
		return nil
	}
	made, err := e.api.Statement(ctx, c.Target.Scope, c.Target.Name, "", "")
	if err != nil {
		return err
	}
	return e.takeOver(ctx, c.Target.Scope, made, former, func() { step(e.plan(c)[2]) })
}

// How often, and how many times, a statement that begins where another stops is
// looked at before that one is stopped: a text that is wrong fails at once.
const (
	plannedEvery = 500 * time.Millisecond
	plannedLooks = 4
)

// takeOver stops a statement whose offsets a new one begins from, unless the new one
// has failed already.
func (e statementEdits) takeOver(
	ctx context.Context, environment string, made ccloudapi.Statement, former string, step func(),
) error {
	for n := 0; n < plannedLooks && made.Phase() == ccloud.PhasePending && made.SQLKind() == ""; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(plannedEvery):
		}
		if now, err := e.api.Statement(ctx, environment, made.Name, made.Region, ""); err == nil {
			made = now
		}
	}
	if ccloudapi.PhaseOf(made.Phase()) == phases.Failed {
		return nil // following it says why; the former one runs on
	}
	of, err := e.api.Statement(ctx, environment, former, made.Region, "")
	if err == nil && stops(of) {
		return nil
	}
	step()
	if err == nil {
		stopped := true
		err = objects.WithDiff(e.api.Update(ctx, environment, of, ccloudapi.Change{Stopped: &stopped}, func(string) {}))
	}
	what := "could not be stopped"
	if fault.Of(err).Lost {
		stopped, failure := e.stopsAfterLost(ctx, environment, of)
		if stopped {
			return nil
		}
		if failure != nil {
			what, err = "may not have been stopped", fmt.Errorf("%w, and it cannot be looked at: %w", err, failure)
		}
	}
	if err != nil {
		return fmt.Errorf(
			"%s was created and waits for %s, which %s (stop it there, or delete %s): %w", made.Name, former, what,
			made.Name, fault.NotLost(err),
		)
	}
	return nil
}

// stops tells that a statement was asked to stop, or has ended.
func stops(s ccloudapi.Statement) bool { return s.Spec.Stopped || ccloudapi.PhaseOf(s.Phase()).Ended() }

// How often, and how many times, a statement is looked at after the answer to its stop was
// lost: the request may still be under way.
const (
	stopsEvery = time.Second
	stopsLooks = 4
)

// stopsAfterLost looks whether a statement was asked to stop after all. The error is why it
// could not be looked at the last time.
func (e statementEdits) stopsAfterLost(
	ctx context.Context, environment string, of ccloudapi.Statement,
) (stopped bool, err error) {
	for n := range stopsLooks {
		if n > 0 && !pause.For(ctx, stopsEvery) {
			return false, ctx.Err()
		}
		var now ccloudapi.Statement
		now, err = e.api.Statement(ctx, environment, of.Name, of.Region, of.Metadata.UID)
		if err == nil && stops(now) {
			return true, nil
		}
	}
	return false, err
}

// update sends what differs, in the statement as it is just before. Where one of
// the members that differ was changed meanwhile nothing is sent: it is shown again,
// beside what was changed.
func (e statementEdits) update(ctx context.Context, c edit.Change) error {
	changed := &edit.ChangedError{Target: c.Target}
	change := changeOf(c)
	change.Still = func(now ccloud.Statement) error {
		doc, err := diff.Parse(now.Raw())
		if err != nil {
			return err
		}
		for _, path := range [][]string{
			{"metadata", "labels"}, {"spec", "compute_pool_id"}, {"spec", "principal"}, {"spec", "stopped"},
		} {
			was, _ := yamldoc.Member(c.Live, path...)
			is, _ := yamldoc.Member(doc, path...)
			if c.Touches(path...) && !sameMember(was, is) {
				return changed
			}
		}
		return nil
	}
	of, err := objects.ReadStatement(ctx, e.api, c.Target)
	if err != nil {
		return err
	}
	err = e.api.Update(ctx, c.Target.Scope, of, change, func(string) {})
	if fault.Is(err, fault.Conflict) {
		return changed
	}
	return err
}

// sameMember tells that nothing differs; nothing and empty are the same.
func sameMember(a, b any) bool {
	empty := func(v any) bool {
		switch v := v.(type) {
		case nil:
			return true
		case string:
			return v == ""
		case map[string]any:
			return len(v) == 0
		}
		return false
	}
	return empty(a) && empty(b) || diff.Equal(a, b)
}

// changeOf is what of a statement is to change.
func changeOf(c edit.Change) ccloudapi.Change {
	var change ccloudapi.Change
	member := func(name string) *string {
		if !c.Touches("spec", name) {
			return nil
		}
		value := yamldoc.MemberText(c.Merged, "spec", name)
		return &value
	}
	change.Pool, change.Principal = member("compute_pool_id"), member("principal")
	if c.Touches("spec", "stopped") {
		value, _ := yamldoc.Member(c.Merged, "spec", "stopped")
		stopped := value == true
		change.Stopped = &stopped
	}
	if c.Touches("metadata", "labels") {
		change.Labels = map[string]string{}
		for name := range labelsOf(c.Live) {
			change.Labels[name] = ""
		}
		for name, value := range labelsOf(c.Merged) {
			change.Labels[name] = fmt.Sprint(value)
		}
	}
	return change
}

func labelsOf(doc any) map[string]any {
	labels, _ := yamldoc.Member(doc, "metadata", "labels")
	all, _ := labels.(map[string]any)
	return all
}

// statementName is how a name may be (platforms.md A3).
var statementName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// check finds what the server would refuse (platforms.md A3, A4).
func (e statementEdits) check(ctx context.Context, c edit.Change) []edit.Finding {
	var found []edit.Finding
	for name, value := range labelsOf(c.Mine) {
		if !strings.HasPrefix(name, ccloud.LabelPrefix) {
			found = append(found, edit.Finding{
				Path: []string{"metadata", "labels", name}, Text: "labels begin with " + ccloud.LabelPrefix,
			})
		}
		if value == nil || value == "" {
			found = append(found, edit.Finding{
				Path: []string{"metadata", "labels", name}, Text: "a value is wanted; without its line the label goes",
			})
		}
	}
	if principal := yamldoc.MemberText(c.Mine, "spec", "principal"); principal != "" && c.Touches("spec", "principal") {
		if err := objects.CheckPrincipal(principal); err != nil {
			found = append(found, edit.Finding{Path: []string{"spec", "principal"}, Text: err.Error()})
		}
	}
	if c.New {
		found = append(found, e.checkNew(ctx, c)...)
	} else if c.Touches("spec", "compute_pool_id") || c.Touches("spec", "principal") {
		var now ccloudapi.Statement
		_ = json.Unmarshal(c.Raw, &now) // it was read a moment ago
		if !now.Spec.Stopped && ccloudapi.PhaseOf(now.Phase()) != phases.Failed {
			found = append(found, edit.Finding{
				Path: []string{"spec"}, Text: "pool and principal change while it is stopped: stop it first (x)",
			})
		}
	}
	return append(found, e.checkPool(ctx, c)...)
}

// checkPool finds a pool that there is not, or that is in another region.
func (e statementEdits) checkPool(ctx context.Context, c edit.Change) []edit.Finding {
	path := []string{"spec", "compute_pool_id"}
	pool := yamldoc.MemberText(c.Mine, path...)
	if pool == "" || !c.Touches(path...) && !c.Touches("region") || !e.api.HasControl() {
		return nil
	}
	l, _, err := e.api.Pools(c.Target.Scope)(ctx)
	if err != nil {
		return nil // the server decides
	}
	var ids []string
	for _, p := range l.Items {
		ids = append(ids, p.ID)
		if region := objects.RegionOf(c.Mine); p.ID == pool && region != "" && p.Spec.Region != region {
			return []edit.Finding{{Path: path, Text: fmt.Sprintf(
				"%s is in %s, and the statement in %s", pool, p.Spec.Region, region,
			)}}
		}
	}
	return unknownName(pool, ids, "compute pool of "+c.Target.Scope, path...)
}

// checkRegion finds that nobody says where a new statement is to run.
func (e statementEdits) checkRegion(c edit.Change) []edit.Finding {
	regions := e.api.Regions()
	pool := yamldoc.MemberText(c.Mine, "spec", "compute_pool_id")
	if len(regions) < 2 || objects.RegionOf(c.Mine) != "" || formerOf(c.Mine) != "" || pool != "" && e.api.HasControl() {
		return nil
	}
	return []edit.Finding{{Path: []string{"region"}, Text: "region is wanted: " + strings.Join(regions, " or ")}}
}

func (e statementEdits) checkNew(ctx context.Context, c edit.Change) []edit.Finding {
	found := append(wanted(c.Mine, "spec.statement"), e.checkRegion(c)...)
	if name := yamldoc.MemberText(c.Mine, "name"); !statementName.MatchString(name) || len(name) > ccloud.MaxName {
		found = append(found, edit.Finding{Path: []string{"name"}, Text: fmt.Sprintf(
			"want at most %d lower-case letters, digits, - and ., with a letter or digit at either end", ccloud.MaxName,
		)})
	}
	if n := utf8.RuneCountInString(yamldoc.MemberText(c.Mine, "spec", "statement")); n > ccloud.MaxStatement {
		found = append(found, edit.Finding{Path: []string{"spec", "statement"}, Text: fmt.Sprintf(
			"it has %d characters: Confluent Cloud takes %d", n, ccloud.MaxStatement,
		)})
	}
	if properties, _ := yamldoc.Member(c.Mine, "spec", "properties"); properties != nil {
		all, _ := properties.(map[string]any)
		for name := range all {
			if ccloud.IsSecretProperty(name) {
				found = append(found, edit.Finding{
					Path: []string{"spec", "properties", name},
					Text: "a secret is not written here, for drafts are kept: use a connection",
				})
			}
		}
	}
	if stopped, _ := yamldoc.Member(c.Mine, "spec", "stopped"); stopped == true {
		found = append(found, edit.Finding{
			Path: []string{"spec", "stopped"}, Warning: true, Text: "a new statement starts all the same",
		})
	}
	former := formerOf(c.Mine)
	if former == "" || c.Target.Scope == "" {
		return found
	}
	path := []string{"spec", "properties", ccloud.PropertyOffsetFrom}
	if _, err := e.api.Statement(ctx, c.Target.Scope, former, "", ""); fault.Is(err, fault.NotFound) {
		found = append(found, edit.Finding{
			Path: path, Text: "there is no statement " + former + " whose offsets it could begin from",
		})
	}
	return found
}

// failed tells that the statement is FAILED: it is resumed by any change.
func failed(c edit.Change) bool {
	var now ccloudapi.Statement
	return json.Unmarshal(c.Raw, &now) == nil && ccloudapi.PhaseOf(now.Phase()) == phases.Failed
}

func (e statementEdits) will(c edit.Change) views.Fact {
	f := views.Fact{Label: "what happens"}
	was, _ := yamldoc.Member(c.Live, "spec", "stopped")
	is, _ := yamldoc.Member(c.Merged, "spec", "stopped")
	former, where := formerOf(c.Merged), ""
	if region := objects.RegionOf(c.Merged); region != "" {
		where = " in " + region
	}
	switch {
	case c.New && former != "":
		f.Text = "it is created" + where + " and " + former + " is stopped, unless it is; then this one begins " +
			"at its offsets, which it waits for up to 6 hours. Without state: aggregates and joins begin empty"
		f.Tone = themes.Warn
	case c.New:
		f.Text = "it is planned and runs" + where + "; a text that is wrong makes a statement that is FAILED"
	case was != true && is == true:
		f.Text = "it stops and gives its CFUs back"
	case was == true && is != true, c.Touches("spec") && is != true && failed(c):
		f.Text = "it goes on from where it was, with this"
	case c.Touches("spec"):
		f.Text = "it is resumed with this when somebody resumes it"
	default:
		f.Text = "labels alone change"
	}
	return f
}
