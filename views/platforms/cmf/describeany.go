package cmf

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/cells"
	"drey/views/clean"
	"drey/views/detail"
	"drey/views/platforms/cmf/forms"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/usedby"
)

// describeAny is a page of all that is known of an object of any kind: how it is,
// its labels and conditions, what it uses and what uses it, and its specification,
// in which what the environment sets is marked.
func describeAny[T any](api *cmfapi.Client, k resource.Kind[T], address objects.Address) func(
	resource.Item[T], func() time.Time,
) detail.Loader {
	return func(i resource.Item[T], now func() time.Time) detail.Loader {
		return func(ctx context.Context, t *themes.Theme) (detail.Document, error) {
			kind, scope := address(*i.Location)
			name := k.NameOf(i.Value)
			raw, err := cmfapi.GetRaw(ctx, api, kind, scope, name)
			if err != nil {
				return detail.Document{}, err
			}
			if value, err := k.Read(ctx, views.Ref{Scope: i.Scope, Parent: i.Parent, Name: name}); err == nil {
				i.Value = value
			}
			var d detail.Document
			d.Add(t.Strong, name)
			if k.State != nil {
				if state, tone := k.State(i.Value); state != "" || tone == themes.Unknown {
					d.Add(t.Tone(tone), cells.StateText(t, state, tone))
				}
			}
			d.Add(t.Text, "")
			var facts []views.Fact
			if k.Facts != nil {
				facts = k.Facts(i, now())
			}
			for _, f := range factsOfAny(kind, cmf.Object(raw), now()) {
				if !slices.ContainsFunc(facts, func(own views.Fact) bool { return own.Label == f.Label }) {
					facts = append(facts, f)
				}
			}
			for _, f := range facts {
				d.Fact(t, f)
			}
			describeMetadata(&d, t, cmf.Object(raw))
			start := startOf(ctx, api, kind, scope, cmf.Object(raw))
			uses := append(usesOf(api, kind, i.Location, cmf.Object(raw)), start.uses()...)
			describeRelations(ctx, &d, t, uses, func(ctx context.Context) usedby.Tree {
				if k.UsedBy == nil {
					return usedby.Tree{}
				}
				return k.UsedBy(ctx, i)
			})
			describeSpecification(ctx, api, &d, t, kind, scope, cmf.Object(raw), start)
			return d, nil
		}
	}
}

// factsOfAny are those that every object has, and how an environment is.
func factsOfAny(kind cmf.Kind, o cmf.Object, now time.Time) []views.Fact {
	var facts []views.Fact
	if kind.Plural == cmf.Environments.Plural {
		cluster := o.Object("status", "kubernetesCluster")
		state := views.Fact{Label: "cluster", Text: cells.Join(cluster.String("state"), cluster.String("message"))}
		if word := cluster.String("state"); word != "" && word != "CONNECTED" {
			state.Tone = themes.Bad
		}
		facts = append(facts, state, views.Fact{Label: "namespace", Text: o.String("kubernetesNamespace")})
		for _, of := range [][2]string{{"made", "creationTimestamp"}, {"changed", "updateTimestamp"}} {
			if at := cmf.ParseTime(o.String("metadata", of[1])); !at.IsZero() {
				facts = append(facts, views.Fact{Label: of[0], Text: cells.Ago(at, now)})
			}
		}
	}
	return append(facts, views.Fact{Label: "uid", Text: o.String("metadata", "uid")})
}

// describeMetadata are labels, annotations and conditions. An address of the web is a
// link that a browser shows.
func describeMetadata(d *detail.Document, t *themes.Theme, o cmf.Object) {
	for _, part := range []string{"labels", "annotations"} {
		values := o.Object("metadata", part).Map()
		if len(values) == 0 {
			continue
		}
		heading(d, t, strings.ToUpper(part))
		width := 0
		for name := range values {
			width = max(width, min(clean.Width(clean.Text(name)), widestLabel))
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			text, _ := values[name].(string)
			line := clean.Text(name)
			line += clean.Blanks(max(width-clean.Width(line), 0)+2) + clean.Text(text)
			if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
				d.Link(t.Link, line, views.BrowseMsg{What: "the address of " + name, URL: text})
				continue
			}
			d.Add(t.Text, line)
		}
	}
	status, _ := o.Map()["status"].(map[string]any)
	conditions, _ := status["conditions"].([]any)
	if len(conditions) == 0 {
		return
	}
	heading(d, t, "CONDITIONS")
	for _, c := range conditions {
		m, _ := c.(map[string]any)
		word := func(name string) string {
			s, _ := m[name].(string)
			return s
		}
		d.Add(t.Text, clean.Text(cells.Join(
			word("type")+" "+word("status"), word("reason"), word("message"), word("lastTransitionTime"),
		)))
	}
}

// widestLabel is how many cells the values of labels are set off at most.
const widestLabel = 32

func heading(d *detail.Document, t *themes.Theme, text string) {
	d.Add(t.Text, "")
	d.Add(t.Head, text)
}

// describeRelations are what an object uses and what uses it, as links.
func describeRelations(
	ctx context.Context, d *detail.Document, t *themes.Theme, uses []usedby.Node,
	users func(context.Context) usedby.Tree,
) {
	if len(uses) > 0 {
		heading(d, t, "USES")
		for _, n := range uses {
			relation(d, t, n)
		}
	}
	tree := users(ctx)
	if len(tree.Nodes)+len(tree.Missing) == 0 {
		return
	}
	heading(d, t, "USED BY")
	for _, n := range tree.Nodes {
		relation(d, t, n)
		for _, c := range n.Children {
			c.What = "  " + c.What
			relation(d, t, c)
		}
	}
	for _, m := range tree.Missing {
		d.Add(t.Tone(themes.Warn), clean.Text(m))
	}
}

func relation(d *detail.Document, t *themes.Theme, n usedby.Node) {
	name := n.Name
	if n.Scope != "" {
		name += " in " + n.Scope
	}
	style := t.Text
	if n.Go != nil {
		style = t.Link
	}
	d.Link(
		style,
		clean.Fit(n.What, 16, t.Glyphs.Ellipsis)+clean.Text(strings.Join(
			strings.Fields(name+"  "+n.State+"  "+n.Remark), " ",
		)),
		n.Go,
	)
}

// usesOf are what an object mentions: its environment, pool, catalog, secrets.
func usesOf(api *cmfapi.Client, kind cmf.Kind, at *resource.Location, o cmf.Object) []usedby.Node {
	var nodes []usedby.Node
	add := func(n usedby.Node) {
		if n.Name != "" {
			nodes = append(nodes, n)
		}
	}
	if at.Scope != "" {
		add(environmentNode(at.Scope))
	}
	if kind.Plural == cmf.Environments.Plural {
		on := cmp.Or(o.String("kubernetesClusterName"), cmf.DefaultCluster)
		add(usedby.Node{What: "cluster", Name: on, Go: goTo(cmf.KubernetesClusters, "", on)})
	}
	owner := cmf.Applications
	parent, ofStatementToo := strings.CutPrefix(at.Parent, objects.OfStatement)
	if ofStatementToo {
		owner = cmf.Statements
	}
	if at.Parent != "" && kind.Plural == cmf.ApplicationSavepoints.Plural {
		add(usedby.Node{What: owner.Singular, Name: parent, Go: goTo(owner, at.Scope, parent)})
	}
	if kind.Plural == cmf.KafkaDatabases.Plural {
		add(usedby.Node{What: "catalog", Name: at.Parent, Go: goTo(cmf.KafkaCatalogs, "", at.Parent)})
	}
	pool := o.String("spec", "computePoolName")
	add(usedby.Node{What: "compute pool", Name: pool, Go: goTo(cmf.ComputePools, at.Scope, pool)})
	catalog := o.String("spec", "properties", cmf.PropertyCatalog)
	add(usedby.Node{What: "catalog", Name: catalog, Go: goTo(cmf.KafkaCatalogs, "", catalog)})
	if database := o.String("spec", "properties", cmf.PropertyDatabase); catalog != "" {
		add(usedby.Node{What: "database", Name: database, Go: goInto(
			catalog+" databases", Databases(api), resource.Location{Parent: catalog}, database,
		)})
	}
	secret := o.String("spec", "secretName")
	add(usedby.Node{What: "secret", Name: secret, Go: goTo(cmf.Secrets, "", secret)})
	for _, of := range []string{"srInstance", "kafkaCluster"} {
		id := o.String("spec", of, "connectionSecretId")
		add(usedby.Node{What: "secret id", Name: id, Remark: "mapped in each environment to a secret"})
	}
	return nodes
}

// describeSpecification is the specification as it takes effect. What it is without
// the environment's defaults is what a person wrote.
func describeSpecification(
	ctx context.Context, api *cmfapi.Client, d *detail.Document, t *themes.Theme, kind cmf.Kind, scope cmf.Scope,
	o cmf.Object, start startPoint,
) {
	members := o.Map()
	own, has := members["spec"]
	if kind.Plural == cmf.Environments.Plural {
		own, has = objects.Specification(maps.Clone(members)), true
	}
	if status, ok := members["status"].(map[string]any); ok && kind.Plural == cmf.Instances.Plural {
		own, has = status["spec"], true
	}
	if !has {
		return
	}
	heading(d, t, "SPEC")
	if kind.Plural == cmf.Secrets.Plural {
		d.Add(t.Dim, "values are never shown")
		return
	}
	origin, err := defaultsOf(ctx, api, kind, scope, o)
	if err != nil {
		d.Add(t.Tone(themes.Warn), clean.Text("what the environment sets could not be looked at: "+err.Error()))
	}
	d.Specification(t, detail.Spec{
		Effective: withDefaults(own, origin), Own: own, Origin: origin, From: "environment " + scope.Environment,
		Remark: start.remark,
	})
}

// defaultsOf is what an environment sets in specifications of a kind, nil for nothing.
func defaultsOf(ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope, o cmf.Object) (any, error) {
	if !forms.Defaulted(kind) {
		return nil, nil
	}
	e, err := cmfapi.Get[cmf.Environment](ctx, api, cmf.Environments, cmf.Scope{}, scope.Environment)
	if err != nil {
		return nil, err
	}
	return objects.Defaults(e, kind, o.String("spec", "statement")).Map()["spec"], nil
}

// withDefaults is a specification with what an environment sets, which wins.
func withDefaults(own, origin any) any {
	if origin == nil {
		return own
	}
	a, isMap := own.(map[string]any)
	b, both := origin.(map[string]any)
	if !both || !isMap && own != nil {
		return origin
	}
	all := map[string]any{}
	maps.Copy(all, a)
	for name, value := range b {
		all[name] = withDefaults(a[name], value)
	}
	return all
}
