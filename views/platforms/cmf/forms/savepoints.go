package forms

import (
	"context"
	"fmt"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// detachedOwner is what a savepoint that belongs to nothing says of its owner.
const detachedOwner = "detached"

// savepointOwner writes whose a savepoint is: prod/orders, prod/statements/s, or
// detached.
func savepointOwner(ref views.Ref) string {
	if ref.Scope == "" {
		return detachedOwner
	}
	return ref.Scope + "/" + ref.Parent
}

// savepointAt reads it. An owner that says nothing is nobody's: the server is not
// asked for it.
func savepointAt(owner, name string) views.Ref {
	scope, parent, _ := strings.Cut(owner, "/")
	if owner == detachedOwner {
		scope = ""
	}
	return views.Ref{Scope: scope, Parent: parent, Name: name}
}

// SavepointEditor takes savepoints and registers those that somebody else took;
// none can be changed (cmf-behaviour.md §2.6).
func SavepointEditor(api *cmfapi.Client) *resource.Editor[cmf.Savepoint] {
	r := rulesOf(api, cmf.ApplicationSavepoints, document(cmf.ApplicationSavepoints, object(map[string]*yamldoc.Schema{
		"path": text, "formatType": oneOf("CANONICAL", "NATIVE", "UNKNOWN"), "backoffLimit": whole, "pinned": truth,
	})))
	w := writer{api: api, kind: func(ref views.Ref) (cmf.Kind, cmf.Scope) {
		return objects.SavepointAddress(resource.Location{Scope: ref.Scope, Parent: ref.Parent})
	}}
	r.Plan, r.Send = w.plan, w.send
	r.Within, r.At, r.Places = "of", savepointAt, nil
	r.Here = func(ref views.Ref) string {
		if ref.Scope == "" && ref.Name == "" {
			return ""
		}
		return savepointOwner(ref)
	}
	r.Template = func(within string) string {
		return strings.Replace(
			template(within, savepointTemplate), "my-savepoint",
			"savepoint-"+time.Now().UTC().Format("20060102-150405"), 1,
		)
	}
	r.Check = func(_ context.Context, c edit.Change) []edit.Finding { return checkNewSavepoint(c) }
	r.Will = func(c edit.Change) views.Fact {
		f := views.Fact{Label: "what happens", Text: "a savepoint is written; the job goes on"}
		if c.Target.Scope == "" {
			f.Text = "it is registered; whether its data are there is not looked at"
		}
		return f
	}
	return &resource.Editor[cmf.Savepoint]{
		Rules: r, CreateOnly: "a savepoint cannot be changed: a takes another one",
		Reached: func(_, now cmf.Savepoint, _ time.Duration) (bool, error) {
			p, err := objects.ReachedSavepoint(now)
			return p.Done || now.State() == "", err
		},
	}
}

const savepointTemplate = `# A new savepoint. Lines beginning with # are comments: they are not sent.
of: %s # ENVIRONMENT/APPLICATION, ENVIRONMENT/statements/STATEMENT, or detached; not sent
apiVersion: cmf.confluent.io/v1
kind: Savepoint
metadata:
  name: my-savepoint
spec:
  formatType: CANONICAL # or NATIVE
  # path: s3://bucket/savepoints # without it the job's own; of a detached one where it is
  # backoffLimit: 3 # how often it is tried again; -1 for ever
`

func checkNewSavepoint(c edit.Change) []edit.Finding {
	found := checkName(c, resourceName)
	ref := c.Target
	switch {
	case ref.Scope == "" && ref.Parent == "":
		found = append(found, wanted(c.Mine, "spec.path")...)
	case ref.Parent == "" || ref.Parent == objects.OfStatement:
		found = append(found, edit.Finding{
			Path: []string{"of"}, Text: "want ENVIRONMENT/APPLICATION, ENVIRONMENT/statements/STATEMENT, or detached",
		})
	}
	if value, _ := yamldoc.Member(c.Mine, "spec", "backoffLimit"); value != nil &&
		strings.HasPrefix(fmt.Sprint(value), "-") && fmt.Sprint(value) != "-1" {
		found = append(found, edit.Finding{Path: []string{"spec", "backoffLimit"}, Text: "want -1 or more"})
	}
	return found
}
