// Package platform names what views share about objects of a server, whatever
// kind of server it is. It imports nothing of ours.
package platform

// Ref is the address of one object. UID is its identity where the server gives
// one: what was deleted and made again under the same name has another.
type Ref struct {
	Kind   string // a kind's plural, such as "applications"
	Scope  string // environment, "" for what lives in none
	Parent string // application or statement, for what lives in one
	Name   string
	UID    string
}

// Verb is what an action does, in the words that people read: "suspend",
// "suspending", "suspended". Do is its identity, too.
type Verb struct{ Do, Doing, Done string }

// Step is one request that an action sends.
type Step struct {
	Method string
	Path   string // from the API's root, escaped
	Note   string
}
