// Package edit changes an object as a text: what is wrong with the text, at its
// line, before a server sees it, and the way from a draft to what runs.
package edit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/edit/saver"
	"drey/views/edit/yamldoc"
	"drey/views/edit/yamleditor"
	"drey/views/input"
	"drey/views/sql/buffer"
)

// phase is what an edit waits for.
type phase int

const (
	opening phase = iota
	pathing       // the path of a file
	writing       // in the built-in editor
	away          // in the person's own editor
	reviewing
	applying
	ended
)

// View edits one object: a text, then what is wrong with it and what differs, and
// then what comes of sending it. It implements views.View.
type View struct {
	env   *views.Env
	rules *Rules
	start Start
	mail  views.Mailbox

	phase   phase
	draft   views.Draft
	first   string // the text without any change
	saver   *saver.Saver
	saves   uint64 // that were asked for
	text    yamleditor.Editor
	path    input.Line
	review  Review
	places  []string
	known   bool            // review was made of the draft as it is
	decided map[string]bool // conflicts, by key: mine stays
	// conflict is the path of the one that is chosen, "" for the first that is open.
	conflict     string
	allConflicts bool   // all are chosen
	failure      string // why it was not applied the last time
	err          error  // of opening or reviewing

	progress *Progress
	made     time.Time // when making a new object began, until the lists know of it
	layout   layout
}

// layout is what was drawn last, and for which room.
type layout struct {
	width, height int
	top           int
	all           bool // what is the same, too
	chosenFrom    int  // lines of the conflict that is chosen
	chosenTo      int
	lines         []string
	dirty         bool
	out           string
}

// New makes the view; it begins to read when it is first shown.
func New(env *views.Env, rules *Rules, start Start) *View {
	if t := start.Through; t != nil {
		through := *rules
		through.Plan, through.Will, through.Loses = t.Plan, nil, nil
		rules = &through
	}
	v := &View{
		env: env, rules: rules, start: start, mail: views.Mailbox{Context: env.Context}, decided: map[string]bool{},
	}
	v.saver = saver.New(env.Editing.Drafts)
	if rules.Private {
		v.saver = saver.New(nil)
	}
	v.layout.dirty = true
	return v
}

type (
	openedMsg struct {
		opened
		err error
	}
	saveMsg  struct{}
	savedMsg struct{ err error }
	checkMsg struct {
		version  uint64
		problems []yamldoc.Problem
	}
	awayMsg struct {
		path string // of a private text
		err  error  // of the editor
	}
	backMsg struct {
		text   string
		editor error
		err    error // of reading what it left
	}
	reviewMsg struct {
		review Review
		err    error
	}
	reviewAgainMsg struct{}
	progressMsg    struct{}
)

// How often: a draft is saved while one types, an object is read again while it
// is reviewed, and progress is drawn.
const (
	saveAfter     = 300 * time.Millisecond
	reviewEvery   = 5 * time.Second
	progressEvery = 200 * time.Millisecond
)

// Title implements views.View.
func (v *View) Title() string { return v.title() }

func (v *View) title() string {
	if v.draft.New || v.start.New {
		return "new " + v.rules.Singular
	}
	return "edit " + v.start.Target.Name
}

// Crumb implements views.Crumber.
func (v *View) Crumb() string { return v.title() }

// Init reads the object, or asks for a path.
func (v *View) Init() tea.Cmd {
	if v.start.File {
		v.phase = pathing
		return nil
	}
	return v.open("")
}

func (v *View) open(path string) tea.Cmd {
	v.phase, v.err = opening, nil
	rules, env, start := v.rules, v.env, v.start
	return v.mail.Ask("open", func(ctx context.Context) tea.Msg {
		out, err := rules.open(ctx, env, start, path)
		if err == nil {
			out.places, _ = rules.places(ctx, out.draft) // the review asks again, and says why not
		}
		return openedMsg{out, err}
	})
}

// Accept implements views.View.
func (v *View) Accept(a views.Answer) bool { return v.mail.Accept(a) }

// Close saves what was typed, and lets go of the draft.
func (v *View) Close() {
	v.mail.Close()
	if v.phase == writing || v.phase == reviewing { // away the editor has the file
		v.saveNow()
	}
	v.saver.Close()
}

// Typing implements views.Typist.
func (v *View) Typing() bool { return v.phase == writing || v.phase == pathing }

// Preparing implements views.Preparer: what is typed before the text or what differs is
// there is for it.
func (v *View) Preparing() string {
	switch {
	case v.phase == opening && v.mail.Waiting("open"):
		return "opening " + v.start.Target.Name
	case v.phase == away:
		return "the editor"
	case v.phase == reviewing && !v.known && v.mail.Waiting("review"):
		return "comparing " + v.start.Target.Name
	}
	return ""
}

// GiveUp implements views.Preparer.
func (v *View) GiveUp() tea.Cmd { return views.Send(views.BackMsg{}) }

// SetSize implements views.View.
func (v *View) SetSize(width, height int) {
	v.layout.width, v.layout.height = width, height
	v.relay()
}

// relay lays the page out anew.
func (v *View) relay() {
	v.layout.dirty, v.layout.lines = true, nil
}

// Zoom shows all lines, or those alone that differ.
func (v *View) Zoom() {
	v.layout.all = !v.layout.all
	v.relay()
}

// Update implements views.View.
func (v *View) Update(msg tea.Msg) tea.Cmd {
	v.layout.dirty = true
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return v.handleKey(msg)
	case openedMsg:
		return v.handleOpened(msg)
	case saveMsg:
		return v.save()
	case savedMsg:
		if msg.err != nil {
			return views.Notice(themes.Bad, "the draft could not be kept: "+msg.err.Error())
		}
	case checkMsg:
		if v.phase == writing && msg.version == v.text.Text.Version() {
			v.text.Problems = msg.problems
		}
	case awayMsg:
		return v.handleAway(msg)
	case backMsg:
		return v.handleBack(msg)
	case reviewMsg:
		return v.handleReview(msg)
	case reviewAgainMsg:
		return v.askReview()
	case progressMsg:
		return v.handleProgress()
	case views.RestyledMsg:
		v.relay()
	}
	return nil
}

// handleOpened begins to edit.
func (v *View) handleOpened(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		v.err = msg.err
		if v.start.File {
			v.phase = pathing
		}
		return nil
	}
	v.draft, v.first, v.failure, v.places = msg.draft, msg.first, msg.draft.Problem, msg.places
	v.draft.Target.Context = v.env.Server.Name
	if msg.draft.ID != "" {
		v.saver.Resume(msg.draft.ID)
	}
	v.text = yamleditor.New(v.draft.Text, v.rules.Private)
	cmd := v.write(1)
	if msg.resumed && msg.notice == "" {
		return tea.Batch(cmd, views.Notice(
			themes.Accent, "your draft of "+v.draft.Changed.Local().Format("2006-01-02 15:04")+" goes on",
		))
	}
	if msg.notice != "" {
		cmd = tea.Batch(cmd, views.Notice(themes.Warn, msg.notice))
	}
	return cmd
}

// write opens the text in an editor, at a line.
func (v *View) write(line int) tea.Cmd {
	v.known = false
	if v.env.Editing.External && v.env.Editing.Drafts != nil {
		return v.writeAway(line)
	}
	return v.writeHere(line)
}

// writeHere opens the text in the built-in editor, at a line.
func (v *View) writeHere(line int) tea.Cmd {
	v.phase = writing
	row := v.text.Text.Cursor().Row
	v.text = yamleditor.Editor{Text: v.text.Text, Problems: v.review.Problems, Hides: v.rules.Private, Top: v.text.Top}
	if line > 0 && line != row+1 {
		v.text.GoTo(line)
	}
	return v.check()
}

// takeText makes the draft that of the editor; it tells whether it changed.
func (v *View) takeText() bool {
	text := v.text.Text.Text()
	if text == v.draft.Text {
		return false
	}
	v.draft.Text, v.draft.Changed = text, v.env.Now()
	return true
}

// unchanged tells that nothing was written.
func (v *View) unchanged() bool { return v.draft.Text == v.first }

func (v *View) saveSoon() tea.Cmd {
	if v.mail.Waiting("typed") {
		return nil
	}
	return v.mail.After("typed", saveAfter, saveMsg{})
}

// nextSave is the version of what is saved next.
func (v *View) nextSave() uint64 {
	v.saves++
	return v.saves
}

// save keeps the draft, and checks it.
func (v *View) save() tea.Cmd {
	if v.phase != writing {
		return nil
	}
	v.takeText()
	cmds := []tea.Cmd{v.check()}
	if !v.unchanged() || v.saver.IsStored() {
		draft, version, s := v.draft, v.nextSave(), v.saver
		cmds = append(cmds, v.mail.Ask("save", func(context.Context) tea.Msg {
			return savedMsg{s.Save(draft, version)}
		}))
	}
	return tea.Batch(cmds...)
}

// saveNow is for the end: what cannot be saved then is lost.
func (v *View) saveNow() {
	if v.phase == writing {
		v.takeText()
	}
	if !v.unchanged() {
		_ = v.saver.Save(v.draft, v.nextSave()) // there is nobody left to tell
	}
}

// check looks for what is wrong while one types.
func (v *View) check() tea.Cmd {
	text, version, schema := v.text.Text.Snapshot(), v.text.Text.Version(), v.rules.schema(v.draft, v.places)
	return v.mail.Ask("check", func(ctx context.Context) tea.Msg {
		return checkMsg{version, yamldoc.Read(ctx, text.String(), schema).Problems}
	})
}

// writeAway opens the text in the person's own editor. It is the file of the
// draft: a console that is killed meanwhile loses nothing.
func (v *View) writeAway(line int) tea.Cmd {
	v.phase = away
	drafts, draft, s := v.env.Editing.Drafts, v.draft, v.saver
	draft.Text = yamldoc.WithErrors(draft.Text, v.failureProblems())
	private, name, version := v.rules.Private, v.start.Target.Name, v.nextSave()
	done := v.mail.Answered("away")
	return views.Slow(func() tea.Msg {
		path := ""
		var err error
		if private {
			path, err = drafts.Private(name, draft.Text)
		} else {
			err = s.Save(draft, version)
			path = drafts.Path(s.ID())
		}
		if err != nil {
			return done(awayMsg{err: fmt.Errorf("%w: its file could not be written (%w)", views.ErrNoEditor, err)})
		}
		return views.EditFileMsg{Path: path, Line: line, Done: func(err error) tea.Msg {
			if !private {
				path = ""
			}
			return done(awayMsg{path, err})
		}}
	})
}

// handleAway reads what the person's editor left, however that ended.
func (v *View) handleAway(msg awayMsg) tea.Cmd {
	drafts, id, private, text := v.env.Editing.Drafts, v.saver.ID(), v.rules.Private, v.draft.Text
	return v.mail.Ask("back", func(context.Context) tea.Msg {
		var err error
		switch {
		case private && msg.path != "":
			text, err = drafts.ReadPrivate(msg.path)
		case !private && !errors.Is(msg.err, views.ErrNoEditor):
			var d views.Draft
			d, err = drafts.Open(id)
			text = d.Text
		}
		return backMsg{yamldoc.WithoutErrors(text), msg.err, err}
	})
}

func (v *View) handleBack(msg backMsg) tea.Cmd {
	v.relay()
	switch {
	case errors.Is(msg.editor, views.ErrNoEditor):
		return tea.Batch(
			v.writeHere(max(v.firstLine(), 1)),
			views.Notice(themes.Warn, msg.editor.Error()+": this is drey's own"),
		)
	case errors.Is(msg.editor, views.ErrOutOfSight) && msg.err == nil:
		msg.err = msg.editor
	case msg.err != nil:
		msg.err = fmt.Errorf("what your editor left could not be read: %w", msg.err)
	}
	if msg.err != nil {
		v.err, v.phase, v.known = msg.err, reviewing, false
		return nil
	}
	v.text.Text = buffer.New(msg.text)
	v.draft.Text, v.draft.Changed = v.text.Text.Text(), v.env.Now()
	if clean.NotUTF8(msg.text) > 0 {
		v.draft.Text = msg.text // the buffer has other letters in its place
	}
	return v.toReview(msg.editor)
}

// toReview compares; a text in which nothing was changed is no draft. What an editor
// left that failed is compared, too.
func (v *View) toReview(editor error) tea.Cmd {
	if v.phase == writing {
		v.takeText()
	}
	if v.unchanged() {
		s, notice := v.saver, views.Notice(themes.Dim, "nothing changed: nothing is sent")
		if editor != nil {
			notice = views.Notice(themes.Warn, editor.Error()+": nothing changed, and nothing is sent")
		}
		return tea.Sequence(func() tea.Msg {
			_ = s.Drop() // it is listed again otherwise
			return nil
		}, tea.Batch(notice, views.Send(views.BackMsg{})))
	}
	v.phase, v.known, v.layout.top = reviewing, false, 0
	v.relay()
	draft, s, version := v.draft, v.saver, v.nextSave()
	cmd := tea.Batch(v.askReview(), v.mail.Ask("save", func(context.Context) tea.Msg {
		return savedMsg{s.Save(draft, version)}
	}))
	if editor != nil {
		cmd = tea.Batch(cmd, views.Notice(themes.Warn, editor.Error()+": look at what it left before it is applied"))
	}
	return cmd
}

// Refresh implements views.Refresher.
func (v *View) Refresh() tea.Cmd {
	if v.phase == opening && v.err != nil {
		return v.open("")
	}
	return v.askReview()
}

// askReview reviews the draft against the object as it is now.
func (v *View) askReview() tea.Cmd {
	if v.phase != reviewing {
		return nil
	}
	rules, draft, decided := v.rules, v.draft, maps.Clone(v.decided)
	return v.mail.Ask("review", func(ctx context.Context) tea.Msg {
		out, err := rules.Review(ctx, draft, decided)
		return reviewMsg{out, err}
	})
}

func (v *View) handleReview(msg reviewMsg) tea.Cmd {
	if v.phase != reviewing {
		return nil
	}
	v.err = msg.err
	if msg.err == nil {
		v.review, v.known = msg.review, true
	}
	v.relay()
	return v.mail.After("review again", reviewEvery, reviewAgainMsg{})
}

// SetVisible implements views.Watcher: what is not seen asks nothing.
func (v *View) SetVisible(visible bool) tea.Cmd {
	if !visible {
		v.mail.Cancel("review again")
		return nil
	}
	if v.phase == reviewing && v.known {
		return v.askReview()
	}
	return nil
}

// Escape implements views.Escaper: the draft stays.
func (v *View) Escape() (tea.Cmd, bool) {
	if v.phase != reviewing || !v.saver.IsStored() {
		return nil, false
	}
	key := v.env.Keys.Table.Edit.Help().Key
	if v.draft.New {
		key = v.env.Keys.Table.Create.Help().Key
	}
	return tea.Batch(views.Send(views.BackMsg{}), views.Notice(
		themes.Dim, "kept as a draft: "+key+" goes on with it",
	)), true
}
