// Package platform is the seam between the console and the kinds of servers that
// it is a console of. A platform is data and closures: what it does not have is
// nil or not in the list, and what is nil is not drawn. Nobody asks which platform
// it is; the one place that may ask for a server's version is its own Session.
package platform

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"drey/client"
	"drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/detail"
)

// Platform is one kind of server, as data.
type Platform struct {
	Name   string  // as a context names it
	Title  string  // for people
	Short  string  // the same where there is little space
	Fields []Field // settings of its own that a context of it may have
	// Variables of the environment that, all set, make a context where the
	// configuration names none.
	Variables []string
	// AddressOptional tells that a context of it needs no url.
	AddressOptional bool
	// Where says in words where a context of it is, from its own settings, where
	// it has no url; nil where it always has.
	Where func(values map[string]string) string
	// Who says who one is, from its own settings and without any secret, "" where they
	// do not tell; nil where they never do.
	Who func(values map[string]string) string
	// Open checks the settings; it asks nothing. What is wrong is said in words
	// that name the setting.
	Open func(Settings) (*Session, error)
}

type clockKey struct{}

// WithClock has ages be counted by another clock than that of this machine: the
// server's, which may be known only once it has answered.
func WithClock(ctx context.Context, now func() time.Time) context.Context {
	return context.WithValue(ctx, clockKey{}, now)
}

// Now is the time by the clock of ctx.
func Now(ctx context.Context) time.Time {
	if now, ok := ctx.Value(clockKey{}).(func() time.Time); ok {
		return now()
	}
	return time.Now()
}

// Field is a setting that contexts of one platform have. Its name may have dots:
// auth.key.secret is secret below key below auth, which are Fields of their own
// that say what they are for; * stands for any name. A field that is called as a
// setting of every context, such as auth, takes its place.
type Field struct {
	Name     string
	Env      string // variable that a context without the setting takes it from
	Unless   string // "" or a field that, where it is said, keeps Env from being asked
	Help     string
	Required bool // of its context, or of what is around it where that is there
	Secret   bool // written as a token is: {file: …}, {env: …} or {command: […]}; never shown
	List     bool // a text, or a list of them, which Settings has a line for each
	Address  bool // checked as one
}

// Settings say which server to open. Those that every platform has are in Server,
// its own in Values and, where they are secret, in Secrets, by the field's name.
type Settings struct {
	Context  string
	ReadOnly views.ReadOnly
	Server   client.Config
	Values   map[string]string
	Secrets  map[string]client.Secret
	// Texts keeps what has to outlast the program, such as the identity of an
	// operation before it is asked for; nil: nothing is kept.
	Texts Texts
	// OpenFile opens a file of the person's, such as a jar to send; nil where there
	// are none.
	OpenFile func(path string) (content io.ReadCloser, bytes int64, err error)
}

// Texts are kept for a context.
type Texts interface {
	// Load gives "" for a text that there is not.
	Load(name string) (string, error)
	Save(name, text string) error
}

// Session is one server that is open.
type Session struct {
	Name     string // of the context
	Title    string // of the product
	Address  string
	Root     string // what all paths of its API begin with, "" for nothing
	ReadOnly views.ReadOnly
	// Probe tells what the server is. It is asked at once, after a reconnect, and
	// when the person asks again.
	Probe func(context.Context) (About, error)
	// Check asks in one cheap call whether the server answers, and how what it runs
	// is; nil: Probe is asked.
	Check func(context.Context) (Health, error)
	// Tabs are what the console shows beside SQL: before the first answer to Probe
	// all that a server of this platform may have. Missing says why one is not there.
	Tabs func() []Tab
	// Scopes are what the objects are divided into, such as environments; nil where
	// they are not.
	Scopes *Scopes
	// Counters count the objects whose list is not in front, so that problems there
	// are seen, too. The kind of Scopes.Counts needs none.
	Counters func() []Counter
	// Kinds are those that commands know.
	Kinds []Kind
	// OnRequest are kinds without a tab, whose whole list is asked for only when a
	// person opens it by name.
	OnRequest []Kind
	// SQL runs statements; nil where there is no SQL.
	SQL   statement.Engine
	Calls func() []client.Call
	// Transport tells how the server is reached: its clock, TLS, how much it is
	// asked; nil where there is none.
	Transport *client.Client
	// Describe is a page of what the server tells of itself beside Probe; nil: nothing.
	Describe func(now func() time.Time) detail.Loader
	Close    func()
}

// Server is what views are told of the session.
func (s *Session) Server() views.Server {
	return views.Server{Name: s.Name, Address: s.Address, Root: s.Root, ReadOnly: s.ReadOnly}
}

// Load tells how much the server is asked now; nil where nobody knows.
func (s *Session) Load() func() client.Load {
	if s.Transport == nil {
		return nil
	}
	return s.Transport.Load
}

// About is what a server says of itself.
type About struct {
	Product, Version string
	Engine           string // what runs the jobs, "" where that goes without saying
	Who              string // whom the server takes us for, "" where it does not tell
	// Wrong says what the server is, where it is none of this platform.
	Wrong string
	// Licence says what is wrong with the server's licence, "" for nothing; one that ends is
	// over from LicenceEnds on, zero where the server does not tell.
	Licence     string
	LicenceEnds time.Time
}

// Tab is one of the views beside each other.
type Tab struct {
	Name    string // a kind's plural, as links name it
	Title   string
	Short   string // where there is little space
	Aliases []string
	New     func(*views.Env) views.View
	Missing string // why this server does not have it, "" when it has
}

// Scopes are what a platform's objects are divided into.
type Scopes struct {
	Singular, Plural, Title string
	Short                   string // where there is little space
	// Counts is the kind that Scope.Health is of: the server counts it.
	Counts string
	// List polls: changed is false when the list is the one before, which is then
	// not given again.
	List func(context.Context) (list []Scope, changed bool, err error)
	// Remember tells the names that an earlier run read, so that lists of all scopes
	// need not wait for them; nil where that saves nothing.
	Remember func(names []string)
}

// Scope is one of them.
type Scope struct {
	Name   string
	Title  string // for people, shown instead of it; "" where the name is one
	Health Health
	Known  bool // Health was told
	Unread bool // the server's answer about it could not be read
}

// Health rolls objects up by what their states mean.
type Health struct{ Objects, Failing, AtRisk, Busy int }

// Add adds another one's counts.
func (h *Health) Add(o Health) {
	h.Objects += o.Objects
	h.Failing += o.Failing
	h.AtRisk += o.AtRisk
	h.Busy += o.Busy
}

// Counter counts the objects of a kind.
type Counter struct {
	Kind  string
	Next  func(context.Context) (Counted, error)
	Close func()
}

// Counted is the answer to one question of a Counter, by scope: Tallies is nil
// where there was none yet. Partial tells that some scope has not answered yet.
type Counted struct {
	Tallies map[string]views.Tally
	Partial bool
}

// Kind is a kind of objects for whatever has no screen: commands, tasks, links.
type Kind interface {
	Info() Info
	// List reads all objects in a scope, or in all of them where scope is "". What
	// could not be read is in the table's Notes.
	List(ctx context.Context, scope string) (Table, error)
	// Get reads one object, by the name and scope of ref and its UID where it is set.
	Get(context.Context, views.Ref) (json.RawMessage, error)
	// Plan is the requests that doing it sends, in order. how is the way that was
	// chosen, "" for the plain one.
	Plan(ctx context.Context, verb views.Verb, ref views.Ref, how string) ([]views.Step, error)
	// Do does it, waits until it has come about, and tells each step as it goes.
	Do(ctx context.Context, verb views.Verb, ref views.Ref, how string, step func(views.Step)) error
}

// Resumer is a Kind that can go on with what another process began: from the step
// that is due, looking at the object first.
type Resumer interface {
	Resume(ctx context.Context, tasks views.Tasks, now func() time.Time, t *views.Task) views.DoneMsg
}

// Info is what a kind is called.
type Info struct {
	Name, Singular, Title, Short string
	Aliases                      []string
	Scoped                       bool // its objects live in scopes
	Verbs                        []views.Verb
}

// Table is a list without a screen.
type Table struct {
	Columns []string
	Rows    []Row
	Notes   []string // what is missing, one line each
}

// Row is one object: its cells as text, the word for how it is and what that
// means, and the object as JSON.
type Row struct {
	Ref   views.Ref
	Cells []string
	State string
	Tone  themes.Tone
	Raw   json.RawMessage
}
