// Package forms says how CMF's objects are written as texts, checked and sent: a
// template, a schema and rules for each kind.
package forms

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/cmf/objects"
)

// serverOwned names what belongs to the server in an object (cmf-behaviour.md §3.9).
func serverOwned(path []string) bool {
	switch len(path) {
	case 1:
		return slices.Contains([]string{"status", "result", "created_time", "updated_time"}, path[0])
	case 2:
		return path[0] == "metadata" && slices.Contains(objects.ServerMembers, path[1])
	}
	return false
}

// object is the schema of an object with members; the schema of text and so on are
// those of their values.
func object(fields map[string]*yamldoc.Schema) *yamldoc.Schema {
	return &yamldoc.Schema{Type: yamldoc.Object, Fields: fields}
}

func listOf(item *yamldoc.Schema) *yamldoc.Schema {
	return &yamldoc.Schema{Type: yamldoc.List, Item: item}
}

func mapOf(item *yamldoc.Schema) *yamldoc.Schema {
	return &yamldoc.Schema{Type: yamldoc.Object, Item: item}
}

func oneOf(values ...string) *yamldoc.Schema {
	return &yamldoc.Schema{Type: yamldoc.Text, Values: values}
}

func fixed(of yamldoc.Schema, why string) *yamldoc.Schema {
	of.Fixed = why
	return &of
}

var (
	anything = &yamldoc.Schema{}
	text     = &yamldoc.Schema{Type: yamldoc.Text}
	whole    = &yamldoc.Schema{Type: yamldoc.Whole}
	number   = &yamldoc.Schema{Type: yamldoc.Number}
	truth    = &yamldoc.Schema{Type: yamldoc.Bool}
	quantity = &yamldoc.Schema{Type: yamldoc.Quantity}
	options  = &yamldoc.Schema{Type: yamldoc.Object, Options: true}
)

// metadata is what a person may write of an object's (cmf-behaviour.md §3.9).
func metadata() *yamldoc.Schema {
	return object(map[string]*yamldoc.Schema{"name": text, "labels": mapOf(text), "annotations": mapOf(text)})
}

// document is the schema of an object of the API.
func document(kind cmf.Kind, spec *yamldoc.Schema) *yamldoc.Schema {
	return object(map[string]*yamldoc.Schema{
		"apiVersion": text, "kind": oneOf(kind.Name), "metadata": metadata(), "spec": spec,
	})
}

func metadataName(doc any) string { return yamldoc.MemberText(doc, "metadata", "name") }

// writer sends what is edited of a kind.
type writer struct {
	api  *cmfapi.Client
	kind func(views.Ref) (cmf.Kind, cmf.Scope)
	// body is what is sent, where it is not the document as it is.
	body func(edit.Change) (any, error)
}

// ownKind is where objects of a kind with one collection are.
func ownKind(kind cmf.Kind) func(views.Ref) (cmf.Kind, cmf.Scope) {
	return func(ref views.Ref) (cmf.Kind, cmf.Scope) {
		return kind, cmf.Scope{Environment: ref.Scope, Parent: ref.Parent}
	}
}

// plan reads the object once more, and writes it.
func (w writer) plan(c edit.Change) []views.Step {
	kind, scope := w.kind(c.Target)
	item := kind.ItemPath(scope, c.Target.Name)
	steps := []views.Step{{Method: "GET", Path: item, Remark: "whether it is still as you saw it"}}
	switch {
	case c.New:
		steps[0].Remark = "whether the name is free"
		return append(steps, views.Step{Method: "POST", Path: kind.Path(scope)})
	case kind.Updates == "POST":
		return append(steps, views.Step{Method: "POST", Path: kind.Path(scope)})
	}
	return append(steps, views.Step{Method: "PUT", Path: item})
}

// send writes the object.
func (w writer) send(ctx context.Context, c edit.Change, step func(views.Step)) error {
	write := w.plan(c)[1]
	step(write)
	var body any = c.Body()
	if w.body != nil {
		var err error
		if body, err = w.body(c); err != nil {
			return err
		}
	}
	kind, _ := w.kind(c.Target)
	_, err := w.api.Do(ctx, client.Request{
		Method: write.Method, Path: write.Path, Body: body, Private: kind.Name == cmf.Secrets.Name,
	})
	return err
}

// rulesOf are the rules of a kind whose documents are sent as they are.
func rulesOf(api *cmfapi.Client, kind cmf.Kind, schema *yamldoc.Schema) edit.Rules {
	w := writer{api: api, kind: ownKind(kind), body: func(c edit.Change) (any, error) { return clearedLabels(c), nil }}
	r := edit.Rules{
		Schema: schema, Hidden: serverOwned, Name: metadataName, Plan: w.plan, Send: w.send,
		At: func(within, name string) views.Ref { return views.Ref{Scope: within, Name: name} },
	}
	switch kind.Reach {
	case cmf.InEnvironment:
		r.Within, r.Places = "environment", places(api)
	case cmf.InCatalog:
		r.Within = "catalog"
		r.At = func(within, name string) views.Ref { return views.Ref{Parent: within, Name: name} }
		r.Places = catalogNames(api)
	}
	return r
}

// places asks for the names of all environments.
func places(api *cmfapi.Client) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		listed, _, err := api.Environments.Next(ctx, 0)
		names, _ := objects.NamesOf(listed)
		return names, err
	}
}

func catalogNames(api *cmfapi.Client) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		listed, err := cmfapi.List[cmf.KafkaCatalog](ctx, api, cmf.KafkaCatalogs, cmf.Scope{}, cmfapi.Query{})
		var names []string
		for _, c := range listed.Items {
			names = append(names, c.Metadata.Name)
		}
		return names, err
	}
}

// Names of new objects (cmf-behaviour.md §3.8): those that become deployments of
// Flink, and the others.
var (
	deploymentName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,43}[a-z0-9])?$`)
	resourceName   = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
)

// checkName says what is wrong with the name of a new object.
func checkName(c edit.Change, pattern *regexp.Regexp) []edit.Finding {
	name := metadataName(c.Mine)
	if !c.New || name == "" || len(name) <= 253 && pattern.MatchString(name) {
		return nil
	}
	says := "want lower-case letters, digits, - and ., with a letter or digit at both ends"
	if pattern == deploymentName {
		says = "want at most 45 lower-case letters, digits and -, a letter first and no - last"
	}
	return []edit.Finding{{Path: []string{"metadata", "name"}, Text: says}}
}

// isMember tells whether something is at a path of a document, null counting as
// nothing.
func isMember(doc any, path ...string) bool {
	value, ok := yamldoc.Member(doc, path...)
	return ok && value != nil
}

// wanted lists members that are not there.
func wanted(doc any, paths ...string) []edit.Finding {
	var found []edit.Finding
	for _, path := range paths {
		parts := strings.Split(path, ".")
		if value, _ := yamldoc.Member(doc, parts...); value == nil || value == "" {
			found = append(found, edit.Finding{Path: parts, Text: "it is missing: the server wants it"})
		}
	}
	return found
}

// atLeastOne finds a number below 1.
func atLeastOne(doc any, path ...string) []edit.Finding {
	value, _ := yamldoc.Member(doc, path...)
	if n, ok := value.(json.Number); ok {
		if i, err := n.Int64(); err == nil && i < 1 {
			return []edit.Finding{{Path: path, Text: "it must be larger than 0"}}
		}
	}
	return nil
}

// clearedLabels sends labels and annotations that were taken out as empty: what is
// left out of a request stays as it is (cmf-behaviour.md §3.9).
func clearedLabels(c edit.Change) any {
	doc, _ := c.Merged.(map[string]any)
	live, _ := yamldoc.Member(c.Live, "metadata")
	was, _ := live.(map[string]any)
	is, _ := doc["metadata"].(map[string]any)
	if was == nil || is == nil {
		return doc
	}
	out, meta := map[string]any{}, map[string]any{}
	for name, value := range doc {
		out[name] = value
	}
	for name, value := range is {
		meta[name] = value
	}
	for _, name := range []string{"labels", "annotations"} {
		if was[name] != nil && is[name] == nil {
			meta[name] = map[string]any{}
		}
	}
	out["metadata"] = meta
	return out
}

// template fills the place of a new object into a text.
func template(within, text string) string {
	return fmt.Sprintf(text, within)
}
