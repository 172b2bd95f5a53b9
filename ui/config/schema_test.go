package config_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"drey/ui/config"
)

// TestTheSchemaTakesWhatIsTaken holds files against the schema, as an editor
// does: those that are read and those that are refused.
func TestTheSchemaTakesWhatIsTaken(t *testing.T) {
	text, err := config.Schema(platforms)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	for file, good := range map[string]bool{
		whole: true,
		"url: http://h:1\ntheme: dark\nascii: true\nkeys: {table.savepoint: [f2]}\n":                                        true,
		"contexts:\n  a: {platform: cmf, url: 'http://h', auth: {basic: {user: me, password: {command: [a, b]}}}}\n":        true,
		"contexts:\n  a: {platform: cmf, url: 'http://h', auth: {oauth: {url: 'http://h', client: a, secret: {env: B}}}}\n": true,
		"theem: dark\n":  false,
		"ascii: maybe\n": false,
		"token: abc\n":   false,
		"contexts:\n  a: {platform: kafka, url: 'http://h'}\n":                                                                false,
		"contexts:\n  a: {platform: cmf}\n":                                                                                   false,
		"contexts:\n  a: {platform: cmf, url: 'http://h', organization: x}\n":                                                 false,
		"contexts:\n  a: {platform: cmf, url: 'http://h', auth: {token: plain}}\n":                                            false,
		"contexts:\n  a: {platform: cmf, url: 'http://h', auth: {basic: {user: me}}}\n":                                       false,
		"contexts:\n  a: {platform: cmf, url: 'http://h', colour: mauve}\n":                                                   false,
		"contexts:\n  'a b': {platform: cmf, url: 'http://h'}\n":                                                              false,
		"contexts:\n  a: {platform: house, rooms: {hall: {key: {env: K}}, attic: }, floors: [a, b], auth: {all: {env: B}}}\n": true,
		"contexts:\n  a: {platform: house, rooms: {hall: {lock: x}}}\n":                                                       false,
		"contexts:\n  a: {platform: house, auth: {door: {name: x}}}\n":                                                        false,
		"contexts:\n  a: {platform: house, auth: {token: {env: K}}}\n":                                                        false,
		"contexts:\n  a: {platform: cloud}\n":                                                                                 false,
		"contexts:\n  a: {platform: cloud, organization: x, key: {file: k}, read-only: queries}\n":                            true,
	} {
		var value any
		if err := yaml.Unmarshal([]byte(file), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != good {
			t.Errorf("%s: want %v, got %v", file, good, err)
		}
		if _, err := load(t, file, map[string]string{"B": "b"}); (err == nil) != good {
			t.Errorf("%s: want %v from Load, got %v", file, good, err)
		}
	}
}
