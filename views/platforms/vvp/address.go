package vvp

import (
	"context"
	"encoding/json"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/views"
)

// handle is what stands for an object in a path: its name, or its ID where the name
// breaks the platform's rule. Old clients named deployments by whole SQL texts, which
// no server reads in a path; an ID works wherever a name does (platforms.md B1).
func handle(name, id string) string {
	if !mixedName.MatchString(name) && mixedName.MatchString(id) {
		return id
	}
	return name
}

// getDeployment reads a deployment by its reference. One whose name cannot stand in a
// path and whose ID is not known is looked for in the list.
func getDeployment(ctx context.Context, api *vvpapi.Client, ref views.Ref) (vvp.Deployment, error) {
	at := handle(ref.Name, ref.UID)
	if mixedName.MatchString(at) {
		return vvpapi.Get[vvp.Deployment](ctx, api, vvp.Deployments, ref.Scope, at)
	}
	l, _, err := vvpapi.List[vvp.Deployment](api, vvp.Deployments, ref.Scope, nil)(ctx)
	if err != nil {
		return vvp.Deployment{}, err
	}
	for _, d := range l.Items {
		if d.Metadata.Name == ref.Name {
			return d, nil
		}
	}
	return vvpapi.Get[vvp.Deployment](ctx, api, vvp.Deployments, ref.Scope, at)
}

// deploymentHandle stands for a deployment in a path.
func deploymentHandle(i deployment) string {
	return handle(i.Value.Metadata.Name, i.Value.Metadata.ID)
}

// deploymentNow reads a deployment again.
func deploymentNow(ctx context.Context, api *vvpapi.Client, i deployment) (vvp.Deployment, error) {
	return vvpapi.Get[vvp.Deployment](ctx, api, vvp.Deployments, i.Scope, deploymentHandle(i))
}

// rawOf reads an object of a kind as it comes.
func rawOf[T interface{ Raw() json.RawMessage }](
	api *vvpapi.Client, of vvp.Collection,
) func(context.Context, views.Ref) (json.RawMessage, error) {
	return func(ctx context.Context, ref views.Ref) (json.RawMessage, error) {
		o, err := vvpapi.Get[T](ctx, api, of, ref.Scope, ref.Name)
		return o.Raw(), err
	}
}
