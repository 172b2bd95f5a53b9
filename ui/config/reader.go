package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// kind is what a value looks like.
type kind uint8

const (
	textKind kind = iota
	addressKind
	pathKind
	booleanKind
	choiceKind
	durationKind
	listKind
	textsKind // one or several
	mapKind
	objectKind
	secretKind
	variableKind // of the environment only
	keysKind
	contextsKind
)

// field is a key of a mapping in the file.
type field struct {
	name, help string
	kind       kind
	values     []string // of a choice
	fields     []field  // of an object, or of each that a map has
	oneOf      bool     // an object wants exactly one of its fields
	required   bool
	read       func(r *reader, n node, key string)
}

// node is a value of the file and the line of its key.
type node struct {
	*yaml.Node
	line int
}

// reader reads the file and gathers what is wrong with it.
type reader struct {
	path      string
	getenv    func(string) string
	platforms []Platform
	local     bool
	values    map[string][]Value
	problems  []problem
}

type problem struct {
	line int
	text string
}

// maxFile is the largest file that is read, in bytes.
const maxFile = 4 << 20

// file reads the file into c.
func (r *reader) file(c *Config) error {
	root, err := r.parse()
	if errors.Is(err, errNoFile) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration %w", err)
	}
	r.object(node{root, root.Line}, "", "a setting", c.fields())
	return r.failure()
}

// failure is all that is wrong, a line for each.
func (r *reader) failure() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(r.problems, func(a, b problem) int { return a.line - b.line })
	lines := make([]string, len(r.problems))
	for i, p := range r.problems {
		lines[i] = fmt.Sprintf("%s:%d: %s", r.path, p.line, p.text)
	}
	return fmt.Errorf("configuration %s", strings.Join(lines, "\n"))
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.+)$`)

// parse gives the file's one document.
func (r *reader) parse() (*yaml.Node, error) {
	f, err := os.Open(r.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, errNoFile
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d MB", r.path, maxFile>>20)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, next yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, errNoFile
	case err != nil:
		return nil, r.broken(err)
	}
	if err := decoder.Decode(&next); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, r.broken(err)
		}
		return nil, fmt.Errorf("%s:%d: a second document begins here: want one", r.path, next.Line)
	}
	return document.Content[0], nil
}

// broken is what the YAML reader says of a text that is none.
func (r *reader) broken(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:%s: this is no YAML: %s", r.path, m[1], m[2])
	}
	return fmt.Errorf("%s: this is no YAML: %s", r.path, text)
}

func (r *reader) problem(n node, format string, args ...any) {
	r.problems = append(r.problems, problem{n.line, fmt.Sprintf(format, args...)})
}

// wrong is a value that is not what is wanted. It is shown, unless it may be a
// secret that was put into the wrong place.
func (r *reader) wrong(n node, want string) {
	r.problem(n, "want %s here, not %s", want, given(n))
}

func given(n node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "names with values"
	}
	if n.Tag == "!!null" {
		return "nothing"
	}
	return strconv.Quote(shorten(n.Value))
}

func shorten(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}

// found records where a value stands.
func (r *reader) found(key string, n node, text string) {
	r.values[key] = []Value{{Text: text, From: r.path + ":" + strconv.Itoa(n.line), file: true}}
}

// pair is a key with its value.
type pair struct {
	name  string
	value node
}

// maxMerges is how deep merged mappings may merge others: one may name itself.
const maxMerges = 8

// pairs are the members of a mapping: its own, then those that << merges into
// it. twice is told of names that stand twice.
func pairs(n *yaml.Node, depth int, twice func(name string, line, before int)) []pair {
	var own, merged []pair
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], resolve(n.Content[i+1])
		if key.Tag == "!!merge" {
			sources := []*yaml.Node{value}
			if value.Kind == yaml.SequenceNode {
				sources = value.Content
			}
			for _, source := range sources {
				if source = resolve(source); source.Kind == yaml.MappingNode && depth < maxMerges {
					merged = append(merged, pairs(source, depth+1, twice)...)
				}
			}
			continue
		}
		if before, there := lines[key.Value]; there {
			twice(key.Value, key.Line, before)
			continue
		}
		lines[key.Value] = key.Line
		own = append(own, pair{key.Value, node{value, key.Line}})
	}
	for _, p := range merged {
		if _, there := lines[p.name]; !there {
			lines[p.name] = p.value.line
			own = append(own, p)
		}
	}
	return own
}

// resolve follows an alias to what it names.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// members are the pairs of a mapping; what stands twice is a problem.
func (r *reader) members(n node) []pair {
	return pairs(n.Node, 0, func(name string, line, before int) {
		r.problems = append(r.problems, problem{line, fmt.Sprintf("%q stands in line %d already", name, before)})
	})
}

// object reads a mapping of known keys. what names one of them for people:
// "a setting". It tells whether there was a mapping.
func (r *reader) object(n node, key, what string, fields []field) bool {
	n.Node = resolve(n.Node)
	if n.Tag == "!!null" {
		return false
	}
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "settings, one a line")
		return false
	}
	for _, p := range r.members(n) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == p.name })
		if i < 0 {
			r.problem(
				p.value, "%q is not %s; the settings are %s", shorten(p.name), what, strings.Join(names(fields), ", "),
			)
			continue
		}
		if p.value.Tag != "!!null" || fields[i].kind == secretKind {
			fields[i].read(r, p.value, join(key, p.name))
		}
	}
	return true
}

func names(fields []field) []string {
	var all []string
	for _, f := range fields {
		if f.kind != variableKind {
			all = append(all, f.name)
		}
	}
	return all
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// text reads a value that is plain text.
func (r *reader) text(n node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.wrong(n, "a text")
		return "", false
	}
	return n.Value, true
}

// strings reads a list of texts.
func (r *reader) strings(n node, want string) ([]string, bool) {
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, want)
		return nil, false
	}
	var all []string
	for _, element := range n.Content {
		text, ok := r.text(node{resolve(element), element.Line})
		if !ok {
			return nil, false
		}
		all = append(all, text)
	}
	return all, true
}

func readText(to *string) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		if text, ok := r.text(n); ok {
			*to = text
			r.found(key, n, text)
		}
	}
}

func readBool(to *bool) func(*reader, node, string) {
	return func(r *reader, n node, key string) {
		if n.Kind != yaml.ScalarNode || n.Decode(to) != nil {
			r.wrong(n, "true or false")
			return
		}
		r.found(key, n, strconv.FormatBool(*to))
	}
}

// keys reads the keys of actions.
func (r *reader) keys(n node, key string, c *Config) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "names with values, one a line")
		return
	}
	c.Keys = map[string][]string{}
	for _, p := range r.members(n) {
		if list, ok := r.strings(p.value, "a list, such as [f2]"); ok {
			c.Keys[p.name] = list
			r.found(join(key, p.name), p.value, strings.Join(list, ", "))
		}
	}
}
