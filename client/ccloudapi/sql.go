package ccloudapi

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"drey/client/ccloud"
	"drey/client/fault"
	"drey/client/statement"
)

// SQL runs statements on Confluent Cloud.
func SQL(c *Client) statement.Engine { return sqlEngine{c} }

type sqlEngine struct{ api *Client }

// Submit creates a statement with the session's properties, as the confluent
// command line does (platforms.md A6): catalog, database and time zone among them.
func (e sqlEngine) Submit(ctx context.Context, r statement.Request) (statement.Status, error) {
	pool, region := e.api.poolAndRegion(r.Target.Pool)
	s := ccloud.Statement{Name: r.Name}
	s.Spec = ccloud.StatementSpec{Statement: r.SQL, Properties: e.properties(r), ComputePoolID: pool}
	if r.Helper {
		s.Metadata.Labels = map[string]string{ccloud.LabelHidden: "true"}
		if s.Spec.Properties[ccloud.PropertyDryRun] == "" {
			s.Spec.Properties[ccloud.PropertySnapshot] = ccloud.SnapshotNow
		}
	}
	if len(s.Spec.Statement) > ccloud.MaxStatement {
		return statement.Status{}, fmt.Errorf(
			"the statement has %d characters: Confluent Cloud takes %d", len(s.Spec.Statement), ccloud.MaxStatement,
		)
	}
	if region == "" {
		var err error
		if region, err = e.api.RegionOf(ctx, r.Target.Scope, pool); err != nil {
			return statement.Status{}, err
		}
	}
	made, err := e.api.Create(ctx, r.Target.Scope, region, s)
	if err != nil {
		return statement.Status{}, err
	}
	return e.explained(ctx, r.Target.Scope, made), nil
}

func (e sqlEngine) properties(r statement.Request) map[string]string {
	properties := map[string]string{
		ccloud.PropertyZone:    zone(time.Now()),
		ccloud.PropertyCatalog: cmp.Or(r.Target.Catalog, r.Target.Scope),
	}
	if database := cmp.Or(r.Target.Database, e.api.cfg.Database); database != "" &&
		(r.Target.Catalog == "" || r.Target.Database != "") {
		properties[ccloud.PropertyDatabase] = database
	}
	for key, value := range r.Settings {
		if !strings.HasPrefix(key, ccloud.PrefixClientProperty) {
			properties[key] = value
		}
	}
	return properties
}

// zone is the offset of this machine's clock, as the command line sends it.
func zone(now time.Time) string {
	_, offset := now.Zone()
	if offset == 0 {
		return "UTC"
	}
	return "GMT" + now.Format("-07:00")
}

// Observe reads a statement.
func (e sqlEngine) Observe(ctx context.Context, ref statement.Ref) (statement.Status, error) {
	s, err := e.api.Statement(ctx, ref.Scope, ref.Name, ref.Handle, "")
	if fault.Is(err, fault.NotFound) {
		return statement.Status{}, fmt.Errorf("%w: %w", statement.ErrGone, err)
	}
	if err != nil {
		return statement.Status{}, err
	}
	return e.explained(ctx, ref.Scope, s), nil
}

// explained is the status of s; a failure without a detail has its reason in the
// exceptions.
func (e sqlEngine) explained(ctx context.Context, environment string, s Statement) statement.Status {
	status := StatusOf(environment, s)
	status.Target.Pool = e.api.poolText(cmp.Or(s.Spec.ComputePoolID, defaultPool), s.Region)
	if status.Phase == statement.Failed && status.Detail == "" {
		if list, err := e.api.Exceptions(ctx, environment, s); err == nil && len(list) > 0 {
			status.Detail = list[0].Message
		}
	}
	return status
}

// StatusOf is what Confluent Cloud says of a statement.
func StatusOf(environment string, s Statement) statement.Status {
	out := statement.Status{
		Ref: statement.Ref{Scope: environment, Name: s.Name, Handle: s.Region},
		SQL: s.Spec.Statement, Settings: s.Spec.Properties, Parallelism: 0,
		Target: statement.Target{
			Scope: environment, Pool: s.Spec.ComputePoolID,
			Catalog: s.Spec.Properties[ccloud.PropertyCatalog], Database: s.Spec.Properties[ccloud.PropertyDatabase],
		},
		UID: s.Metadata.UID, Made: s.Metadata.CreatedAt, Created: s.Metadata.Made(),
		Raw: s.Phase(), Phase: PhaseOf(s.Phase()), Detail: Reason(s.Statement), Warning: warnings(s.Statement),
	}
	if s.Status == nil {
		return out
	}
	if t := s.Status.Traits; t != nil && t.SQLKind != "" {
		out.Traits = &statement.Traits{
			Kind: t.SQLKind, Bounded: t.IsBounded, AppendOnly: t.IsAppendOnly, Key: t.UpsertColumns,
		}
	} else if len(s.Columns()) > 0 {
		out.Traits = &statement.Traits{} // an older answer: only the columns are there
	}
	for _, c := range s.Columns() {
		out.Traits.Columns = append(out.Traits.Columns, statement.Column{Name: c.Name, Type: *typeOf(&c.Type)})
		out.Results = statement.Paged
	}
	return out
}

// PhaseOf is what a phase means; one that is not known is Unknown, and shown as
// it came.
func PhaseOf(raw string) statement.Phase {
	switch strings.ToUpper(raw) {
	case ccloud.PhasePending:
		return statement.Pending
	case ccloud.PhaseRunning:
		return statement.Running
	case ccloud.PhaseDegraded, ccloud.PhaseFailing:
		return statement.Degraded
	case ccloud.PhaseStopping:
		return statement.Stopping
	case ccloud.PhaseStopped:
		return statement.Stopped
	case ccloud.PhaseCompleted:
		return statement.Completed
	case ccloud.PhaseFailed:
		return statement.Failed
	case ccloud.PhaseDeleting:
		return statement.Deleting
	}
	return statement.Unknown
}

// Reason says why a statement is as it is, "" where nothing is to be said: what
// it waits for, or what is wrong with it.
func Reason(s ccloud.Statement) string {
	if s.Status == nil {
		return ""
	}
	reason := s.Status.Detail
	switch phase := PhaseOf(s.Status.Phase); {
	case s.Status.ScalingStatus.State == ccloud.PoolExhausted:
		reason = join(ccloud.PoolExhausted+": its compute pool has no CFUs left", reason)
	case phase == statement.Degraded && len(s.Status.Warnings) > 0:
		reason = join(cmp.Or(s.Status.Warnings[0].Reason, s.Status.Warnings[0].Message), reason)
	}
	return reason
}

func warnings(s ccloud.Statement) string {
	if s.Status == nil {
		return ""
	}
	text := ""
	for _, w := range s.Status.Warnings {
		text = join(text, strings.TrimSpace(w.Severity+" "+cmp.Or(w.Message, w.Reason)))
	}
	if limit := s.Status.StateLimitStatus; limit.State != "" && limit.State != "OK" {
		text = join(text, strings.ToLower(strings.ReplaceAll(limit.State, "_", " "))+" of state"+colon(limit.Detail))
	}
	return text
}

func colon(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

func typeOf(t *ccloud.DataType) *statement.DataType {
	if t == nil {
		return nil
	}
	out := &statement.DataType{
		Type: t.Type, Nullable: t.Nullable, Length: t.Length, Precision: t.Precision, Scale: t.Scale,
		KeyType: typeOf(t.KeyType), ValueType: typeOf(t.ValueType), ElementType: typeOf(t.ElementType),
		Resolution: t.Resolution, FractionalPrecision: t.FractionalPrecision,
	}
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, statement.Field{Name: f.Name, Type: *typeOf(&f.Type)})
	}
	return out
}

// Rows begins to read a statement's rows.
func (e sqlEngine) Rows(ref statement.Ref) statement.Rows {
	return e.api.newRows(reader{ref.Scope, ref.Name, ref.Handle})
}

// Stop asks a statement to stop; it may be resumed.
func (e sqlEngine) Stop(ctx context.Context, ref statement.Ref) error {
	s, err := e.api.Statement(ctx, ref.Scope, ref.Name, ref.Handle, "")
	if err != nil {
		return err
	}
	if s.Spec.Stopped || PhaseOf(s.Phase()).Ended() {
		return nil
	}
	stopped := true
	return e.api.Update(ctx, ref.Scope, s, Change{Stopped: &stopped}, func(string) {})
}

// Delete removes a statement.
func (e sqlEngine) Delete(ctx context.Context, ref statement.Ref) error {
	of := Statement{ccloud.Statement{Name: ref.Name}, ref.Handle}
	if ref.Handle == "" && len(e.api.Regions()) > 1 {
		var err error
		if of, err = e.api.Statement(ctx, ref.Scope, ref.Name, "", ""); fault.Is(err, fault.NotFound) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return e.api.Delete(ctx, ref.Scope, of)
}

// ScopeWord implements statement.Scoper.
func (sqlEngine) ScopeWord() string { return "environment" }

// Scopes are the environments.
func (e sqlEngine) Scopes(ctx context.Context) ([]string, error) {
	l, _, err := e.api.Environments()(ctx)
	var ids []string
	for _, env := range l.Items {
		ids = append(ids, env.ID)
	}
	return ids, err
}

// Exceptions are a statement's exceptions, newest first.
func (e sqlEngine) Exceptions(ctx context.Context, ref statement.Ref) ([]statement.Exception, error) {
	list, err := e.api.Exceptions(ctx, ref.Scope, Statement{ccloud.Statement{Name: ref.Name}, ref.Handle})
	var out []statement.Exception
	for _, x := range list {
		out = append(out, statement.Exception{At: ccloud.ParseTime(x.Timestamp), Text: x.Message})
	}
	return out, err
}

// Welcome implements statement.Welcomer: what each Confluent Cloud account can read.
func (sqlEngine) Welcome() string {
	return "-- F5 or alt-enter runs the statement under the cursor, esc leaves the editor.\n" +
		"SELECT * FROM examples.marketplace.orders LIMIT 10;\n\nSHOW TABLES;\n"
}
