package sql

import (
	"regexp"
	"slices"
	"strings"
)

// ranks reports whether a plan has the first rows of groups in it. They are
// updated, even where Flink 2.2 says changelogMode=[I] of them: with an order by
// several columns it then leaves the -U away (flink-verified.md §5).
func ranks(plan string) bool { return strings.Contains(plan, "Rank(strategy=[") }

var topOne = regexp.MustCompile(`^Rank\(.*rankRange=\[rankStart=1, rankEnd=1\]|^Deduplicate\(`)

// upsertColumns are the columns of the key of a query whose rows replace one
// another: the first row of each of some groups, projected. Of any other plan it
// is nil, and the changelog is one of whole rows.
func upsertColumns(plan string, columns int) []int {
	_, physical, _ := strings.Cut(plan, "== Optimized Physical Plan ==\n")
	var projections []string
	for line := range strings.SplitSeq(physical, "\n") {
		node := strings.TrimLeft(line, " +-:")
		if topOne.MatchString(node) {
			return projected(node, projections, columns)
		}
		if !strings.HasPrefix(node, "Calc(select=[") {
			return nil
		}
		projections = append(projections, node)
	}
	return nil
}

// projected are the places of a node's groups behind projections, the outermost
// of which is the first.
func projected(node string, projections []string, columns int) []int {
	key := append(attribute(node, "partitionBy"), attribute(node, "key")...)
	outputs := attribute(node, "select")
	for _, calc := range slices.Backward(projections) {
		if len(attribute(calc, "where")) > 0 {
			return nil
		}
		outputs = attribute(calc, "select")
		for i, name := range key {
			if key[i] = renamed(name, outputs); key[i] == "" {
				return nil
			}
		}
	}
	if len(outputs) != columns || len(key) == 0 {
		return nil
	}
	var places []int
	for _, name := range key {
		at := slices.IndexFunc(outputs, func(item string) bool {
			return item == name || strings.HasSuffix(item, " AS "+name)
		})
		if at < 0 {
			return nil
		}
		places = append(places, at)
	}
	slices.Sort(places)
	return places
}

var plainName = regexp.MustCompile(`^[\w$]+$`)

// renamed is what a projection calls a column, "" when it is not handed on.
func renamed(name string, items []string) string {
	if !plainName.MatchString(name) {
		return ""
	}
	for _, item := range items {
		if item == name {
			return name
		}
		if alias, ok := strings.CutPrefix(item, name+" AS "); ok && plainName.MatchString(alias) {
			return alias
		}
	}
	return ""
}

// attribute is a list in the text of a plan's node, such as select=[a, f(b) AS c].
func attribute(node, name string) []string {
	at := strings.Index(node, name+"=[")
	if at < 0 {
		return nil
	}
	var items []string
	text := node[at+len(name)+2:]
	depth, begin, quoted := 0, 0, false
	for i, c := range text {
		switch {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case strings.ContainsRune("([{", c):
			depth++
		case depth > 0 && strings.ContainsRune(")]}", c):
			depth--
		case c == ']', c == ',' && depth == 0:
			items = append(items, strings.TrimSpace(text[begin:i]))
			if begin = i + 1; c == ']' {
				return items
			}
		}
	}
	return nil
}
