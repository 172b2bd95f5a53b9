package cmfapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"drey/client"
	"drey/client/cmf"
	"drey/client/fault"
	"drey/client/flinksql"
	"drey/client/statement"
)

// SQL runs statements on a CMF server.
func SQL(c *Client) statement.Engine { return sqlEngine{c} }

type sqlEngine struct{ client *Client }

func scopeOf(ref statement.Ref) cmf.Scope { return cmf.Scope{Environment: ref.Scope} }

// Submit creates a statement. SET's keys become its properties or its Flink
// configuration, for a CMF server takes neither SET nor USE (cmf-behaviour.md §4.2).
func (e sqlEngine) Submit(ctx context.Context, r statement.Request) (statement.Status, error) {
	properties, configuration := splitSettings(r.Settings)
	setIfAny(properties, cmf.PropertyCatalog, r.Target.Catalog)
	setIfAny(properties, cmf.PropertyDatabase, r.Target.Database)
	scope := cmf.Scope{Environment: r.Target.Scope}
	made, err := Create(ctx, e.client, cmf.Statements, scope, cmf.Statement{
		APIVersion: cmf.APIVersion, Kind: cmf.Statements.Name,
		Metadata: cmf.Metadata{Name: r.Name},
		Spec: cmf.StatementSpec{
			Statement: r.SQL, ComputePoolName: r.Target.Pool, Parallelism: r.Parallelism,
			Properties: noneIfEmpty(properties), FlinkConfiguration: noneIfEmpty(configuration),
		},
	})
	if fault.Of(err).Lost { // the name is ours: it may be there
		made, err = FindMade[cmf.Statement](ctx, e.client, cmf.Statements, scope, r.Name, err)
	}
	if err != nil {
		return statement.Status{}, err
	}
	return e.explained(ctx, r.Target.Scope, made), nil
}

// isProperty tells spec.properties from spec.flinkConfiguration.
func isProperty(key string) bool { return strings.HasPrefix(key, "sql.") }

func splitSettings(settings map[string]string) (properties, configuration map[string]string) {
	properties, configuration = map[string]string{}, map[string]string{}
	for key, value := range settings {
		if isProperty(key) {
			properties[key] = value
		} else {
			configuration[key] = value
		}
	}
	return properties, configuration
}

func setIfAny(m map[string]string, key, value string) {
	if value != "" {
		m[key] = value
	}
}

func noneIfEmpty(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Observe reads a statement.
func (e sqlEngine) Observe(ctx context.Context, ref statement.Ref) (statement.Status, error) {
	s, err := Get[cmf.Statement](ctx, e.client, cmf.Statements, scopeOf(ref), ref.Name)
	if client.IsNotFound(err) {
		return statement.Status{}, fmt.Errorf("%w: %w", statement.ErrGone, err)
	}
	if err != nil {
		return statement.Status{}, err
	}
	return e.explained(ctx, ref.Scope, s), nil
}

// explained is the status of s; a failure without a detail has its reason in the
// exceptions (cmf-behaviour.md §2.5).
func (e sqlEngine) explained(ctx context.Context, environment string, s cmf.Statement) statement.Status {
	status := StatementStatus(environment, s)
	if status.Phase == statement.Failed && status.Detail == "" {
		if list, err := e.client.Exceptions(
			ctx, cmf.Scope{Environment: environment}, status.Name,
		); err == nil && len(list) > 0 {
			status.Detail = list[0].Message
		}
	}
	return status
}

// StatementStatus is what a CMF server says of a statement.
func StatementStatus(environment string, s cmf.Statement) statement.Status {
	out := statement.Status{
		Ref: statement.Ref{Scope: environment, Name: s.Metadata.Name},
		SQL: s.Spec.Statement, Parallelism: s.Spec.Parallelism,
		Target: statement.Target{
			Scope: environment, Pool: s.Spec.ComputePoolName,
			Catalog: s.Spec.Properties[cmf.PropertyCatalog], Database: s.Spec.Properties[cmf.PropertyDatabase],
		},
		Settings: map[string]string{},
		UID:      s.Metadata.UID, Made: s.Metadata.CreationTimestamp,
		Created: cmf.ParseTime(s.Metadata.CreationTimestamp),
	}
	out.Raw, out.Phase = StatementPhase(s)
	for _, settings := range []map[string]string{s.Spec.Properties, s.Spec.FlinkConfiguration} {
		for key, value := range settings {
			out.Settings[key] = value
		}
	}
	if s.Status == nil {
		return out
	}
	out.Detail, out.Warning = s.Status.Detail, s.Status.Warning
	out.Traits = traitsOf(s.Status.Traits)
	switch {
	case s.Result != nil:
		out.Results, out.Rows = statement.Inline, rowsOf(s.Result.Results.Data)
	case out.Traits != nil && flinksql.Kind(out.Traits.Kind) == flinksql.Select:
		out.Results = statement.Paged // cmf-behaviour.md §1.3
	}
	return out
}

// StatementPhase is a statement's phase, in the word that is shown and as what it
// means: a statement that is being stopped is RUNNING until its savepoint is taken.
func StatementPhase(s cmf.Statement) (string, statement.Phase) {
	raw := s.Phase()
	switch raw {
	case cmf.PhasePending:
		return raw, statement.Pending
	case cmf.PhaseRunning:
		if s.Spec.Stopped {
			return "STOPPING", statement.Stopping
		}
		return raw, statement.Running
	case cmf.PhaseFailing:
		return raw, statement.Degraded
	case cmf.PhaseCompleted:
		return raw, statement.Completed
	case cmf.PhaseFailed:
		return raw, statement.Failed
	case cmf.PhaseStopped:
		return raw, statement.Stopped
	case cmf.PhaseDeleting:
		return raw, statement.Deleting
	}
	return raw, statement.Unknown
}

func traitsOf(t *cmf.StatementTraits) *statement.Traits {
	if t == nil {
		return nil
	}
	out := &statement.Traits{Kind: t.SQLKind, Bounded: t.IsBounded, AppendOnly: t.IsAppendOnly, Key: t.UpsertColumns}
	if t.Schema != nil {
		for _, c := range t.Schema.Columns {
			out.Columns = append(out.Columns, statement.Column{Name: c.Name, Type: *typeOf(&c.Type)})
		}
	}
	return out
}

func typeOf(t *cmf.DataType) *statement.DataType {
	if t == nil {
		return nil
	}
	out := &statement.DataType{
		Type: t.Type, Nullable: t.Nullable, Length: t.Length, Precision: t.Precision, Scale: t.Scale,
		KeyType: typeOf(t.KeyType), ValueType: typeOf(t.ValueType), ElementType: typeOf(t.ElementType),
		Resolution: t.Resolution, FractionalPrecision: t.FractionalPrecision,
	}
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, statement.Field{Name: f.Name, Type: *typeOf(&f.FieldType)})
	}
	return out
}

func rowsOf(rows []cmf.ResultRow) []statement.Row {
	out := make([]statement.Row, len(rows))
	for i, r := range rows {
		out[i] = statement.Row{Op: statement.Op(r.Op), Cells: r.Row}
	}
	return out
}

// Rows pages through a statement's results.
func (e sqlEngine) Rows(ref statement.Ref) statement.Rows {
	return pagedRows{e.client.NewResultPager(scopeOf(ref), ref.Name)}
}

type pagedRows struct{ pager *ResultPager }

// Next reads a page. 410: the results are held no more; 400 and 404: there are
// none (cmf-behaviour.md §4.5).
func (r pagedRows) Next(ctx context.Context) ([]statement.Row, bool, error) {
	rows, done, err := r.pager.Next(ctx)
	switch client.StatusOf(err) {
	case http.StatusGone:
		err = fmt.Errorf("%w: %w", statement.ErrGone, err)
	case http.StatusBadRequest, http.StatusNotFound:
		err = fmt.Errorf("%w: %w", statement.ErrNoResults, err)
	}
	return rowsOf(rows), done, err
}

// Stop asks for a savepoint and the end of the job.
func (e sqlEngine) Stop(ctx context.Context, ref statement.Ref) error {
	return e.client.StopStatement(ctx, scopeOf(ref), ref.Name)
}

// Delete removes a statement.
func (e sqlEngine) Delete(ctx context.Context, ref statement.Ref) error {
	err := Delete(ctx, e.client, cmf.Statements, scopeOf(ref), ref.Name, false)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// ScopeWord implements statement.Scoper.
func (sqlEngine) ScopeWord() string { return cmf.Environments.Singular }

// Scopes are the environments.
func (e sqlEngine) Scopes(ctx context.Context) ([]string, error) {
	list, err := List[cmf.Environment](ctx, e.client, cmf.Environments, cmf.Scope{}, Query{})
	var names []string
	for _, env := range list.Items {
		names = append(names, env.Name)
	}
	return names, err
}

// PoolWord implements statement.Pooler.
func (sqlEngine) PoolWord() string { return cmf.ComputePools.Singular }

// Pools are the compute pools that are neither suspended nor being deleted.
func (e sqlEngine) Pools(ctx context.Context, environment string) ([]string, error) {
	list, err := List[cmf.ComputePool](ctx, e.client, cmf.ComputePools, cmf.Scope{Environment: environment}, Query{})
	var names []string
	for _, pool := range list.Items {
		if pool.Status == nil || pool.Status.Phase != cmf.PoolSuspended && pool.Status.Phase != cmf.PoolDeleting {
			names = append(names, pool.Metadata.Name)
		}
	}
	return names, err
}

// Exceptions are a statement's exceptions, newest first.
func (e sqlEngine) Exceptions(ctx context.Context, ref statement.Ref) ([]statement.Exception, error) {
	list, err := e.client.Exceptions(ctx, scopeOf(ref), ref.Name)
	var out []statement.Exception
	for _, x := range list {
		out = append(out, statement.Exception{At: cmf.ParseTime(x.Timestamp), Text: x.Message})
	}
	return out, err
}
