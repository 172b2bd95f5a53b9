package cmf

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/sync/errgroup"

	"drey/client"
	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/client/flinksql"
	"drey/views"
	"drey/views/browse"
	"drey/views/cells"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
	"drey/views/usedby"
)

// mostUsers is how many objects of one kind a tree has below one object.
const mostUsers = 200

// environmentsAsked is how many environments are asked at the same time for what
// uses a global object.
const environmentsAsked = 8

// goTo goes to the row of an object in the list of its kind.
func goTo(kind cmf.Kind, environment, name string) tea.Msg {
	msg := views.GoMsg{Tab: kind.Plural, Name: name, Link: true}
	if environment != "" {
		msg.Environment = &environment
	}
	return msg
}

// goInto opens the list of what lives in an object, at the row of a name.
func goInto[T any](title string, kind resource.Kind[T], at resource.Location, name string) tea.Msg {
	return views.OpenMsg{Title: title, Make: func(env *views.Env) views.View {
		v := browse.New(env, kind, at)
		v.SelectName(name)
		return v
	}}
}

// found are the nodes of a list; what the server does not have is nothing.
func found[T any](what string, listed client.Listed[T], err error, node func(T) usedby.Node) usedby.Tree {
	var t usedby.Tree
	if err != nil {
		if !fault.Is(err, fault.NotFound, fault.Unsupported) {
			t.Failed(what, err)
		}
		return t
	}
	for i, item := range listed.Items {
		if i == mostUsers {
			t.Nodes = append(t.Nodes, usedby.Node{Name: fmt.Sprintf(
				"and %d %s more", len(listed.Items)-mostUsers, what,
			)})
			break
		}
		t.Nodes = append(t.Nodes, node(item))
	}
	if n := len(listed.Broken); n > 0 {
		t.Missing = append(t.Missing, fmt.Sprintf("%d %s could not be read", n, what))
	}
	return t
}

// together runs lookups side by side; their answers stay in this order.
func together(lookups ...func() usedby.Tree) usedby.Tree {
	trees := make([]usedby.Tree, len(lookups))
	var group errgroup.Group
	group.SetLimit(environmentsAsked)
	for i, look := range lookups {
		group.Go(func() error {
			trees[i] = look()
			return nil
		})
	}
	_ = group.Wait() // lookups say their errors in the trees
	var all usedby.Tree
	for _, t := range trees {
		all.Add(t)
	}
	return all
}

// environmentNode leads to the applications of an environment.
func environmentNode(name string) usedby.Node {
	return usedby.Node{What: "environment", Name: name, Go: views.GoMsg{
		Tab: cmf.Applications.Plural, Environment: &name, Link: true,
	}}
}

// usesOfCluster are the environments on a cluster.
func usesOfCluster(ctx context.Context, api *cmfapi.Client, name string) usedby.Tree {
	listed, err := cmfapi.List[cmf.Environment](ctx, api, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
	listed.Items = slices.DeleteFunc(slices.Clone(listed.Items), func(e cmf.Environment) bool {
		return objects.ClusterOf(e) != name
	})
	return found("environments", listed, err, func(e cmf.Environment) usedby.Node {
		return environmentNode(e.EffectiveName())
	})
}

// usesOfEnvironment are what lives in an environment, and the databases in which
// its statements may make tables.
func usesOfEnvironment(ctx context.Context, api *cmfapi.Client, name string) usedby.Tree {
	scope := cmf.Scope{Environment: name}
	return together(
		func() usedby.Tree {
			listed, err := cmfapi.List[cmf.FlinkApplication](ctx, api, cmf.Applications, scope, cmfapi.Query{Fields: []string{
				"metadata.name", "spec.job.state", "status.lifecycleState", "status.jobStatus.state",
			}})
			return found("applications", listed, err, func(a cmf.FlinkApplication) usedby.Node {
				return applicationNode(api, name, a)
			})
		},
		func() usedby.Tree {
			return statementsIn(ctx, api, name, "", func(cmf.Statement) (string, bool) { return "", true })
		},
		func() usedby.Tree {
			listed, err := cmfapi.List[cmf.ComputePool](ctx, api, cmf.ComputePools, scope, cmfapi.Query{})
			return found("compute pools", listed, err, func(p cmf.ComputePool) usedby.Node {
				state, tone := objects.PoolState(p)
				return usedby.Node{
					What: "compute pool", Name: p.Metadata.Name, State: state, Tone: tone,
					Go: goTo(cmf.ComputePools, name, p.Metadata.Name),
				}
			})
		},
		func() usedby.Tree {
			listed, err := cmfapi.List[cmf.SecretMapping](ctx, api, cmf.SecretMappings, scope, cmfapi.Query{})
			return found("secret mappings", listed, err, func(m cmf.SecretMapping) usedby.Node {
				return usedby.Node{
					What: "secret mapping", Name: m.Metadata.Name, Remark: "of secret " + m.Spec.SecretName,
					Go: goInto(name+" mappings", SecretMappings(api), resource.Location{Scope: name}, m.Metadata.Name),
				}
			})
		},
		func() usedby.Tree {
			return databasesWith(ctx, api, func(_ string, d cmf.KafkaDatabase) (string, bool) {
				return "its statements may make tables there", slices.Contains(d.Spec.DDLEnvironments, name)
			})
		},
	)
}

func applicationNode(api *cmfapi.Client, environment string, a cmf.FlinkApplication) usedby.Node {
	state, tone := objects.ApplicationState(a)
	return usedby.Node{
		What: "application", Name: a.Name(), State: state, Tone: tone,
		Go:   goTo(cmf.Applications, environment, a.Name()),
		Load: func(ctx context.Context) usedby.Tree { return usesOfApplication(ctx, api, environment, a.Name()) },
	}
}

// usesOfApplication are an application's instances, the newest first, each with the
// savepoints that were taken while it was the newest one.
func usesOfApplication(ctx context.Context, api *cmfapi.Client, environment, name string) usedby.Tree {
	scope := cmf.Scope{Environment: environment, Parent: name}
	var points usedby.Tree
	var taken []string // when, of each of points
	var listed client.Listed[cmf.Instance]
	var err error
	_ = together(
		func() usedby.Tree {
			points, taken = savepointsOf(ctx, api, cmf.ApplicationSavepoints, scope)
			return usedby.Tree{}
		},
		func() usedby.Tree {
			listed, err = cmfapi.List[cmf.Instance](ctx, api, cmf.Instances, scope, cmfapi.Query{
				Sort: []string{"creationTimestamp,desc", "name"},
			})
			return usedby.Tree{}
		},
	)
	slices.SortStableFunc(listed.Items, func(a, b cmf.Instance) int {
		return cmf.ParseTime(b.Metadata.CreationTimestamp).Compare(cmf.ParseTime(a.Metadata.CreationTimestamp))
	})
	tree := found("instances", listed, err, func(i cmf.Instance) usedby.Node {
		state, tone := objects.JobState(objects.InstanceState(i), "")
		return usedby.Node{
			What: "instance", Name: i.Metadata.Name, Opaque: true, State: state, Tone: tone,
			Remark: objects.StampText(i.Metadata.CreationTimestamp),
			Go: goInto(
				name+" instances", Instances(api), resource.Location{Scope: environment, Parent: name}, i.Metadata.Name,
			),
		}
	})
	tree.Missing = append(tree.Missing, points.Missing...)
	for p, node := range points.Nodes {
		at := slices.IndexFunc(listed.Items, func(i cmf.Instance) bool {
			return p < len(taken) && !cmf.ParseTime(i.Metadata.CreationTimestamp).After(cmf.ParseTime(taken[p]))
		})
		if at < 0 || at >= min(len(tree.Nodes), mostUsers) {
			tree.Nodes = append(tree.Nodes, node)
			continue
		}
		tree.Nodes[at].Children = append(tree.Nodes[at].Children, node)
	}
	return tree
}

// savepointsOf are the savepoints that are attached to an object, and when each was
// taken.
func savepointsOf(ctx context.Context, api *cmfapi.Client, kind cmf.Kind, scope cmf.Scope) (usedby.Tree, []string) {
	listed, err := cmfapi.List[cmf.Savepoint](ctx, api, kind, scope, cmfapi.Query{})
	var taken []string
	tree := found("savepoints", listed, err, func(s cmf.Savepoint) usedby.Node {
		state, tone := objects.SavepointState(s)
		taken = append(taken, s.Metadata.CreationTimestamp)
		return usedby.Node{
			What: "savepoint", Name: s.Metadata.Name, State: state, Tone: tone, Remark: cells.Size(objects.SavepointSize(s)),
			Go: goTo(cmf.ApplicationSavepoints, scope.Environment, s.Metadata.Name),
		}
	})
	return tree, taken
}

func usesOfStatement(ctx context.Context, api *cmfapi.Client, environment, name string) usedby.Tree {
	tree, _ := savepointsOf(ctx, api, cmf.StatementSavepoints, cmf.Scope{Environment: environment, Parent: name})
	return tree
}

// statementsIn are the statements of an environment that use something; scope is ""
// where the tree is in that environment already.
func statementsIn(
	ctx context.Context, api *cmfapi.Client, environment, scope string,
	uses func(cmf.Statement) (remark string, yes bool),
) usedby.Tree {
	listed, err := cmfapi.List[cmf.Statement](
		ctx, api, cmf.Statements, cmf.Scope{Environment: environment},
		cmfapi.Query{Fields: []string{"metadata", "spec", "status.phase"}},
	)
	listed.Items = slices.DeleteFunc(slices.Clone(listed.Items), func(s cmf.Statement) bool {
		_, yes := uses(s)
		return !yes
	})
	return found("statements in "+environment, listed, err, func(s cmf.Statement) usedby.Node {
		state, tone := objects.StatementState(s)
		remark, _ := uses(s)
		n := usedby.Node{
			What: "statement", Name: s.Metadata.Name, Scope: scope, State: state, Tone: tone, Remark: remark,
			Go: goTo(cmf.Statements, environment, s.Metadata.Name),
		}
		n.Load = func(ctx context.Context) usedby.Tree {
			return usesOfStatement(ctx, api, environment, s.Metadata.Name)
		}
		return n
	})
}

func usesOfPool(ctx context.Context, api *cmfapi.Client, environment, name string) usedby.Tree {
	return statementsIn(ctx, api, environment, "", func(s cmf.Statement) (string, bool) {
		return "", s.Spec.ComputePoolName == name
	})
}

// inEnvironments asks each environment of the server.
func inEnvironments(
	ctx context.Context, api *cmfapi.Client, what string, look func(environment string) usedby.Tree,
) usedby.Tree {
	listed, err := cmfapi.List[cmf.Environment](ctx, api, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
	if err != nil {
		var t usedby.Tree
		t.Failed(what, err)
		return t
	}
	names, unnamed := objects.NamesOf(listed)
	var lookups []func() usedby.Tree
	for _, name := range names {
		lookups = append(lookups, func() usedby.Tree { return look(name) })
	}
	t := together(lookups...)
	if unnamed != "" {
		t.Missing = append(t.Missing, unnamed)
	}
	return t
}

// usesOfSecret are the mappings of a secret, each with what mentions its id.
func usesOfSecret(ctx context.Context, api *cmfapi.Client, name string) usedby.Tree {
	return inEnvironments(ctx, api, "secret mappings", func(environment string) usedby.Tree {
		listed, err := cmfapi.List[cmf.SecretMapping](
			ctx, api, cmf.SecretMappings, cmf.Scope{Environment: environment}, cmfapi.Query{},
		)
		listed.Items = slices.DeleteFunc(slices.Clone(listed.Items), func(m cmf.SecretMapping) bool {
			return m.Spec.SecretName != name
		})
		return found("secret mappings in "+environment, listed, err, func(m cmf.SecretMapping) usedby.Node {
			id := m.Metadata.Name
			return usedby.Node{
				What: "secret mapping", Name: id, Scope: environment,
				Go:   goInto(name+" mappings", SecretMappings(api), resource.Location{Scope: environment}, id),
				Load: func(ctx context.Context) usedby.Tree { return usesOfMapping(ctx, api, environment, id) },
			}
		})
	})
}

// usesOfMapping are what mentions the id of a secret: catalogs, databases, and the
// applications of its environment whose specification has it as a value.
func usesOfMapping(ctx context.Context, api *cmfapi.Client, environment, id string) usedby.Tree {
	return together(
		func() usedby.Tree {
			listed, err := cmfapi.List[cmf.KafkaCatalog](ctx, api, cmf.KafkaCatalogs, cmf.Scope{}, cmfapi.Query{})
			listed.Items = slices.DeleteFunc(slices.Clone(listed.Items), func(c cmf.KafkaCatalog) bool {
				return !mentions(c.Spec, id)
			})
			return found("catalogs", listed, err, func(c cmf.KafkaCatalog) usedby.Node {
				return catalogNode(api, c, "mentions it")
			})
		},
		func() usedby.Tree {
			return databasesWith(ctx, api, func(_ string, d cmf.KafkaDatabase) (string, bool) {
				return "mentions it", mentions(d.Spec, id)
			})
		},
		func() usedby.Tree {
			listed, err := cmfapi.List[cmf.FlinkApplication](
				ctx, api, cmf.Applications, cmf.Scope{Environment: environment}, cmfapi.Query{},
			)
			listed.Items = slices.DeleteFunc(slices.Clone(listed.Items), func(a cmf.FlinkApplication) bool {
				return !mentions(a.Spec, id)
			})
			return found("applications in "+environment, listed, err, func(a cmf.FlinkApplication) usedby.Node {
				n := applicationNode(api, environment, a)
				n.Remark, n.Load = "mentions it", nil
				return n
			})
		},
	)
}

func catalogNode(api *cmfapi.Client, c cmf.KafkaCatalog, remark string) usedby.Node {
	return usedby.Node{
		What: "catalog", Name: c.Metadata.Name, Remark: remark, Go: goTo(cmf.KafkaCatalogs, "", c.Metadata.Name),
		Load: func(ctx context.Context) usedby.Tree { return usesOfCatalog(ctx, api, c.Metadata.Name) },
	}
}

// databasesWith are the databases of all catalogs that use something.
func databasesWith(
	ctx context.Context, api *cmfapi.Client, uses func(catalog string, d cmf.KafkaDatabase) (remark string, yes bool),
) usedby.Tree {
	catalogs, err := cmfapi.List[cmf.KafkaCatalog](ctx, api, cmf.KafkaCatalogs, cmf.Scope{}, cmfapi.Query{})
	var none usedby.Tree
	if fault.Is(err, fault.NotFound, fault.Unsupported) {
		return none
	}
	if err != nil {
		none.Failed("databases", err)
		return none
	}
	var lookups []func() usedby.Tree
	for _, c := range catalogs.Items {
		lookups = append(lookups, func() usedby.Tree { return databasesOf(ctx, api, c.Metadata.Name, uses) })
	}
	return together(lookups...)
}

func databasesOf(
	ctx context.Context, api *cmfapi.Client, catalog string, uses func(string, cmf.KafkaDatabase) (string, bool),
) usedby.Tree {
	listed, err := cmfapi.List[cmf.KafkaDatabase](
		ctx, api, cmf.KafkaDatabases, cmf.Scope{Parent: catalog}, cmfapi.Query{},
	)
	listed.Items = slices.DeleteFunc(slices.Clone(listed.Items), func(d cmf.KafkaDatabase) bool {
		_, yes := uses(catalog, d)
		return !yes
	})
	return found("databases of "+catalog, listed, err, func(d cmf.KafkaDatabase) usedby.Node {
		remark, _ := uses(catalog, d)
		return usedby.Node{
			What: "database", Name: d.Metadata.Name, Remark: cells.Join("of catalog "+catalog, remark),
			Go: goInto(catalog+" databases", Databases(api), resource.Location{Parent: catalog}, d.Metadata.Name),
		}
	})
}

// usesOfCatalog are a catalog's databases, and the statements that mention it.
func usesOfCatalog(ctx context.Context, api *cmfapi.Client, name string) usedby.Tree {
	return together(
		func() usedby.Tree {
			return databasesOf(ctx, api, name, func(string, cmf.KafkaDatabase) (string, bool) { return "", true })
		},
		func() usedby.Tree {
			return inEnvironments(ctx, api, "statements", func(environment string) usedby.Tree {
				return statementsIn(ctx, api, environment, environment, func(s cmf.Statement) (string, bool) {
					return usesName(s, cmf.PropertyCatalog, name)
				})
			})
		},
	)
}

// usesOfDatabase are the statements that mention a database and its catalog.
func usesOfDatabase(ctx context.Context, api *cmfapi.Client, catalog, name string) usedby.Tree {
	return inEnvironments(ctx, api, "statements", func(environment string) usedby.Tree {
		return statementsIn(ctx, api, environment, environment, func(s cmf.Statement) (string, bool) {
			remark, yes := usesName(s, cmf.PropertyDatabase, name)
			if _, its := usesName(s, cmf.PropertyCatalog, catalog); !its {
				return "", false
			}
			return remark, yes
		})
	})
}

// usesName tells whether a statement mentions a catalog or a database: as the one
// it runs in, or by its name in the text.
func usesName(s cmf.Statement, property, name string) (remark string, yes bool) {
	if s.Spec.Properties[property] == name {
		return "runs in it", true
	}
	for _, token := range flinksql.Lex(s.Spec.Statement) {
		switch token.Kind {
		case flinksql.Quoted:
			yes = strings.ReplaceAll(strings.Trim(token.Text, "`"), "``", "`") == name
		case flinksql.Identifier, flinksql.Keyword:
			yes = token.Text == name
		default:
			yes = false
		}
		if yes {
			return "names it", true
		}
	}
	return "", false
}

// mentions tells that a specification has a text as one of its values.
func mentions(spec any, text string) bool {
	o, err := cmf.NewObject(spec)
	if err != nil {
		return false
	}
	var has func(any) bool
	has = func(v any) bool {
		switch v := v.(type) {
		case string:
			return v == text
		case map[string]any:
			for _, member := range v {
				if has(member) {
					return true
				}
			}
		case []any:
			return slices.ContainsFunc(v, has)
		}
		return false
	}
	return has(o.Map())
}
