package queries

import (
	"strings"
	"time"

	"drey/client/flinksql"
	"drey/client/statement"
	"drey/themes"
	"drey/views"
	"drey/views/results"
	"drey/views/results/rowset"
	"drey/views/sql/buffer"
)

// Fact names the statement in a dialog.
func (r *Run) Fact(label string, tone themes.Tone) views.Fact {
	text := flinksql.Redact(strings.Join(strings.Fields(r.SQL), " "))
	return views.Fact{Label: label, Text: Path(r.Ref) + "  " + text, Tone: tone}
}

// Path is a statement's name with its scope.
func Path(ref statement.Ref) string {
	if ref.Scope == "" {
		return ref.Name
	}
	return ref.Scope + "/" + ref.Name
}

// Run is one statement that is followed: one that was just sent, or one of the
// server's that was attached to.
type Run struct {
	Buffer   *Buffer // the buffer that it belongs to
	Ref      statement.Ref
	SQL      string
	At       *buffer.Position // where it stood in the editor when it was sent; nil: nowhere
	Sent     bool             // the server has it
	Status   statement.Status // as it was observed last; zero before
	Began    time.Time
	Observed time.Time
	Lost     error // why the last look failed, nil when it did not

	Own      bool // this console ran it
	Log      *rowset.Log
	Pane     *results.Pane // shows log; nil until the columns are known
	Rows     statement.Rows
	Fetching bool
	Pages    int
	Complete bool // all pages are here
	Deleted  bool // the server has it no more
	failures int  // in a row, of fetching
	marked   bool // its failure was shown in the editor
	ShowText bool // its text is to be shown once it is known
}

// End tells that all pages are here that come.
func (r *Run) End() {
	r.Complete = true
	if r.Log != nil {
		r.Log.End()
	}
}

// PhaseText is the phase in the platform's word.
func (r *Run) PhaseText() string {
	if !r.Sent {
		return "SENDING"
	}
	return r.Status.Raw
}

// Tone is what the phase means.
func (r *Run) Tone() themes.Tone {
	if !r.Sent {
		return themes.Busy
	}
	return views.PhaseTone(r.Status.Phase)
}

// Active says whether its phase may still change.
func (r *Run) Active() bool { return !r.Deleted && !r.Status.Phase.Ended() }

// Every is how often its phase is asked for.
func (r *Run) Every() time.Duration {
	switch {
	case !r.Active():
		return 0
	case r.Status.Phase == statement.Running:
		return 2 * time.Second
	}
	return 300 * time.Millisecond
}

// IsQuery says whether it has rows that are read page by page.
func (r *Run) IsQuery() bool {
	if t := r.Status.Traits; t != nil && t.Kind != "" {
		return t.Kind == string(flinksql.Select)
	}
	return flinksql.KindOf(r.SQL).IsQuery()
}

// Title is what the statement is called for people: its name, or the beginning
// of its text where the name is one that drey invented.
func (r *Run) Title() string {
	if r.SQL == "" || !strings.HasPrefix(r.Ref.Name, InventedName) {
		return r.Ref.Name
	}
	return flinksql.Redact(strings.Join(strings.Fields(r.SQL), " "))
}

// InventedName begins the names that drey makes up.
const InventedName = "drey-"

// Word is how the statement is.
func (r *Run) Word() string {
	switch {
	case r.Deleted:
		return "gone"
	case r.PhaseText() == "":
		return "not looked at"
	case r.Status.Phase == statement.Running && r.Lost != nil:
		return "lost"
	}
	return r.PhaseText()
}
