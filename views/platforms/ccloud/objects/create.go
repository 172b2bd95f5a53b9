package objects

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"drey/client/ccloud"
	"drey/client/ccloudapi"
	"drey/client/fault"
	"drey/views/edit/yamldoc"
)

// regionMember is the member of a statement's text that says in which region it runs; the
// server does not know it.
const regionMember = "region"

// WithRegion is a statement's document with its region.
func WithRegion(raw json.RawMessage, region string) (json.RawMessage, error) {
	text, err := json.Marshal(region)
	if err != nil {
		return nil, err
	}
	inner := bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("{"))
	if len(inner) == len(bytes.TrimSpace(raw)) {
		return raw, nil // it is no object: whoever reads it says so
	}
	return slices.Concat([]byte(`{"`+regionMember+`":`), text, []byte(","), inner), nil
}

// RegionOf is the region that a statement's document names, "" where it names none.
func RegionOf(doc any) string { return yamldoc.MemberText(doc, regionMember) }

// RegionFor is where a statement is to be made: in the region that its document names, where
// its pool is, where the statement is that it begins from, or where it was before. In a
// context of several regions a statement of which none of that is known is an error.
func RegionFor(
	ctx context.Context, api *ccloudapi.Client, environment string, document json.RawMessage, from ccloud.Statement,
) (string, error) {
	regions := api.Regions()
	var said map[string]json.RawMessage
	_ = json.Unmarshal(document, &said) // it is an object: from was read from it
	var region string
	_ = json.Unmarshal(said[regionMember], &region) // absent
	switch {
	case len(regions) < 2:
		return api.RegionOf(ctx, environment, from.Spec.ComputePoolID)
	case region != "":
		return region, nil
	case from.Spec.ComputePoolID != "" && api.HasControl():
		return api.RegionOf(ctx, environment, from.Spec.ComputePoolID)
	}
	if former := from.Spec.Properties[ccloud.PropertyOffsetFrom]; former != "" {
		s, err := api.Statement(ctx, environment, former, "", "")
		if !fault.Is(err, fault.NotFound) {
			return s.Region, err
		}
	}
	for _, region := range regions {
		if strings.Contains(from.Metadata.Self, "."+region+".") {
			return region, nil
		}
	}
	return api.RegionOf(ctx, environment, "") // it says that nobody knows
}

// CreateFrom creates a statement as a document describes it, see RegionFor; what
// belongs to the server is left out.
func CreateFrom(
	ctx context.Context, api *ccloudapi.Client, environment string, document json.RawMessage,
) (ccloudapi.Statement, error) {
	var from ccloud.Statement
	if err := json.Unmarshal(document, &from); err != nil {
		return ccloudapi.Statement{}, fmt.Errorf("read the statement: %w", err)
	}
	for name, value := range from.Spec.Properties {
		if value == ccloud.NotShown {
			return ccloudapi.Statement{}, fmt.Errorf(
				"%s is a secret, which was not kept: run its SQL with the secret set", name,
			)
		}
	}
	region, err := RegionFor(ctx, api, environment, document, from)
	if err != nil {
		return ccloudapi.Statement{}, err
	}
	s := ccloud.Statement{Name: from.Name, Spec: from.Spec, Metadata: ccloud.Metadata{Labels: from.Metadata.Labels}}
	s.Spec.Stopped = false // creating one stopped is not honoured (platforms-supplement.md §3)
	return api.Create(ctx, environment, region, s)
}
