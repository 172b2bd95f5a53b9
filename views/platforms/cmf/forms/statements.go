package forms

import (
	"context"
	"fmt"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/flinkoptions"
	"drey/themes"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// statementSchema is schema StatementSpec with what came after 2.3
// (cmf-behaviour.md §2.5).
func statementSchema() *yamldoc.Schema {
	return document(cmf.Statements, object(map[string]*yamldoc.Schema{
		"statement":       fixed(yamldoc.Schema{Type: yamldoc.Text}, "the text of a statement cannot be changed: a copy (a) runs another one"),
		"computePoolName": fixed(yamldoc.Schema{Type: yamldoc.Text}, "a statement stays in its pool: a copy (a) can go to another one"),
		"properties":      mapOf(text), "flinkConfiguration": options, "parallelism": whole, "stopped": truth,
		"startFromSavepoint": startFromSchema(), "savepointSchedule": scheduleSchema(),
		"upgradeMode": oneOf(cmf.UpgradeModeStateless, cmf.UpgradeModeLastState, cmf.UpgradeModeSavepoint),
	}))
}

// StatementEditor writes statements, of which little can be changed.
func StatementEditor(api *cmfapi.Client) *resource.Editor[cmf.Statement] {
	r := rulesOf(api, cmf.Statements, statementSchema())
	r.Template = func(within string) string { return template(within, statementTemplate) }
	r.Copied = func(path []string) bool {
		return len(path) == 2 && path[0] == "spec" && path[1] == "startFromSavepoint" // it is of another one
	}
	r.Check = withOverrides(api, cmf.Statements, func(ctx context.Context, c edit.Change) []edit.Finding {
		return checkStatement(ctx, api, c)
	})
	r.Will = statementWill
	return &resource.Editor[cmf.Statement]{
		Rules: r,
		Refuse: func(s cmf.Statement) error {
			switch phase := s.Phase(); {
			case phase == cmf.PhaseDeleting:
				return objects.ErrDeleting
			case cmf.PhaseFinal(phase):
				return fmt.Errorf("it has ended as %s: a runs a copy of it", phase)
			}
			return nil
		},
		Reached: func(_, now cmf.Statement, _ time.Duration) (bool, error) {
			p, err := objects.ReachedStopped(now, now.Spec.Stopped)
			return p.Done, err
		},
	}
}

const statementTemplate = `# A new statement. Lines beginning with # are comments: they are not sent.
environment: %s # where it runs; this line is not sent
apiVersion: cmf.confluent.io/v1
kind: Statement
metadata:
  name: my-statement # lower-case letters, digits and -, at most 45
spec:
  computePoolName: my-pool # the pool that it runs in, for good
  statement: |
    INSERT INTO my_sink
    SELECT * FROM my_source
  properties:
    sql.current-catalog: my-catalog
    sql.current-database: my-database
  parallelism: 1
  # stopped: true # made, and not started
  # flinkConfiguration:
  #   execution.checkpointing.interval: 60 s
`

// checkStatement finds what the server would refuse (cmf-behaviour.md §2.5).
func checkStatement(ctx context.Context, api *cmfapi.Client, c edit.Change) []edit.Finding {
	found := append(checkName(c, deploymentName), wanted(c.Mine, "spec.statement", "spec.computePoolName")...)
	found = append(found, atLeastOne(c.Mine, "spec", "parallelism")...)
	pool := yamldoc.MemberText(c.Mine, "spec", "computePoolName")
	if !c.New || pool == "" || c.Target.Scope == "" {
		return found
	}
	listed, err := cmfapi.List[cmf.ComputePool](
		ctx, api, cmf.ComputePools, cmf.Scope{Environment: c.Target.Scope},
		cmfapi.Query{Fields: []string{"metadata.name"}},
	)
	if err != nil {
		return found // the server decides
	}
	names := make([]string, 0, len(listed.Items))
	for _, p := range listed.Items {
		names = append(names, p.Metadata.Name)
	}
	return append(found, unknownName(pool, names, "compute pool", c.Target.Scope, "spec", "computePoolName")...)
}

// unknownName finds a reference to what is not there; names are those in scope, "" for the
// whole server.
func unknownName(name string, names []string, what, scope string, path ...string) []edit.Finding {
	for _, n := range names {
		if n == name {
			return nil
		}
	}
	says := fmt.Sprintf("there is no %s %s", what, name)
	if scope != "" {
		says += " in " + scope
	}
	if near, ok := flinkoptions.Nearby(name, names); ok {
		says += fmt.Sprintf(" (%s?)", near)
	} else if len(names) > 0 && len(names) <= 10 {
		says += ": there are " + strings.Join(names, ", ")
	}
	return []edit.Finding{{Path: path, Text: says}}
}

func statementWill(c edit.Change) views.Fact {
	f := views.Fact{Label: "what happens"}
	was, _ := yamldoc.Member(c.Live, "spec", "stopped")
	is, _ := yamldoc.Member(c.Merged, "spec", "stopped")
	switch {
	case c.New && is == true:
		f.Text = "it is made, and not started"
	case c.New:
		f.Text = "it is planned and runs; a text that is wrong makes a statement that is FAILED"
	case was != true && is == true:
		f.Text = "a savepoint is taken and its resources are given up; it can be resumed"
	case was == true && is != true:
		f.Text = "it goes on from the savepoint that stopping took"
	case is == true:
		f.Text = "it stays stopped; it is resumed with this"
	case c.Touches("spec"):
		f.Text = "a savepoint is taken, and it is deployed again with this"
	default:
		f.Text = "it runs on as it is: labels and annotations alone change"
	}
	if yamldoc.MemberText(c.Merged, "spec", "upgradeMode") == cmf.UpgradeModeStateless && was != true &&
		c.Touches("spec") && !c.New {
		f.Text, f.Tone = "it is deployed again without its state (upgrade mode stateless)", themes.Warn
	}
	return f
}
