package seal

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
)

const jarMember = "jarURI"

// credentials is what an address with a password has, as JSON writes it when it
// escapes nothing.
var credentials = regexp.MustCompile(`://[^"]*@`)

// WithoutJarPasswords is a document whose jar addresses show no password; the
// document itself where none has one.
func WithoutJarPasswords(doc cmf.Object) cmf.Object {
	if !credentials.Match(doc) && bytes.IndexByte(doc, '\\') < 0 {
		return doc
	}
	members := doc.Map()
	changed := eachJar(members, nil, func(sent, _ string) string { return redactedJar(sent) })
	if !changed {
		return doc
	}
	return model.MustEncode(members)
}

// RestoreJarPasswords gives an update the stored addresses where it has what is
// shown of them, and says whether one was given.
func RestoreJarPasswords(stored, sent cmf.Object) (cmf.Object, bool) {
	if !credentials.Match(sent) && bytes.IndexByte(sent, '\\') < 0 {
		return sent, false
	}
	members := sent.Map()
	changed := eachJar(members, stored.Map(), func(sent, stored string) string {
		if sent == redactedJar(stored) {
			return stored
		}
		return sent
	})
	if !changed {
		return sent, false
	}
	return model.MustEncode(members), true
}

// eachJar replaces the jar addresses below value and says whether one changed;
// other is the value at the same place of another document.
func eachJar(value, other any, replace func(address, other string) string) bool {
	changed := false
	switch value := value.(type) {
	case map[string]any:
		others, _ := other.(map[string]any)
		for name, member := range value {
			if address, ok := member.(string); ok && name == jarMember {
				was, _ := others[name].(string)
				value[name] = replace(address, was)
				changed = changed || value[name] != address
				continue
			}
			changed = eachJar(member, others[name], replace) || changed
		}
	case []any:
		others, _ := other.([]any)
		for i, item := range value {
			var was any
			if i < len(others) {
				was = others[i]
			}
			changed = eachJar(item, was, replace) || changed
		}
	}
	return changed
}

// redactedJar is an address without its password. One that is no URL loses
// whatever stands before its last @.
func redactedJar(address string) string {
	u, err := url.Parse(address)
	if err == nil {
		if _, has := u.User.Password(); !has {
			return address
		}
		return u.Redacted()
	}
	scheme, rest, ok := strings.Cut(address, "://")
	at := strings.LastIndexByte(rest, '@')
	if !ok || at < 0 {
		return address
	}
	return scheme + "://xxxxx" + rest[at:]
}
