package cli

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What the YAML reader says of a file, and what drey says of it.
var (
	unknownField = regexp.MustCompile(`^line (\d+): field (.+) not found in type \S+$`)
	wrongType    = regexp.MustCompile(`^line (\d+): cannot unmarshal (!!\w+)(?: .(.*).)? into (\S+)$`)
	twice        = regexp.MustCompile(`^line (\d+): mapping key "(.+)" already defined at line (\d+)$`)
	brokenYAML   = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.+)$`)
)

// configProblem says in a person's words what is wrong with the file at path: a
// line for each fault, with its line number.
func configProblem(path string, err error) string {
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		text := strings.TrimPrefix(err.Error(), "yaml: ")
		if m := brokenYAML.FindStringSubmatch(text); m != nil {
			return fmt.Sprintf("%s:%s: this is no YAML: %s", path, m[1], m[2])
		}
		return fmt.Sprintf("%s: this is no YAML: %s", path, text)
	}
	var lines []string
	for _, text := range typed.Errors {
		lines = append(lines, path+":"+configFault(text))
	}
	return strings.Join(lines, "\n")
}

// configFault is one complaint of the YAML reader, after its line number.
func configFault(text string) string {
	if m := unknownField.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s: %q is not a setting; the settings are %s", m[1], m[2], strings.Join(settingNames(), ", "))
	}
	if m := twice.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s: %q stands in line %s already", m[1], m[2], m[3])
	}
	if m := wrongType.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s: want %s here, not %s", m[1], wanted(m[4]), given(m[2], m[3]))
	}
	return strings.TrimPrefix(text, "line ")
}

func wanted(goType string) string {
	switch {
	case goType == "bool":
		return "true or false"
	case goType == "string":
		return "a text"
	case strings.HasPrefix(goType, "[]"):
		return "a list, such as [f2]"
	case strings.HasPrefix(goType, "map"):
		return "names with values, one a line"
	}
	return "settings, one a line"
}

func given(tag, value string) string {
	switch tag {
	case "!!seq":
		return "a list"
	case "!!map":
		return "names with values"
	}
	return fmt.Sprintf("%q", value)
}

// settingNames are the keys that the file may have.
func settingNames() []string {
	var node yaml.Node
	if text, err := yaml.Marshal(settings{}); err != nil || yaml.Unmarshal(text, &node) != nil {
		return nil
	}
	var names []string
	for i := 0; i < len(node.Content[0].Content); i += 2 {
		names = append(names, node.Content[0].Content[i].Value)
	}
	return names
}

// configLine is where in the file at path a key stands, as "PATH:LINE"; only
// the path where it does not.
func configLine(path string, keys ...string) string {
	data, err := os.ReadFile(path)
	var document yaml.Node
	if err != nil || yaml.Unmarshal(data, &document) != nil || len(document.Content) == 0 {
		return path
	}
	node, line := document.Content[0], 0
	for _, key := range keys {
		value := valueOf(node, key)
		if value == nil {
			break
		}
		node, line = value.value, value.line
	}
	if line == 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// entry is a value of a mapping and the line of its key.
type entry struct {
	value *yaml.Node
	line  int
}

func valueOf(mapping *yaml.Node, key string) *entry {
	if mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if k := mapping.Content[i]; k.Value == key {
			return &entry{mapping.Content[i+1], k.Line}
		}
	}
	return nil
}
