package ccloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"drey/client"
	"drey/client/ccloud"
)

// Table is a materialized table and the region that it is in.
type Table struct {
	ccloud.MaterializedTable
	Region string
}

// UnmarshalJSON implements json.Unmarshaler: it is that of the table, without its
// secrets.
func (t *Table) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, &t.MaterializedTable)
	t.MaterializedTable = t.WithoutSecrets()
	return err
}

// MaterializedTables lists the tables that queries keep up to date.
func (c *Client) MaterializedTables(environment string) Lister[Table] {
	return perRegion(c, environment, ccloud.MaterializedTables, func(t *Table, region string) {
		t.Region = region
		c.sawPrincipal(environment, t.Spec.Principal)
	})
}

// TableWhere looks for a materialized table of an environment by its name, which is
// unique in its database alone: is tells which one is meant, nil is the only one.
func (c *Client) TableWhere(ctx context.Context, environment, name string, is func(Table) bool) (Table, error) {
	l, _, err := c.MaterializedTables(environment)(ctx)
	if err != nil {
		return Table{}, err
	}
	found := slices.DeleteFunc(l.Items, func(t Table) bool { return t.Name != name || is != nil && !is(t) })
	switch len(found) {
	case 0:
		if err := failureOf(l.Broken); err != nil {
			return Table{}, err
		}
		return Table{}, missingObject{"materialized table " + name}
	case 1:
		return c.Table(ctx, environment, found[0])
	}
	var databases []string
	for _, t := range found {
		databases = append(databases, t.Spec.ClusterID)
	}
	return Table{}, fmt.Errorf(
		"there are %d materialized tables %s, in the databases %s", len(found), name, strings.Join(databases, ", "),
	)
}

// Table reads a materialized table again.
func (c *Client) Table(ctx context.Context, environment string, of Table) (Table, error) {
	on, path, err := c.tableAt(ctx, environment, of, ccloud.TablePath)
	if err != nil {
		return Table{}, err
	}
	t, err := get[ccloud.MaterializedTable](ctx, on, "materialized table "+of.Name, path, nil)
	return Table{t.WithoutSecrets(), of.Region}, err
}

// TableVersions are the versions of a materialized table, the newest first.
func (c *Client) TableVersions(ctx context.Context, environment string, of Table) ([]ccloud.TableVersion, error) {
	on, path, err := c.tableAt(ctx, environment, of, ccloud.VersionsPath)
	if err != nil {
		return nil, err
	}
	all, err := list[ccloud.TableVersion](ctx, on, path, url.Values{})
	slices.SortStableFunc(all, func(a, b ccloud.TableVersion) int { return b.Spec.Version - a.Spec.Version })
	return all, err
}

// ChangeTable sends a materialized table back with members of its specification
// changed; nil takes one out. The API lets query, stopped, compute_pool_id, principal,
// columns, watermark, constraints and table_options change. still, unless nil, may
// refuse the change by the table as it was just read.
func (c *Client) ChangeTable(
	ctx context.Context, environment string, of Table, change map[string]any,
	still func(ccloud.MaterializedTable) error,
) error {
	on, path, err := c.tableAt(ctx, environment, of, ccloud.TablePath)
	if err != nil {
		return err
	}
	return rewrite(
		ctx, on, "materialized table "+of.Name, path, func(string) {},
		func(now ccloud.MaterializedTable) (json.RawMessage, error) {
			if of.Metadata.UID != "" && now.Metadata.UID != of.Metadata.UID {
				return nil, fmt.Errorf(
					"materialized table %s was deleted and made again meanwhile: this is another one of the same name",
					of.Name,
				)
			}
			if still != nil {
				if err := still(now); err != nil {
					return nil, err
				}
			}
			var object, spec map[string]json.RawMessage
			if err := errors.Join(json.Unmarshal(now.Raw(), &object), json.Unmarshal(object["spec"], &spec)); err != nil {
				return nil, fmt.Errorf("read the materialized table: %w", err)
			}
			for name, value := range change {
				if value == nil {
					delete(spec, name)
					continue
				}
				if spec[name], err = json.Marshal(value); err != nil {
					return nil, err
				}
			}
			if object["spec"], err = json.Marshal(spec); err != nil {
				return nil, err
			}
			return json.Marshal(object)
		},
	)
}

// DeleteTable removes a materialized table with what it holds.
func (c *Client) DeleteTable(ctx context.Context, environment string, of Table) error {
	on, path, err := c.tableAt(ctx, environment, of, ccloud.TablePath)
	if err != nil {
		return err
	}
	return remove(ctx, on, "materialized table "+of.Name, path, nil)
}

// tableAt is where a materialized table is, by what is its path.
func (c *Client) tableAt(
	ctx context.Context, environment string, of Table, path func(ccloud.Scope, string, string) string,
) (*client.Client, string, error) {
	on, err := c.at(of.Region)
	if err != nil {
		return nil, "", err
	}
	scope, err := c.scope(ctx, environment)
	return on, path(scope, of.Spec.ClusterID, of.Name), err
}
