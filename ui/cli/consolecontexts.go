package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"drey/ui/config"
	"drey/ui/console/space"
	"drey/ui/disk"
	"drey/views"
	"drey/views/platform"
	"drey/views/sql"
)

// openContexts are the servers and the texts of the contexts that were looked
// at. It is used on the console's one loop.
type openContexts struct {
	process  Process
	texts    map[string]*disk.Texts  // by the name of the context, "" for those without one
	drafts   map[string]*disk.Drafts // the same
	sessions []*platform.Session
	journals []*disk.Journal
}

// context is a context as the console takes it; nothing is opened yet.
func (o *openContexts) context(of consoleFor) space.Context {
	x := of.context
	name := ""
	if x.Line != 0 {
		name = x.Name
	}
	c := space.Context{
		Name: of.title(), Server: of.server, Environment: x.Environment, Platform: platformNamed(x.Platform).Short,
		Address: addressOf(x),
		Who:     whoOf(x), Label: x.Label, Colour: x.Colour, ConfirmTyped: x.ConfirmTyped,
		ReadOnly: of.config.ReadOnlyIn(x),
		Open: func() (*platform.Session, error) {
			of.texts, of.getenv = o.textsOf(name), o.process.Getenv
			s, err := of.open()
			if err == nil {
				o.sessions = append(o.sessions, s)
			}
			return s, err
		},
		SQL: func(env *views.Env, s *platform.Session) views.View {
			return sql.New(env, s.SQL, o.textsOf(name), disk.NewFiles(
				cacheDir(o.process.Getenv), config.HomeDir(o.process.Getenv),
			))
		},
	}
	c.Drafts = func() views.Drafts { return o.draftsOf(name) }
	if name != "" {
		c.Key = "context " + name
	}
	if of.server == nil { // what a server of this process does ends with it
		c.Journal = o.journal(name, x.URL)
	}
	return c
}

// dirOf is the folder of what is typed in a context, each of its own: what is
// written for one server is not run on another by mistake.
func (o *openContexts) dirOf(name string) string {
	dir := stateDir(o.process.Getenv)
	if name != "" {
		dir = filepath.Join(dir, "contexts", name)
	}
	return dir
}

// textsOf keeps what is typed in the SQL tab of a context.
func (o *openContexts) textsOf(name string) *disk.Texts {
	return once(&o.texts, name, func() *disk.Texts { return disk.NewTexts(o.dirOf(name)) })
}

// draftsOf keeps the objects of a context that are edited.
func (o *openContexts) draftsOf(name string) *disk.Drafts {
	return once(&o.drafts, name, func() *disk.Drafts { return disk.NewDrafts(o.dirOf(name)) })
}

// once gives what was made for a name, and makes it the first time.
func once[T any](made *map[string]T, name string, make func() T) T {
	of, ok := (*made)[name]
	if !ok {
		of = make()
		if *made == nil {
			*made = map[string]T{}
		}
		(*made)[name] = of
	}
	return of
}

// journal keeps what is done in a context, or on a server that is in none, so that
// another console on the same one can go on with it.
func (o *openContexts) journal(name, url string) *disk.Journal {
	dir := filepath.Join(stateDir(o.process.Getenv), "contexts", name, "tasks")
	if name == "" {
		sum := sha256.Sum256([]byte(url))
		dir = filepath.Join(stateDir(o.process.Getenv), "tasks", hex.EncodeToString(sum[:8]))
	}
	j := disk.NewJournal(dir)
	o.journals = append(o.journals, j)
	return j
}

// close gives up the connections and lets other consoles have the folders.
func (o *openContexts) close() {
	for _, s := range o.sessions {
		s.Close()
	}
	for _, texts := range o.texts {
		_ = texts.Close() // it is the end
	}
	for _, drafts := range o.drafts {
		drafts.CloseAll()
	}
	for _, j := range o.journals {
		_ = j.Close()
	}
}
