package ccloudapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/fault"
	"drey/client/pause"
)

// Statement is a statement and the region that it is in.
type Statement struct {
	ccloud.Statement
	Region string
}

// UnmarshalJSON implements json.Unmarshaler; it is that of the statement alone,
// without its secrets.
func (s *Statement) UnmarshalJSON(b []byte) error {
	err := s.Statement.UnmarshalJSON(b)
	s.Statement = s.WithoutSecrets()
	return err
}

// Statement reads one. Where nobody knows its region each is asked; uid, where it is
// known, tells statements of one name apart: without it two of them are an error. Where
// none has the uid it gives the one of the name, which whoever asked compares.
func (c *Client) Statement(ctx context.Context, environment, name, inRegion, uid string) (Statement, error) {
	regions, err := c.needData()
	if err != nil {
		return Statement{}, err
	}
	scope, err := c.scope(ctx, environment)
	if err != nil {
		return Statement{}, err
	}
	if inRegion != "" {
		on, err := c.at(inRegion)
		if err != nil {
			return Statement{}, err
		}
		regions = []*region{{inRegion, on}}
	}
	what := "statement " + name
	return inOneRegion(ctx, regions, what, func(ctx context.Context, r *region) (Statement, bool, error) {
		s, err := get[ccloud.Statement](ctx, r.client, what, ccloud.Statements.ItemPath(scope, name), nil)
		return Statement{s.WithoutSecrets(), r.name}, uid != "" && s.Metadata.UID == uid, err
	})
}

// Create posts a statement in a region, "" being the first one.
func (c *Client) Create(ctx context.Context, environment, region string, s ccloud.Statement) (Statement, error) {
	on, err := c.at(region)
	if err != nil {
		return Statement{}, err
	}
	scope, err := c.scope(ctx, environment)
	if err != nil {
		return Statement{}, err
	}
	s.APIVersion, s.Kind, s.OrganizationID, s.EnvironmentID = "sql/v1", "Statement", scope.Organization, scope.Environment
	made, err := client.Send[ccloud.Statement](ctx, on, "create statement "+s.Name, client.Request{
		Method: http.MethodPost, Path: ccloud.Statements.Path(scope), Body: s, Private: s.HasSecrets(),
	})
	if fault.Of(err).Lost {
		made, err = client.FindMade(ctx, "statement "+s.Name, err, func(ctx context.Context) (ccloud.Statement, error) {
			return get[ccloud.Statement](ctx, on, "statement "+s.Name, ccloud.Statements.ItemPath(scope, s.Name), nil)
		})
	}
	return Statement{made.WithoutSecrets(), cmp.Or(region, c.data[0].name)}, err
}

// How a change that meets another one is tried again (platforms.md A4).
const (
	changeTries = 8
	changePause = 100 * time.Millisecond
	changeMost  = 2 * time.Second
)

// Change is what of a statement may change: members of its specification, and its
// labels. nil leaves a member as it is.
type Change struct {
	Stopped         *bool
	Pool, Principal *string
	Labels          map[string]string // those that are to change; "" takes one out
	// Still is nil, or refuses the change by the statement as it was just read: it is
	// asked before each request.
	Still func(ccloud.Statement) error
}

// ConflictError tells that a change met that of somebody else each time that it was
// tried. First and Last are the object as it was read first and last.
type ConflictError struct {
	What        string
	Tries       int
	First, Last json.RawMessage
	err         error
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf(
		"%s was changed by somebody else %d times meanwhile: look at it and try again: %v", e.What, e.Tries, e.err,
	)
}

// Unwrap is what the server said last.
func (e *ConflictError) Unwrap() error { return e.err }

// Update reads a statement, changes it and sends all of it back, as the server
// wants it; where somebody else was quicker it is read again. step is called
// before each request.
func (c *Client) Update(
	ctx context.Context, environment string, of Statement, change Change, step func(method string),
) error {
	on, err := c.at(of.Region)
	if err != nil {
		return err
	}
	scope, err := c.scope(ctx, environment)
	if err != nil {
		return err
	}
	return rewrite(ctx, on, "statement "+of.Name, ccloud.Statements.ItemPath(
		scope, of.Name,
	), step, func(now ccloud.Statement) (json.RawMessage, error) {
		if of.Metadata.UID != "" && now.Metadata.UID != of.Metadata.UID {
			return nil, fmt.Errorf(
				"statement %s was deleted and made again meanwhile: this is another one of the same name", of.Name,
			)
		}
		if change.Still != nil {
			if err := change.Still(now); err != nil {
				return nil, err
			}
		}
		return changed(now.Raw(), change)
	})
}

// rewrite reads an object and sends back what with makes of it; where somebody else
// was quicker it is read again, and with is asked again.
func rewrite[T interface{ Raw() json.RawMessage }](
	ctx context.Context, on *client.Client, what, path string, step func(method string),
	with func(now T) (json.RawMessage, error),
) error {
	var first json.RawMessage
	wait := changePause
	for try := 1; ; try++ {
		step(http.MethodGet)
		now, err := get[T](ctx, on, what, path, nil)
		if err != nil {
			return err
		}
		if first == nil {
			first = now.Raw()
		}
		body, err := with(now)
		if err != nil {
			return err
		}
		step(http.MethodPut)
		_, err = on.Do(ctx, client.Request{
			Method: http.MethodPut, Path: path, Body: body,
			Private: bytes.Contains(body, []byte(ccloud.PrefixSecretProperty)),
		})
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		if try == changeTries {
			return &ConflictError{What: what, Tries: try, First: first, Last: now.Raw(), err: err}
		}
		if !pause.For(ctx, wait) {
			return ctx.Err()
		}
		wait = min(wait*2, changeMost)
	}
}

// changed is an object with a change in it; all else is as it was read.
func changed(raw json.RawMessage, change Change) (json.RawMessage, error) {
	var object, spec, metadata map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(raw, &object), json.Unmarshal(object["spec"], &spec)); err != nil {
		return nil, fmt.Errorf("read the statement: %w", err)
	}
	set := func(to map[string]json.RawMessage, name string, value any) {
		to[name], _ = json.Marshal(value) // of text and bool it does not fail
	}
	if change.Stopped != nil {
		set(spec, "stopped", *change.Stopped)
	}
	if change.Pool != nil {
		set(spec, "compute_pool_id", *change.Pool)
	}
	if change.Principal != nil {
		set(spec, "principal", *change.Principal)
	}
	if change.Labels != nil {
		if err := json.Unmarshal(object["metadata"], &metadata); err != nil {
			return nil, fmt.Errorf("read the statement: %w", err)
		}
		labels := map[string]string{}
		_ = json.Unmarshal(metadata["labels"], &labels) // null or absent
		maps.Copy(labels, change.Labels)
		maps.DeleteFunc(labels, func(_, value string) bool { return value == "" })
		set(metadata, "labels", labels)
		set(object, "metadata", metadata)
	}
	set(object, "spec", spec)
	return json.Marshal(object)
}

// Delete removes a statement.
func (c *Client) Delete(ctx context.Context, environment string, of Statement) error {
	on, err := c.at(of.Region)
	if err != nil {
		return err
	}
	scope, err := c.scope(ctx, environment)
	if err != nil {
		return err
	}
	return remove(ctx, on, "statement "+of.Name, ccloud.Statements.ItemPath(scope, of.Name), nil)
}

// Exceptions are a statement's ten newest, the newest first.
func (c *Client) Exceptions(ctx context.Context, environment string, of Statement) ([]ccloud.Exception, error) {
	on, err := c.at(of.Region)
	if err != nil {
		return nil, err
	}
	scope, err := c.scope(ctx, environment)
	if err != nil {
		return nil, err
	}
	l, err := get[ccloud.ExceptionList](
		ctx, on, "exceptions of "+of.Name, ccloud.Statements.ItemPath(scope, of.Name)+"/exceptions", nil,
	)
	return l.Data, err
}

// Lister asks for a collection of an environment again and again. changed is false
// when it is as it was.
type Lister[T any] func(ctx context.Context) (listed client.Listed[T], changed bool, err error)

// Statements lists those of an environment in all regions as one list.
func (c *Client) Statements(environment string) Lister[Statement] {
	return perRegion(c, environment, ccloud.Statements, func(s *Statement, region string) {
		s.Region = region
		c.sawPrincipal(environment, s.Spec.Principal)
	})
}
