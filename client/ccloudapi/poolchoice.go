package ccloudapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"drey/client/ccloud"
)

// defaultPool stands for the pool that the server chooses by itself.
const defaultPool = "(default)"

// PoolWord implements statement.Pooler.
func (sqlEngine) PoolWord() string { return "compute pool" }

// Pools are those that can run a statement: in a context of several regions each says in
// which it is, and there is the server's own choice in each of them. Without a key of the
// control plane it is the one that the context names, wherever that is.
func (e sqlEngine) Pools(ctx context.Context, environment string) ([]string, error) {
	regions := e.api.Regions()
	var all []string
	if !e.api.HasControl() {
		for _, region := range regions {
			all = append(all, e.api.poolText(cmp.Or(e.api.cfg.ComputePool, defaultPool), region))
		}
		return all, nil
	}
	l, _, err := e.api.Pools(environment)(ctx)
	for _, p := range l.Items {
		text := e.api.poolText(p.ID, p.Spec.Region)
		switch {
		case len(regions) > 1 && !slices.Contains(regions, p.Spec.Region):
		case p.ID == e.api.cfg.ComputePool:
			all = append([]string{text}, all...)
		case p.Status.Phase == ccloud.PoolProvisioned || p.Status.Phase == ccloud.PoolProvisioning:
			all = append(all, text)
		}
	}
	for _, region := range regions {
		all = append(all, e.api.poolText(defaultPool, region))
	}
	return all, err
}

// inRegion stands between a pool and its region where a text names both.
const inRegion = " in "

// poolText names a pool for people, with its region where the context has several.
func (c *Client) poolText(pool, region string) string {
	if len(c.data) < 2 || region == "" {
		return pool
	}
	return pool + inRegion + region
}

// poolAndRegion reads what poolText wrote: the pool's id, "" for the server's own choice,
// and the region, "" where the text does not say. An empty text is the context's pool.
func (c *Client) poolAndRegion(text string) (pool, region string) {
	for _, name := range c.Regions() {
		if rest, ok := strings.CutSuffix(text, inRegion+name); ok && name != "" {
			text, region = rest, name
		}
	}
	switch text {
	case defaultPool:
		return "", region
	case "":
		return c.cfg.ComputePool, region
	}
	return text, region
}

// RegionOf is where a pool is. In a context of several regions that it is in none of them,
// or that nobody can know, is an error: no statement goes to a region by chance.
func (c *Client) RegionOf(ctx context.Context, environment, pool string) (string, error) {
	regions := c.Regions()
	switch {
	case len(regions) == 0:
		return "", nil
	case len(regions) == 1:
		return regions[0], nil
	case pool == "" || !c.HasControl():
		return "", fmt.Errorf("say in which region it is to run: %s", strings.Join(regions, ", "))
	}
	p, err := c.Pool(ctx, environment, pool)
	if err == nil && !slices.Contains(regions, p.Spec.Region) {
		err = fmt.Errorf(
			"compute pool %s is in %s, which is not a region of this context: %s",
			pool, p.Spec.Region, strings.Join(regions, ", "),
		)
	}
	return p.Spec.Region, err
}
