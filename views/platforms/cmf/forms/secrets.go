package forms

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"drey/client/cmf"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views"
	"drey/views/edit"
	"drey/views/edit/yamldoc"
	"drey/views/resource"
)

// SecretEditor writes secrets. Their values cannot be read: the text of one that
// is there has its keys, and wants all values anew (cmf-behaviour.md §2.8).
func SecretEditor(api *cmfapi.Client) *resource.Editor[cmf.Secret] {
	r := rulesOf(api, cmf.Secrets, document(cmf.Secrets, object(map[string]*yamldoc.Schema{"data": mapOf(text)})))
	r.Private = true
	r.Write = writeSecret
	r.Template = func(string) string { return secretTemplate }
	r.Check = func(_ context.Context, c edit.Change) []edit.Finding { return checkSecret(c) }
	r.Will = secretWill
	r.Arrived = func(before, now json.RawMessage) bool {
		var was, is cmf.Secret
		if len(before) > 0 && was.UnmarshalJSON(before) != nil || is.UnmarshalJSON(now) != nil {
			return false
		}
		return secretVersion(was) != secretVersion(is)
	}
	return &resource.Editor[cmf.Secret]{Rules: r}
}

// secretVersion is another one after each write.
func secretVersion(s cmf.Secret) string {
	version := s.Metadata.UpdateTimestamp
	if s.Status != nil {
		version += " " + s.Status.Version
	}
	return version
}

const secretTemplate = `# A new secret. Its values are not shown, here or anywhere, and no
# draft of it is kept. A number, or what begins with a sign, wants quotes.
apiVersion: cmf.confluent.io/v1
kind: Secret
metadata:
  name: my-secret
spec:
  data:
    sasl.jaas.config:
`

// writeSecret is the text of a secret, with its keys and without any value.
func writeSecret(raw json.RawMessage) (string, error) {
	var s cmf.Secret
	if err := s.UnmarshalJSON(raw); err != nil {
		return "", err
	}
	body, err := yamldoc.Render(raw, func(path []string) bool {
		return serverOwned(path) || len(path) == 2 && path[0] == "spec" && path[1] == "data"
	})
	if err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("# The values of a secret cannot be read: all of them are wanted, anew.\n" +
		"# A key that is taken out is removed. Values are not shown, and no\n# draft of them is kept.\n")
	text.WriteString(strings.ReplaceAll(body, "spec: {}\n", "spec:\n") + "  data:\n")
	for _, name := range slices.Sorted(maps.Keys(s.Spec.Data)) {
		key, err := yamldoc.Render(json.RawMessage(cmf.Object{}.With("", name)), nil)
		if err != nil {
			return "", err
		}
		text.WriteString("    " + strings.TrimSuffix(key, ` ""`+"\n") + "\n")
	}
	return text.String(), nil
}

// checkSecret wants a value of each key, and none that is the mask of one.
func checkSecret(c edit.Change) []edit.Finding {
	found := checkName(c, resourceName)
	value, _ := yamldoc.Member(c.Mine, "spec", "data")
	data, _ := value.(map[string]any)
	if len(data) == 0 {
		found = append(found, edit.Finding{Path: []string{"spec", "data"}, Text: "a secret has at least one key"})
	}
	for _, name := range slices.Sorted(maps.Keys(data)) {
		path := []string{"spec", "data", name}
		switch text, isText := data[name].(string); {
		case data[name] == nil || isText && text == "":
			says := "its value is wanted"
			if !c.New {
				says += ": an update replaces all of them"
			}
			found = append(found, edit.Finding{Path: path, Text: says})
		case isText && strings.Trim(text, "*•") == "":
			found = append(found, edit.Finding{
				Path: path, Text: "this stands for a value that is not shown: write the value itself",
			})
		}
	}
	before, _ := yamldoc.Member(c.Live, "spec", "data")
	was, _ := before.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if _, stays := data[name]; !stays {
			found = append(found, edit.Finding{
				Path: []string{"spec", "data"}, Warning: true, Text: name + " is removed: what uses it fails",
			})
		}
	}
	return found
}

func secretWill(c edit.Change) views.Fact {
	f := views.Fact{Label: "what happens", Text: "it is stored; nothing uses it before it is mapped"}
	if c.New {
		return f
	}
	f.Text, f.Tone = "all values are replaced; the former ones cannot be brought back", themes.Warn
	var before cmf.Secret
	if before.UnmarshalJSON(c.Raw) == nil && before.Status != nil && len(before.Status.Environments) > 0 {
		f.Text += ". It is mapped in " + listed20(before.Status.Environments) + ": what starts there has the new ones"
	}
	return f
}

// MappingEditor maps secrets; secret is the one whose mappings are shown, "" for
// all.
func MappingEditor(api *cmfapi.Client, secret string) *resource.Editor[cmf.SecretMapping] {
	r := rulesOf(api, cmf.SecretMappings, document(cmf.SecretMappings, object(
		map[string]*yamldoc.Schema{"secretName": text},
	)))
	r.Template = func(within string) string {
		name := secret
		if name == "" {
			name = "my-secret"
		}
		return template(within, mappingTemplate) + "  secretName: " + name + "\n"
	}
	r.Check = func(ctx context.Context, c edit.Change) []edit.Finding {
		found := append(checkName(c, resourceName), wanted(c.Mine, "spec.secretName")...)
		name := yamldoc.MemberText(c.Mine, "spec", "secretName")
		listed, err := cmfapi.List[cmf.Secret](ctx, api, cmf.Secrets, cmf.Scope{}, cmfapi.Query{
			Fields: []string{"metadata.name"},
		})
		if name == "" || err != nil {
			return found
		}
		var names []string
		for _, s := range listed.Items {
			names = append(names, s.Metadata.Name)
		}
		return append(found, unknownName(name, names, "secret", "", "spec", "secretName")...)
	}
	r.Will = func(c edit.Change) views.Fact {
		return views.Fact{
			Label: "what happens",
			Text: "catalogs and databases that mention " + c.Target.Name + " use the secret " +
				yamldoc.MemberText(c.Merged, "spec", "secretName") + " in " + c.Target.Scope,
		}
	}
	return &resource.Editor[cmf.SecretMapping]{Rules: r}
}

const mappingTemplate = `# A new secret mapping. Lines beginning with # are comments: they are not sent.
environment: %s # where it is used; this line is not sent
apiVersion: cmf.confluent.io/v1
kind: EnvironmentSecretMapping
metadata:
  name: my-id # the id that catalogs and databases mention as connectionSecretId
spec:
`
