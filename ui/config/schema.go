package config

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Schema is a JSON schema of the configuration file, for editors.
func Schema(platforms []Platform) ([]byte, error) {
	c := &Config{}
	root := objectSchema(c.fields(), platforms)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "drey's configuration"
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

type schema = map[string]any

func objectSchema(fields []field, platforms []Platform) schema {
	properties, needed := schema{}, []string{}
	for _, f := range fields {
		if f.kind == variableKind {
			continue
		}
		properties[f.name] = fieldSchema(f, platforms)
		if f.required {
			needed = append(needed, f.name)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(needed) > 0 {
		s["required"] = needed
	}
	return s
}

func fieldSchema(f field, platforms []Platform) schema {
	s := typeSchema(f, platforms)
	if f.help != "" {
		s["description"] = f.help
	}
	return s
}

func typeSchema(f field, platforms []Platform) schema {
	switch f.kind {
	case booleanKind:
		return schema{"type": "boolean"}
	case choiceKind:
		return schema{"enum": choices(f, platforms)}
	case durationKind:
		return schema{"type": "string", "pattern": `^[0-9.]+(ms|s|m|h)([0-9.]+(ms|s|m|h))*$`}
	case listKind:
		return schema{"type": "array", "items": schema{"type": "string"}, "minItems": 1}
	case textsKind:
		return schema{"anyOf": []any{schema{"type": "string"}, schema{
			"type": "array", "items": schema{"type": "string"}, "minItems": 1,
		}}}
	case mapKind:
		if f.fields != nil {
			each := objectSchema(f.fields, platforms)
			each["type"] = []string{"object", "null"}
			return schema{"type": "object", "additionalProperties": each}
		}
		return schema{"type": "object", "additionalProperties": schema{"type": "string"}}
	case keysKind:
		list := schema{"type": "array", "items": schema{"type": "string"}}
		return schema{"type": "object", "additionalProperties": list}
	case objectKind:
		s := objectSchema(f.fields, platforms)
		if f.oneOf {
			s["minProperties"], s["maxProperties"] = 1, 1
		}
		return s
	case secretKind:
		s := objectSchema(secretFields(&Secret{}), nil)
		s["minProperties"], s["maxProperties"] = 1, 1
		return s
	case contextsKind:
		return contextsSchema(platforms)
	}
	return schema{"type": "string"}
}

// choices are the values of a choice, true and false as YAML has them.
func choices(f field, platforms []Platform) []any {
	if f.name == "platform" {
		var all []any
		for _, p := range platforms {
			all = append(all, p.Name)
		}
		return all
	}
	var all []any
	for _, v := range f.values {
		switch v {
		case "true", "false":
			all = append(all, v == "true")
		default:
			all = append(all, v)
		}
	}
	return all
}

// contextsSchema is that of contexts: by its platform a context has more.
func contextsSchema(platforms []Platform) schema {
	var each []any
	for _, p := range platforms {
		s := objectSchema(contextFields(&Context{}, p), platforms)
		s["properties"].(schema)["platform"] = schema{"const": p.Name, "description": "kind of server"}
		if !p.AddressOptional {
			s["required"] = append(s["required"].([]string), "url")
		}
		each = append(each, s)
	}
	return schema{
		"type": "object", "propertyNames": schema{"pattern": contextName.String()},
		"additionalProperties": schema{"oneOf": each},
	}
}

// Tables are the settings as Markdown, for the documentation.
func Tables(platforms []Platform) string {
	var b strings.Builder
	b.WriteString("| setting | flag | variable | what |\n|---|---|---|---|\n")
	for _, s := range settings {
		flag := ""
		if s.Group != File {
			flag = "`--" + s.Name + "`"
		}
		if s.Short != "" {
			flag += " `-" + s.Short + "`"
		}
		name := "`" + s.Name + "`"
		if s.kind == variableKind {
			name = ""
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, flag, code(s.Env), s.Help)
	}
	b.WriteString("\nA context has\n\n| setting | values | what |\n|---|---|---|\n")
	rows(&b, "", contextFields(&Context{}, Platform{}))
	for _, p := range platforms {
		if len(p.Fields) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\nand of the platform `%s`\n\n| setting | variable | what |\n|---|---|---|\n", p.Name)
		for _, f := range p.Fields {
			if !anyBelow(p.Fields, f.Name+".") {
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.ReplaceAll(f.Name, "*", "NAME"), code(f.Env), f.Help)
			}
		}
	}
	return b.String()
}

func rows(b *strings.Builder, prefix string, fields []field) {
	for _, f := range fields {
		if f.kind == objectKind {
			rows(b, prefix+f.name+".", f.fields)
			continue
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", prefix+f.name, valuesOf(f), f.help)
	}
}

func valuesOf(f field) string {
	switch f.kind {
	case choiceKind:
		return strings.Join(f.values, ", ")
	case secretKind:
		return "`{file: PATH}`, `{env: NAME}`, `{command: [PROGRAM, ARGUMENT]}`"
	case pathKind:
		return "path"
	case addressKind:
		return "address"
	case durationKind:
		return "1s to 10m"
	case textsKind:
		return "text, or a list"
	case mapKind:
		return "names with values"
	}
	return "text"
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}
