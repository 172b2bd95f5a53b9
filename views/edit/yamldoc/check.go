// Package yamldoc reads the text of an object as a person writes it: what is wrong
// with it, at its line, by a schema; which line a member is on; and the text of an
// object.
package yamldoc

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"drey/client/flinkoptions"
	"drey/views/clean"
	"drey/views/diff"

	"go.yaml.in/yaml/v3"
)

// Schema is what a value of a document may be. Its zero value takes anything.
type Schema struct {
	Type Type
	// Fields are the members of an Object; nil takes any.
	Fields map[string]*Schema
	Item   *Schema // of a List, or of every member of an Object without Fields
	// Values are all that a Text may be; nil takes any.
	Values []string
	// Options tells that the members are options of Flink's configuration.
	Options bool
	// Fixed says why a member that is there cannot be changed, "" where it can.
	Fixed string
}

// Type is the kind of a value.
type Type uint8

// The types. A Quantity is a number or a text, as of Kubernetes.
const (
	Any Type = iota
	Object
	List
	Text
	Whole
	Number
	Bool
	Quantity
)

var typeWords = map[Type]string{
	Object: "members", List: "a list", Text: "a text", Whole: "a whole number", Number: "a number",
	Bool: "true or false", Quantity: "a number or a text such as 2Gi",
}

// Problem is something wrong with a document.
type Problem struct {
	Line    int // from 1; 0 for the whole
	Warning bool
	Text    string
}

// Errors counts the problems that are no warnings.
func Errors(problems []Problem) int {
	n := 0
	for _, p := range problems {
		if !p.Warning {
			n++
		}
	}
	return n
}

// Parse reads a YAML text that holds one document; what is wrong with it is a
// problem at its line.
func Parse(text string) (*yaml.Node, []Problem) {
	if line := clean.NotUTF8(text); line > 0 {
		return nil, []Problem{{Line: line, Text: "this is no text in UTF-8: an editor has to save it so"}}
	}
	dec := yaml.NewDecoder(strings.NewReader(text))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, []Problem{{Text: "the text is empty"}}
	case err != nil:
		return nil, []Problem{syntaxProblem(text, err)}
	}
	switch err := dec.Decode(&more); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, []Problem{syntaxProblem(text, err)}
	default:
		return nil, []Problem{{Line: more.Line, Text: "one document is wanted, and another one begins here"}}
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, []Problem{{Text: "the text is empty"}}
	}
	return &doc, nil
}

var atLine = regexp.MustCompile(`^line (\d+): `)

func syntaxProblem(text string, err error) Problem {
	said := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Problem{Line: 1, Text: said} // the parser names no first line
	if m := atLine.FindStringSubmatch(said); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Text = said[len(m[0]):]
	}
	if lines := strings.Split(text, "\n"); p.Line >= 1 && p.Line <= len(lines) {
		if line := lines[p.Line-1]; strings.HasPrefix(strings.TrimLeft(line, " "), "\t") {
			p.Text = "a tab indents this line: YAML wants blanks"
		}
	}
	return p
}

// Check lists what is wrong with a document, in the order of its lines. An
// unknown member is a warning, for a server may know more; a wrong type is an
// error.
func Check(doc *yaml.Node, schema *Schema) []Problem {
	c := &checker{}
	if len(doc.Content) == 1 {
		c.value(nil, doc.Content[0], schema)
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.Line - b.Line })
	return c.problems
}

type checker struct {
	problems []Problem
	depth    int
}

// maxDepth is how deep a document is followed: aliases can make it endless.
const maxDepth = 100

func (c *checker) add(line int, warning bool, path []string, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(path) > 0 {
		text = strings.Join(path, ".") + ": " + text
	}
	c.problems = append(c.problems, Problem{line, warning, text})
}

func (c *checker) value(path []string, n *yaml.Node, s *Schema) {
	if c.depth++; c.depth > maxDepth {
		c.depth--
		return
	}
	defer func() { c.depth-- }()
	line := n.Line
	for n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	if n.Tag == "!!null" {
		return
	}
	if s == nil {
		s = &Schema{}
	}
	if !s.takes(n) {
		if diff.SecretPath(path) {
			c.add(line, false, path, "want %s", typeWords[s.Type])
			return
		}
		c.add(line, false, path, "want %s, not %s", typeWords[s.Type], given(n))
		return
	}
	c.form(line, path, n)
	switch n.Kind {
	case yaml.MappingNode:
		c.members(path, n, s)
	case yaml.SequenceNode:
		for i, item := range n.Content {
			c.value(joined(path, strconv.Itoa(i)), item, s.Item)
		}
	default:
		if s.Values != nil && !slices.Contains(s.Values, n.Value) {
			c.notOneOf(line, path, n.Value, s.Values)
		}
	}
}

// decimal is a whole number as people write it.
var decimal = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)

// form warns of a number that is read as another one than it looks like.
func (c *checker) form(line int, path []string, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || decimal.MatchString(n.Value) || len(n.Value) > maxDepth ||
		diff.SecretPath(path) {
		return
	}
	if whole, ok := new(big.Int).SetString(n.Value, 0); ok {
		c.add(line, true, path, "%s is read as the number %s; in quotes it is a text", n.Value, whole)
	}
}

// CheckFixed lists the members that the schema calls fixed and whose values are
// no longer those of base.
func CheckFixed(doc *yaml.Node, schema *Schema, base, mine any) []Problem {
	var problems []Problem
	var walk func(path []string, s *Schema, base, mine any)
	walk = func(path []string, s *Schema, base, mine any) {
		if s == nil {
			return
		}
		if s.Fixed != "" && base != nil && !diff.Equal(base, mine) {
			problems = append(problems, Problem{
				Line: LineOf(doc, path), Text: strings.Join(path, ".") + ": " + s.Fixed,
			})
			return
		}
		for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
			was, _ := Member(base, name)
			is, _ := Member(mine, name)
			walk(joined(path, name), s.Fields[name], was, is)
		}
	}
	walk(nil, schema, base, mine)
	return problems
}

func (c *checker) notOneOf(line int, path []string, value string, values []string) {
	if near, ok := flinkoptions.Nearby(value, values); ok {
		c.add(line, false, path, "no such value %s (%s?)", value, near)
		return
	}
	c.add(line, false, path, "no such value %s: there are %s", value, strings.Join(values, ", "))
}

func joined(path []string, part string) []string { return append(path[:len(path):len(path)], part) }

func (c *checker) members(path []string, n *yaml.Node, s *Schema) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Tag == "!!merge" {
			continue
		}
		if seen[key.Value] {
			c.add(key.Line, false, path, "%s stands twice", key.Value)
		}
		seen[key.Value] = true
		at := joined(path, key.Value)
		switch field, known := s.Fields[key.Value]; {
		case s.Options:
			c.option(at, key, value)
		case s.Fields == nil:
			c.value(at, value, s.Item)
		case known:
			c.value(at, value, field)
		default:
			c.unknown(key, at, slices.Collect(maps.Keys(s.Fields)))
		}
	}
}

func (c *checker) unknown(key *yaml.Node, path, names []string) {
	if near, ok := flinkoptions.Nearby(key.Value, names); ok {
		c.add(key.Line, true, path, "no such field (%s?)", near)
		return
	}
	c.add(key.Line, true, path, "no such field is known; the server decides")
}

// option checks one option of Flink's configuration. The list of them is not
// whole: a name that is near to none is taken as it is.
func (c *checker) option(path []string, key, value *yaml.Node) {
	if near, ok := flinkoptions.Nearest(key.Value); ok {
		c.add(key.Line, true, path, "no such option of Flink is known (%s?)", near)
		return
	}
	o, known := flinkoptions.Find(key.Value)
	if known && value.Kind == yaml.ScalarNode && value.Tag != "!!null" {
		if fault := o.Fault(value.Value); fault != "" {
			c.add(value.Line, true, path, "%s, not %s", fault, value.Value)
		}
	}
}

func (s *Schema) takes(n *yaml.Node) bool {
	switch s.Type {
	case Object:
		return n.Kind == yaml.MappingNode
	case List:
		return n.Kind == yaml.SequenceNode
	case Text:
		return n.Kind == yaml.ScalarNode && n.Tag != "!!bool" && n.Tag != "!!int" && n.Tag != "!!float"
	case Whole:
		return n.Tag == "!!int"
	case Number:
		return n.Tag == "!!int" || n.Tag == "!!float"
	case Bool:
		return n.Tag == "!!bool"
	case Quantity:
		return n.Kind == yaml.ScalarNode && n.Tag != "!!bool"
	}
	return true
}

// given says what a value is, for a person.
func given(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "members"
	case yaml.SequenceNode:
		return "a list"
	}
	const most = 40
	value := []rune(n.Value)
	if len(value) > most {
		return "the text " + strconv.Quote(string(value[:most])+"…")
	}
	switch n.Tag {
	case "!!str":
		return "the text " + strconv.Quote(n.Value)
	case "!!bool", "!!int", "!!float":
		return n.Value
	}
	return strconv.Quote(n.Value)
}
