package body

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"drey/server/model"
)

// NameRule is what names of a kind look like (cmf-behaviour.md §3.8, and
// what is settled there for drey).
type NameRule struct {
	Min, Max int
	Pattern  *regexp.Regexp // nil: any printable characters but /
	Says     string
}

var dnsName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

const dnsSays = "must consist of lower case letters, digits, '-' and '.', and start and end with a letter or digit"

// The rules of the kinds hosted.
var (
	EnvironmentName = NameRule{Min: 4, Max: 253, Pattern: dnsName, Says: dnsSays}
	ResourceName    = NameRule{Min: 1, Max: 253, Pattern: dnsName, Says: dnsSays}
	DeploymentName  = NameRule{
		Min: 1, Max: 45, Pattern: regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`),
		Says: "must consist of lower case letters, digits and '-', start with a letter and end with a letter or digit",
	}
	// The general rule is that of savepoints, too: they are resources of Kubernetes.
	SavepointName = ResourceName
)

// Check returns a refusal that names the field and the rule.
func (r NameRule) Check(field, name string) error {
	if n := utf8.RuneCountInString(name); n < r.Min || n > r.Max {
		return model.Invalid("%s: size must be between %d and %d", field, r.Min, r.Max)
	}
	if r.Pattern == nil && printable(name) || r.Pattern != nil && r.Pattern.MatchString(name) {
		return nil
	}
	return model.Invalid("%s: %s", field, r.Says)
}

func printable(s string) bool {
	if s == "." || s == ".." || !utf8.ValidString(s) {
		return false
	}
	for _, c := range s {
		if c == '/' || !unicode.IsPrint(c) {
			return false
		}
	}
	return true
}

// Title is a kind's name for messages.
func Title(id model.KindID) string {
	text := strings.ReplaceAll(string(id), "-", " ")
	switch id {
	case model.KindApplicationSavepoint, model.KindStatementSavepoint:
		text = "savepoint"
	case model.KindCatalog, model.KindDatabase:
		text = "Kafka " + text
	case model.KindCluster:
		text = "Kubernetes " + text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
