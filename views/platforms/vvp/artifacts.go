package vvp

import (
	"context"
	"net/url"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/views"
	"drey/views/resource"
)

// Artifacts are files that were uploaded for deployments.
func Artifacts(api *vvpapi.Client) resource.Kind[vvp.Object] {
	k := named(
		api, vvp.Artifacts, "Artifacts", "Arts", []string{"artifact", "jar", "jars"}, member("ADDRESS", 120, "uri"),
	)
	k.Key = func(i object) string { return i.Scope + "/" + i.Value.Name }
	remove := resource.Deletion(
		func(i object) string {
			return vvp.ArtifactDeletePath(i.Scope) + "?filename=" + url.QueryEscape(i.Value.Name)
		},
		"the file is lost; deployments that name it fail at their next start",
		func(ctx context.Context, i object) error { return api.DeleteArtifact(ctx, i.Scope, i.Value.Name) },
	)
	k.Actions = append(k.Actions, remove)
	k.Read = func(ctx context.Context, ref views.Ref) (vvp.Object, error) {
		return api.Artifact(ctx, ref.Scope, ref.Name)
	}
	return k
}
