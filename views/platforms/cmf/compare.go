package cmf

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/client/fault"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// most is how many environments are looked through for an application of the same
// name.
const mostCompared = 100

// applicationOthers are the instance before the newest one, and the applications
// of the same name in other environments.
func applicationOthers(ctx context.Context, api *cmfapi.Client, i objects.App) ([]resource.Other, error) {
	var others []resource.Other
	if before, ok := instanceBefore(ctx, api, i); ok {
		others = append(others, before)
	}
	environments, err := cmfapi.List[cmf.Environment](ctx, api, cmf.Environments, cmf.Scope{}, cmfapi.Query{})
	if err != nil {
		return others, err
	}
	names := make([]string, 0, len(environments.Items))
	for _, e := range environments.Items {
		if name := e.EffectiveName(); name != i.Scope && len(names) < mostCompared {
			names = append(names, name)
		}
	}
	there := make([]bool, len(names))
	var group errgroup.Group
	group.SetLimit(8)
	for n, env := range names {
		group.Go(func() error {
			_, err := cmfapi.GetRaw(ctx, api, cmf.Applications, cmf.Scope{Environment: env}, i.Value.Name())
			there[n] = err == nil
			if fault.Is(err, fault.NotFound, fault.Forbidden) {
				return nil
			}
			return err
		})
	}
	err = group.Wait()
	for n, env := range names {
		if !there[n] {
			continue
		}
		others = append(others, resource.Other{
			Name: i.Value.Name() + " in " + env, About: "the same in another environment",
			Read: func(ctx context.Context) (json.RawMessage, error) {
				return cmfapi.GetRaw(ctx, api, cmf.Applications, cmf.Scope{Environment: env}, i.Value.Name())
			},
		})
	}
	return others, err
}

// instanceBefore compares the two newest instances: what changed with the last one.
func instanceBefore(ctx context.Context, api *cmfapi.Client, i objects.App) (resource.Other, bool) {
	scope := cmf.Scope{Environment: i.Scope, Parent: i.Value.Name()}
	listed, err := cmfapi.List[cmf.Instance](ctx, api, cmf.Instances, scope, cmfapi.Query{
		Size: 20, Sort: []string{"creationTimestamp,desc", "name"},
	})
	if err != nil || len(listed.Items) < 2 {
		return resource.Other{}, false
	}
	all := slices.Clone(listed.Items)
	slices.SortStableFunc(all, func(a, b cmf.Instance) int {
		return strings.Compare(b.Metadata.CreationTimestamp, a.Metadata.CreationTimestamp)
	})
	read := func(name string) func(context.Context) (json.RawMessage, error) {
		return func(ctx context.Context) (json.RawMessage, error) {
			return cmfapi.GetRaw(ctx, api, cmf.Instances, scope, name)
		}
	}
	return resource.Other{
		Name: "instance of " + objects.StampText(all[1].Metadata.CreationTimestamp), About: "what changed with the last one",
		Left: true,
		Read: read(all[1].Metadata.Name), Own: "instance of " + objects.StampText(all[0].Metadata.CreationTimestamp),
		Self: read(all[0].Metadata.Name),
	}, true
}
