package views

// Ref is the address of one object, whatever kind of server it is on. UID is its
// identity where the server gives one: what was deleted and made again under the
// same name has another. Refs are comparable and can be stored.
type Ref struct {
	Context string // name of the server's context, "" for the one in front
	Kind    string // a kind's name, its plural, such as "applications"
	Scope   string // environment or namespace, "" for what lives in none
	Parent  string // application or statement, for what lives in one
	Name    string
	UID     string
}

// Verb is what an action does, in the words that people read: "suspend",
// "suspending", "suspended". Do is its identity, too.
type Verb struct{ Do, Doing, Done string }

// Step is one request that an action sends.
type Step struct {
	Method string
	Path   string // from the server's root, escaped, with its query
	Remark string
	Body   []byte // nil without one, and where it is made from the object read just before
}

// ReadOnly is what may be changed on a server from here.
type ReadOnly uint8

// What may be changed: everything; nothing, but queries may be run; nothing.
const (
	Writable ReadOnly = iota
	QueriesOnly
	NothingAtAll
)

// String says it in words, "" where everything may be changed.
func (r ReadOnly) String() string {
	return [...]string{Writable: "", QueriesOnly: "read-only queries", NothingAtAll: "read-only"}[r]
}

// Server is what views may say of where they are.
type Server struct {
	Name    string // as the person calls it
	Address string
	Root    string // what all paths of its API begin with; it is left out where they are shown
	// ConfirmTyped asks for Name where a change asks for a yes elsewhere.
	ConfirmTyped bool
	// ReadOnly refuses what would change something, before it is asked about.
	ReadOnly ReadOnly
}
