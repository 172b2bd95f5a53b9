// Package forms says how objects of Confluent Cloud are written as texts, checked and sent:
// a template, a schema and rules for each kind.
package forms

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"drey/client/ccloudapi"
	"drey/client/flinkoptions"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/platforms/ccloud/objects"
)

func members(fields map[string]*yamldoc.Schema) *yamldoc.Schema {
	return &yamldoc.Schema{Type: yamldoc.Object, Fields: fields}
}

// fixed is a value that cannot be changed once it is there, and why.
func fixed(s yamldoc.Schema, why string) *yamldoc.Schema {
	s.Fixed = why
	return &s
}

var (
	text  = &yamldoc.Schema{Type: yamldoc.Text}
	whole = &yamldoc.Schema{Type: yamldoc.Whole}
	truth = &yamldoc.Schema{Type: yamldoc.Bool}
	texts = &yamldoc.Schema{Type: yamldoc.Object, Item: text}
)

// clouds are those that Confluent Cloud runs in.
var clouds = []string{"AWS", "GCP", "AZURE"}

// cloudAndRegion are the lines of a template that say where a new object goes to: the
// context's cloud and first region, and what else there is.
func cloudAndRegion(api *ccloudapi.Client, indent string) string {
	others := slices.DeleteFunc(slices.Clone(clouds), func(name string) bool { return name == api.Cloud() })
	regions := slices.DeleteFunc(api.Regions(), func(name string) bool { return name == "" })
	region := "us-east-1"
	if len(regions) > 0 {
		region = regions[0]
	}
	if len(regions) > 1 {
		region += " # or " + strings.Join(regions[1:], ", ")
	}
	return fmt.Sprintf(
		"%scloud: %s # or %s\n%sregion: %s\n", indent, api.Cloud(), strings.Join(others, ", "), indent, region,
	)
}

// environmentIDs are where a new object may go to.
func environmentIDs(api *ccloudapi.Client) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		names, _, _, err := objects.EnvironmentNames(api)(ctx)
		return names, err
	}
}

// wanted finds members that have to be there.
func wanted(doc any, paths ...string) []edit.Finding {
	var found []edit.Finding
	for _, p := range paths {
		path := strings.Split(p, ".")
		if strings.TrimSpace(yamldoc.MemberText(doc, path...)) == "" {
			found = append(found, edit.Finding{
				Path: path[:max(len(path)-1, 1)], Text: path[len(path)-1] + " is wanted",
			})
		}
	}
	return found
}

// unknownName finds a reference to what is not there.
func unknownName(name string, names []string, what string, path ...string) []edit.Finding {
	if slices.Contains(names, name) {
		return nil
	}
	says := fmt.Sprintf("there is no %s %s", what, name)
	if near, ok := flinkoptions.Nearby(name, names); ok {
		says += fmt.Sprintf(" (%s?)", near)
	} else if len(names) > 0 && len(names) <= 10 {
		says += ": there are " + strings.Join(names, ", ")
	}
	return []edit.Finding{{Path: path, Text: says}}
}
