package vvp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"drey/client/vvp"
	"drey/client/vvpapi"
	"drey/views"
	"drey/views/resource"
)

// recreation makes a deleted object of a collection again; lost says what does not
// come back with it.
func recreation(api *vvpapi.Client, of vvp.Collection, lost string) *resource.Recreate {
	return &resource.Recreate{
		Step: func(ref views.Ref) views.Step { return views.Step{Method: "POST", Path: of.Path(ref.Scope)} },
		Send: func(ctx context.Context, ref views.Ref, document json.RawMessage) error {
			own, err := ownDocument(document)
			if err != nil {
				return fmt.Errorf("read the %s as it was: %w", of.Singular, err)
			}
			_, err = vvpapi.Create[json.RawMessage](ctx, api, of, ref.Scope, own)
			return err
		},
		Lost: lost,
	}
}

// serverAnnotations begin the names of annotations that the platform writes.
const serverAnnotations = "com.dataartisans.appmanager."

// ownDocument is an object without what the platform adds to it.
func ownDocument(document json.RawMessage) (map[string]any, error) {
	var object map[string]any
	if err := json.Unmarshal(document, &object); err != nil {
		return nil, err
	}
	if object == nil {
		return nil, fmt.Errorf("it is no object")
	}
	for name := range object {
		// times of the platform's other API
		if serverOwned([]string{name}) || name == "createTime" || name == "updateTime" {
			delete(object, name)
		}
	}
	metadata, _ := object["metadata"].(map[string]any)
	for name := range metadata {
		if serverOwned([]string{"metadata", name}) {
			delete(metadata, name)
		}
	}
	annotations, _ := metadata["annotations"].(map[string]any)
	for name := range annotations {
		if strings.HasPrefix(name, serverAnnotations) {
			delete(annotations, name)
		}
	}
	return object, nil
}
