package ccloudapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"drey/client"
	"drey/client/ccloud"
	"drey/client/fault"
)

// Environments lists the environments; without a key of the control plane, the one
// that the context names.
func (c *Client) Environments() Lister[ccloud.Environment] {
	if c.control == nil {
		only := client.Listed[ccloud.Environment]{}
		if c.cfg.Environment != "" {
			only.Items = []ccloud.Environment{{ID: c.cfg.Environment}}
		}
		asked := false
		return func(context.Context) (client.Listed[ccloud.Environment], bool, error) {
			first := !asked
			asked = true
			return only, first, nil
		}
	}
	return newPoll[ccloud.Environment](c.control, ccloud.EnvironmentsPath, nil).Next
}

// Pools lists the compute pools of an environment.
func (c *Client) Pools(environment string) Lister[ccloud.ComputePool] {
	return onControl[ccloud.ComputePool](c, ccloud.PoolsPath, url.Values{"environment": {environment}})
}

// AllRegions lists where statements can run on the context's cloud, or on all.
func (c *Client) AllRegions() Lister[ccloud.Region] {
	query := url.Values{}
	if c.cfg.Cloud != "" {
		query.Set("cloud", strings.ToUpper(c.cfg.Cloud))
	}
	return onControl[ccloud.Region](c, ccloud.RegionsPath, query)
}

// Artifacts lists those of an environment in each region of the context.
func (c *Client) Artifacts(environment string) Lister[ccloud.Artifact] {
	var each []*regionList[ccloud.Artifact]
	for _, region := range c.cfg.Regions {
		each = append(each, &regionList[ccloud.Artifact]{
			name: region, in: func(*ccloud.Artifact, string) {},
			next: onControl[ccloud.Artifact](c, ccloud.ArtifactsPath, c.artifactQuery(environment, region)),
		})
	}
	all := together(c, each)
	return func(ctx context.Context) (client.Listed[ccloud.Artifact], bool, error) {
		if c.cfg.Cloud == "" || !slices.ContainsFunc(c.cfg.Regions, func(region string) bool { return region != "" }) {
			return client.Listed[ccloud.Artifact]{}, false, missingKey{
				"cloud and region beside endpoint: artifacts are listed by them",
			}
		}
		return all(ctx)
	}
}

func (c *Client) artifactQuery(environment, region string) url.Values {
	return url.Values{"cloud": {strings.ToUpper(c.cfg.Cloud)}, "region": {region}, "environment": {environment}}
}

func onControl[T any](c *Client, path string, query url.Values) Lister[T] {
	var poll *client.Poll[T]
	return func(ctx context.Context) (client.Listed[T], bool, error) {
		control, err := c.needControl()
		if err != nil {
			return client.Listed[T]{}, false, err
		}
		if poll == nil {
			poll = newPoll[T](control, path, query)
		}
		return poll.Next(ctx)
	}
}

// Connection is a connection and the region that it is in.
type Connection struct {
	ccloud.Connection
	Region string
}

// UnmarshalJSON implements json.Unmarshaler; it is that of the connection alone.
func (c *Connection) UnmarshalJSON(b []byte) error { return c.Connection.UnmarshalJSON(b) }

// Workspace is a workspace and the region that it is in.
type Workspace struct {
	ccloud.Workspace
	Region string
}

// UnmarshalJSON implements json.Unmarshaler; it is that of the workspace alone.
func (w *Workspace) UnmarshalJSON(b []byte) error { return w.Workspace.UnmarshalJSON(b) }

// Connections are those of an environment, in all regions.
func (c *Client) Connections(environment string) Lister[Connection] {
	return perRegion(c, environment, ccloud.Connections, func(of *Connection, region string) { of.Region = region })
}

// Workspaces lists the person's own.
func (c *Client) Workspaces(environment string) Lister[Workspace] {
	return perRegion(c, environment, ccloud.Workspaces, func(of *Workspace, region string) { of.Region = region })
}

// Pool reads a pool.
func (c *Client) Pool(ctx context.Context, environment, id string) (ccloud.ComputePool, error) {
	control, err := c.needControl()
	if err != nil {
		return ccloud.ComputePool{}, err
	}
	return get[ccloud.ComputePool](
		ctx, control, "compute pool "+id, PoolPath(id), url.Values{"environment": {environment}},
	)
}

// PoolPath is a pool's.
func PoolPath(id string) string { return ccloud.PoolsPath + "/" + url.PathEscape(id) }

// ArtifactPath is an artifact's.
func ArtifactPath(id string) string { return ccloud.ArtifactsPath + "/" + url.PathEscape(id) }

// missingObject tells that nothing of a kind has a name.
type missingObject struct{ what string }

func (e missingObject) Error() string { return "there is no " + e.what }

// Fault says what the error means.
func (missingObject) Fault() fault.Fault { return fault.Fault{Kind: fault.NotFound} }

// PoolNamed looks for a pool by what people call it.
func (c *Client) PoolNamed(ctx context.Context, environment, name string) (ccloud.ComputePool, error) {
	l, _, err := c.Pools(environment)(ctx)
	if err != nil {
		return ccloud.ComputePool{}, err
	}
	for _, p := range l.Items {
		if p.Spec.DisplayName == name {
			return p, nil
		}
	}
	return ccloud.ComputePool{}, missingObject{"compute pool " + name}
}

// CreatePool makes a pool of an environment as a document with its spec says.
func (c *Client) CreatePool(ctx context.Context, environment string, document json.RawMessage) error {
	control, err := c.needControl()
	if err != nil {
		return err
	}
	var body struct {
		Spec map[string]any `json:"spec"`
	}
	if err := json.Unmarshal(document, &body); err != nil {
		return fmt.Errorf("read the compute pool: %w", err)
	}
	body.Spec["environment"] = ccloud.Reference{ID: environment}
	_, err = send[json.RawMessage](ctx, control, "create a compute pool", http.MethodPost, ccloud.PoolsPath, nil, body)
	return err
}

// ResizePool lets a pool have more CFUs at most; it cannot shrink.
func (c *Client) ResizePool(ctx context.Context, environment, id string, maxCFU int) error {
	return c.ChangePool(ctx, environment, id, map[string]any{"max_cfu": maxCFU})
}

// ChangePool changes members of a pool's spec: display_name and max_cfu may.
func (c *Client) ChangePool(ctx context.Context, environment, id string, spec map[string]any) error {
	control, err := c.needControl()
	if err != nil {
		return err
	}
	spec["environment"] = ccloud.Reference{ID: environment}
	body := map[string]any{"spec": spec}
	_, err = send[json.RawMessage](ctx, control, "change compute pool "+id, http.MethodPatch, PoolPath(id), nil, body)
	return err
}

// DeletePool removes a pool.
func (c *Client) DeletePool(ctx context.Context, environment, id string) error {
	control, err := c.needControl()
	if err != nil {
		return err
	}
	return remove(ctx, control, "compute pool "+id, PoolPath(id), url.Values{"environment": {environment}})
}

// DeleteArtifact removes an artifact with all its versions.
func (c *Client) DeleteArtifact(ctx context.Context, a ccloud.Artifact) error {
	control, err := c.needControl()
	if err != nil {
		return err
	}
	return remove(ctx, control, "artifact "+a.DisplayName, ArtifactPath(a.ID), c.artifactQuery(a.Environment, a.Region))
}

// Artifact reads an artifact by its id.
func (c *Client) Artifact(ctx context.Context, environment, id string) (ccloud.Artifact, error) {
	control, err := c.needControl()
	if err != nil {
		return ccloud.Artifact{}, err
	}
	var failure error
	for _, region := range c.cfg.Regions {
		a, err := get[ccloud.Artifact](
			ctx, control, "artifact "+id, ArtifactPath(id), c.artifactQuery(environment, region),
		)
		if err == nil {
			return a, nil
		}
		if failure == nil || fault.Is(failure, fault.NotFound) {
			failure = err
		}
	}
	return ccloud.Artifact{}, failure
}

// Databases are the Kafka clusters of an environment, by their names where those
// are unique, else by their ids.
func (c *Client) Databases(ctx context.Context, environment string) ([]string, error) {
	control, err := c.needControl()
	if err != nil {
		return nil, err
	}
	clusters, err := list[ccloud.Cluster](ctx, control, ccloud.ClustersPath, url.Values{"environment": {environment}})
	counts := map[string]int{}
	for _, k := range clusters {
		counts[k.Spec.DisplayName]++
	}
	var names []string
	for _, k := range clusters {
		if name := k.Spec.DisplayName; name != "" && counts[name] == 1 {
			names = append(names, name)
			continue
		}
		names = append(names, k.ID)
	}
	slices.Sort(names)
	return names, err
}
