package edit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit/yamldoc"
	"drey/views/steps"
)

func (v *View) handleKey(msg tea.KeyMsg) tea.Cmd {
	switch v.phase {
	case pathing:
		return v.handlePath(msg)
	case writing:
		return v.handleWriting(msg)
	case reviewing:
		return v.handleReviewing(msg)
	case applying, ended:
		v.scrolls(msg)
	}
	return nil
}

// handlePath types the path of a file.
func (v *View) handlePath(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Cancel):
		return views.Send(views.BackMsg{})
	case keymap.Matches(msg, keys.Accept):
		return v.open(v.path.Value())
	}
	v.path.Update(msg, keys)
	v.err = nil
	return nil
}

func (v *View) handleWriting(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys
	if !v.text.Finding && keymap.Matches(msg, keys.Line.Cancel, keys.Draft.Review) {
		return v.toReview(nil)
	}
	before := v.text.Text.Version()
	v.text.HandleKey(msg, keys)
	if v.text.Text.Version() == before {
		return nil
	}
	return v.saveSoon()
}

func (v *View) handleReviewing(msg tea.KeyMsg) tea.Cmd {
	keys := v.env.Keys
	switch {
	case v.scrolls(msg):
	case keymap.Matches(msg, keys.Draft.Edit):
		return v.write(v.firstLine())
	case keymap.Matches(msg, keys.Draft.Drop):
		return v.askDrop(msg.String())
	case !v.known && (v.err == nil || !keymap.Matches(msg, keys.Move.Enter)):
	case keymap.Matches(msg, keys.Move.Enter):
		return v.confirm(msg.String())
	case keymap.Matches(msg, keys.Draft.Mine):
		return v.decide(true)
	case keymap.Matches(msg, keys.Draft.Theirs):
		return v.decide(false)
	case keymap.Matches(msg, keys.Text.Next):
		return v.stepConflict(1)
	case keymap.Matches(msg, keys.Text.Previous):
		return v.stepConflict(-1)
	case keymap.Matches(msg, keys.Table.MarkAll):
		v.allConflicts = len(v.review.both()) > 1 && !v.allConflicts
		v.relay()
	case keymap.Matches(msg, keys.Text.Copy):
		text := diff.Text("live", "yours", v.shown(v.review.Change.Live, v.review.Change.Merged))
		return views.Send(views.CopyMsg{What: "what differs", Text: text})
	}
	return nil
}

// firstLine is where to go on writing: at the first error, else at a warning.
func (v *View) firstLine() int {
	for _, warning := range []bool{false, true} {
		for _, p := range append(v.failureProblems(), v.review.Problems...) {
			if p.Warning == warning && p.Line > 0 {
				return p.Line
			}
		}
	}
	return 0
}

func (v *View) scrolls(msg tea.KeyMsg) bool {
	by, ok := v.env.Keys.Move.Steps(msg, max(v.page()-1, 1), len(v.layout.lines))
	if ok {
		v.layout.top = max(min(v.layout.top+by, len(v.layout.lines)-v.page()), 0)
	}
	return ok
}

// AskLeave implements views.Loser: of a private text no draft is kept.
func (v *View) AskLeave(asked string) tea.Cmd {
	if !v.rules.Private || v.phase != reviewing || v.unchanged() {
		return nil
	}
	if asked == v.env.Keys.Move.Escape.Keys()[0] {
		asked = "" // it leaves a dialog
	}
	return v.askDrop(asked)
}

// askDrop asks before what was written is lost.
func (v *View) askDrop(asked string) tea.Cmd {
	s, done := v.saver, "the draft was dropped"
	of := DraftName(v.draft)
	if v.draft.New {
		of = "the new " + v.rules.Singular
	}
	q := dropQuestion(of, asked)
	if v.rules.Private {
		q.Title, q.Button, done = "Leave "+of, "Leave", "nothing was sent, and nothing is kept"
		q.Facts[0].Text = "what you wrote is lost, for no draft of a " + v.rules.Singular + " is kept; nothing is sent"
	}
	q.Run = func(string) tea.Cmd {
		v.phase = ended
		return tea.Sequence(func() tea.Msg { // before the list of drafts is read again
			if err := s.Drop(); err != nil {
				return views.ErrorMsg{Doing: "drop the draft", Err: err}
			}
			return views.NoticeMsg{Text: done, Tone: themes.Dim}
		}, views.Send(views.BackMsg{}))
	}
	return views.Send(views.ConfirmMsg{Confirmation: q})
}

// dropQuestion asks before a draft goes.
func dropQuestion(of, asked string) views.Confirmation {
	return views.Confirmation{
		Title: "Drop the draft of " + of, Button: "Drop", Asked: asked, Plan: "drop",
		Facts: []views.Fact{{
			Label: "what happens", Text: "what you wrote is lost; nothing is sent", Tone: themes.Warn,
		}},
	}
}

// notReady is nil, or why the draft cannot be applied.
func (v *View) notReady() error {
	switch {
	case v.known && v.err == nil:
		return v.review.notReady(v.env.Keys)
	case v.err != nil:
		return fmt.Errorf("it could not be compared: %s asks again", v.env.Keys.Global.Refresh.Help().Key)
	}
	return errors.New("it is being compared")
}

// notReady is why a review cannot be sent, nil when it can.
func (r Review) notReady(keys *keymap.Map) error {
	switch {
	case r.Unchanged():
		return fmt.Errorf(
			"nothing differs from what is there: %s edits again, %s drops the draft",
			keys.Draft.Edit.Help().Key, keys.Draft.Drop.Help().Key,
		)
	case yamldoc.Errors(r.Problems) > 0:
		for _, p := range r.Problems {
			if !p.Warning {
				return fmt.Errorf("%s%s", lineWord(p.Line), p.Text)
			}
		}
	case len(r.Conflicts) > 0:
		return fmt.Errorf(
			"%s was changed meanwhile, too: %s keeps yours, %s takes theirs, %s edits again", r.Conflicts[0].Path,
			keys.Draft.Mine.Help().Key, keys.Draft.Theirs.Help().Key, keys.Draft.Edit.Help().Key,
		)
	}
	return nil
}

func lineWord(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", line)
}

var errReadOnly = errors.New("read-only: nothing is changed from here")

// confirm asks before the change is sent, as every action does.
func (v *View) confirm(asked string) tea.Cmd {
	err := v.notReady()
	if err == nil && v.env.Server.ReadOnly != views.Writable {
		err = errReadOnly
	}
	if t := v.start.Through; err == nil && t != nil {
		err = t.Refuse(v.review.Change)
	}
	if err == nil {
		err = steps.Refusal(v.env, v.review.Change.Target)
	}
	if err != nil {
		return views.Notice(themes.Warn, "cannot "+strings.ToLower(v.verb())+": "+err.Error())
	}
	frozen := *v // a dialog reads the object again off the loop
	frozen.decided = maps.Clone(v.decided)
	return views.Send(views.ConfirmMsg{Confirmation: frozen.question(v.review, asked, v.apply)})
}

func (v *View) verb() string {
	switch {
	case v.start.Through != nil:
		do := v.start.Through.Verb.Do
		return strings.ToUpper(do[:1]) + do[1:]
	case v.draft.New:
		return "Create"
	}
	return "Apply"
}

// question is the dialog about a review; run sends what was confirmed. It is made
// off the loop, too, with the object as it is then.
func (v *View) question(rv Review, asked string, run func(Review, string) tea.Cmd) views.Confirmation {
	name, doing := rv.Change.Target.Name, "applying "
	switch {
	case v.start.Through != nil:
		doing = v.start.Through.Verb.Doing + " "
	case v.draft.New:
		doing = "creating "
	}
	target := views.Target{Ref: rv.Change.Target, Requests: requests(v.rules.Plan(rv.Change), v.env.Server.Root)}
	if v.rules.Will != nil {
		target.Will = v.rules.Will(rv.Change)
	}
	q := views.Confirmation{
		Title: v.verb() + " " + name, Button: v.verb(), Doing: doing + name, Asked: asked,
		Targets: []views.Target{target},
		Facts:   append(v.changeFacts(rv), steps.Facts(v.env, rv.Change.Target)...),
		Plan:    rv.Fingerprint(), Every: reviewEvery,
	}
	if v.rules.Loses != nil && v.rules.Loses(rv.Change) {
		q.TypeName = name
	}
	q.Run = func(string) tea.Cmd { return run(rv, q.Doing) }
	q.Load = func(ctx context.Context) views.Confirmation {
		again, err := v.rules.Review(ctx, v.draft, v.decided)
		if err == nil {
			err = again.notReady(v.env.Keys)
		}
		if v.env.Tasks != nil {
			_ = v.env.Tasks.Look() // what it knew before is told
		}
		if err == nil {
			err = steps.Refusal(v.env, rv.Change.Target)
		}
		if err != nil {
			refused := q
			refused.Plan, refused.Facts = "", nil
			refused.Targets = []views.Target{{Ref: rv.Change.Target, Refused: err.Error()}}
			return refused
		}
		again.Change.Target = rv.Change.Target
		return v.question(again, asked, run)
	}
	return q
}

// mostFacts is how many changes a dialog lists: the page behind shows them all.
const mostFacts = 6

func (v *View) changeFacts(rv Review) []views.Fact {
	var facts []views.Fact
	if v.draft.New {
		return nil
	}
	label := "changes"
	for i, e := range v.shown(rv.Change.Live, rv.Change.Merged) {
		if i == mostFacts {
			facts = append(facts, views.Fact{Label: label, Text: fmt.Sprintf("and %d more", len(rv.Yours)-mostFacts)})
			break
		}
		facts = append(facts, views.Fact{Label: label, Text: v.changeText(e)})
		label = ""
	}
	return facts
}

func (v *View) changeText(e diff.Entry) string {
	left, right := firstLine(e.Left), firstLine(e.Right)
	text := e.Path.String() + "  "
	switch e.Kind {
	case diff.OnlyLeft:
		text += left + " goes"
	case diff.OnlyRight:
		text += right + " is new"
	default:
		text += left + " → " + right
	}
	if e.Remark != "" {
		text += ", but " + e.Remark
	}
	return text
}

func firstLine(text string) string {
	line, rest, _ := strings.Cut(text, "\n")
	if rest != "" {
		line += " …"
	}
	return line
}

// requests are the steps that change something, without what every path of the
// API begins with.
func requests(plan []views.Step, base string) []string {
	var lines []string
	for _, s := range plan {
		if s.Method == "GET" {
			continue
		}
		line := s.Method + " " + shortPath(s.Path, base)
		if s.Remark != "" {
			line += "  " + s.Remark
		}
		lines = append(lines, line)
	}
	return lines
}

// shortPath is a path without what every path of the API begins with.
func shortPath(path, base string) string {
	if rest, ok := strings.CutPrefix(path, base+"/"); ok && base != "" {
		return "…/" + rest
	}
	return path
}

// apply sends the change and follows what comes of it.
func (v *View) apply(rv Review, doing string) tea.Cmd {
	if t := v.start.Through; t != nil {
		v.phase = ended // its steps are seen beside the object
		s := v.saver
		// a draft that stays is listed
		return tea.Batch(views.Send(views.BackMsg{}), t.Run(rv.Change, doing, s.ID(), func() { _ = s.Drop() }))
	}
	rec := v.rules.newRecord(v.env, rv.Change, v.saver.ID())
	v.phase, v.failure, v.progress, v.layout.top = applying, "", &Progress{record: rec}, 0
	v.review, v.known = rv, true
	v.relay()
	rules, p, s, now, draft := v.rules, v.progress, v.saver, v.env.Now, v.draft
	done := map[bool]string{true: "created ", false: "applied "}[v.draft.New] + rv.Change.Target.Name
	version := v.nextSave()
	v.made = time.Time{}
	if v.draft.New {
		v.made = v.env.Now()
	}
	made := v.made
	send := v.mail.Report(doing, func(ctx context.Context) views.DoneMsg {
		text, err := rules.Apply(ctx, rv.Change, p, now, func() { _ = s.Drop() })
		if ctx.Err() != nil {
			return views.DoneMsg{Err: ctx.Err()} // the next console goes on with it
		}
		id := rec.end(text, err)
		if err != nil { // it is dropped already where the change was taken
			draft.Problem = err.Error()
			_ = s.Save(draft, version)
		}
		if text != "" {
			done += " · " + text
		}
		return views.DoneMsg{Text: done, Err: err, Results: []views.Result{{
			Target: rv.Change.Target, Err: err, Task: id, Made: made,
		}}}
	})
	return tea.Batch(send, v.mail.After("progress", progressEvery, progressMsg{}))
}

// handleProgress draws how far it has come; at the end it says what came of it.
func (v *View) handleProgress() tea.Cmd {
	v.relay()
	_, _, _, sent, isEnded, err := v.progress.snapshot()
	var changed *ChangedError
	var tell tea.Cmd
	if sent && !v.made.IsZero() {
		tell = views.Send(views.MadeMsg{Target: v.review.Change.Target, Began: v.made})
		v.made = time.Time{}
	}
	switch {
	case !isEnded:
		return tea.Batch(tell, v.mail.After("progress", progressEvery, progressMsg{}))
	case err == nil || sent:
		v.phase = ended
		return tell
	}
	v.failure, v.phase, v.known = err.Error(), reviewing, true
	if errors.As(err, &changed) {
		return v.askReview()
	}
	if line := v.firstLine(); line > 0 && v.failureLine() > 0 && !v.env.Editing.External {
		return v.write(line)
	}
	return v.askReview()
}

// failureLine is the line that the server's message speaks of, 0 where it speaks
// of none.
func (v *View) failureLine() int {
	if v.failure == "" || v.review.Doc.Node == nil {
		return 0
	}
	line, _ := yamldoc.Blame(v.review.Doc.Node, v.failure)
	return line
}

// failureProblems is what the server said, as a problem of a line.
func (v *View) failureProblems() []yamldoc.Problem {
	if v.failure == "" {
		return nil
	}
	return []yamldoc.Problem{{Line: v.failureLine(), Text: v.failure}}
}

// Hints implements views.Hinter.
func (v *View) Hints() []views.Hint {
	k := v.env.Keys
	switch v.phase {
	case pathing:
		return []views.Hint{{Binding: k.Line.Accept, Label: "read the file"}, {Binding: k.Line.Cancel, Label: "back"}}
	case writing:
		if v.text.Finding {
			return []views.Hint{
				{Binding: k.Line.Accept, Label: "go to the end of this line"},
				{Binding: k.Line.Down, Label: "next hit"},
				{Binding: k.Line.Cancel, Label: "back"},
			}
		}
		return []views.Hint{
			{Binding: k.Line.Cancel, Label: "check and compare"},
			{Binding: k.Draft.Find},
			{Binding: k.Draft.Undo},
			{Binding: k.Draft.Redo},
			{Binding: k.Draft.PageDown},
		}
	case reviewing:
		hints := []views.Hint{{Binding: k.Move.Enter, Label: strings.ToLower(v.verb())}, {Binding: k.Draft.Edit}}
		if err := v.notReady(); err != nil {
			hints[0].Refused = err.Error()
		}
		hints = append(hints, v.conflictHints()...)
		if v.rules.Private {
			hints = append(hints, views.Hint{Binding: k.Move.Escape, Label: "leave, keeping nothing"})
		} else {
			hints = append(
				hints, views.Hint{Binding: k.Move.Escape, Label: "keep as a draft"}, views.Hint{Binding: k.Draft.Drop},
			)
		}
		return append(hints, views.Hint{Binding: k.Text.Copy, Label: "copy what differs"})
	}
	return []views.Hint{{Binding: k.Move.Escape}}
}
