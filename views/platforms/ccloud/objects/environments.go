package objects

import (
	"context"

	"drey/client/ccloudapi"
	"drey/views/sources"
)

// EnvironmentNames polls the ids of all environments.
func EnvironmentNames(api *ccloudapi.Client) sources.ScopeNames {
	list := api.Environments()
	return func(ctx context.Context) (names []string, missing string, changed bool, err error) {
		l, changed, err := list(ctx)
		for _, e := range l.Items {
			names = append(names, e.ID)
		}
		return names, "", changed, err
	}
}
