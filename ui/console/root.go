package console

import (
	"context"
	"os/exec"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/ui/console/address"
	"drey/ui/console/chooser"
	"drey/ui/console/header"
	"drey/ui/console/palette"
	"drey/ui/console/space"
	"drey/ui/console/tty"
	"drey/views"
	"drey/views/dialog"
	"drey/views/platform"
	"drey/views/scopes"
)

// Root is the model that holds everything: it routes, the views decide.
type Root struct {
	*space.Space                // of the context that is seen
	spaces       []*space.Space // of those that were seen, in no order
	theme        *themes.Theme  // before it has the colour of a context
	opts         Options
	terminal     Terminal
	box          views.Mailbox

	over    overlay          // a dialog, the palette or help; nil most of the time
	command *chooser.Chooser // the palette that was opened last
	objects palette.Objects  // that it goes to

	leaving bool     // over asks whether to leave
	left    []string // what goes on that was to be stopped
	ahead   ahead
	stored  listStore

	status status
	clock  clock
	picture
}

// Terminal is what the root asks of the terminal beside drawing.
type Terminal interface {
	// Copy puts text on the terminal's clipboard by OSC 52, and says whether
	// the sequence was sent: no terminal answers whether it took it.
	Copy(text string) bool
	// Mouse turns reports of the mouse on or off.
	Mouse(on bool)
	// Suspend gives the terminal back to the shell until it resumes.
	Suspend() tea.Cmd
	// Run gives the terminal to a program until that ends.
	Run(program *exec.Cmd, done func(error) tea.Msg) tea.Cmd
	// Progress shows how far what is under way has come.
	Progress(tty.Progress)
	// Notify tells who does not look, in one of the ways of Options.Notify.
	Notify(how, text string)
}

// overlay is a view that is laid over the others and takes all keys.
type overlay interface {
	views.View
	Box() []string
}

// status is the bottom line and what the header knows.
type status struct {
	toasts    toasts
	lastErr   string
	interrupt time.Time // of the last ctrl-c
	mouse     bool
	blurred   bool
	progress  tty.Progress // that the terminal shows
}

// clock is when the picture has to be drawn again because ages changed.
type clock struct{ next time.Time }

// New makes the root; it draws at once and asks nothing before Init.
func New(ctx context.Context, opts Options, terminal Terminal) *Root {
	opts = opts.withDefaults()
	r := &Root{opts: opts, terminal: terminal, picture: picture{dirty: true}}
	r.box.Context = ctx
	r.theme, r.stored.texts = opts.Theme, opts.Lists
	r.Space = space.New(ctx, opts.Context, r.settings())
	r.spaces = []*space.Space{r.Space}
	r.resize(80, 24)
	return r
}

type (
	aboutMsg struct {
		of    *space.Space
		about platform.About
		err   error
	}
	clockMsg struct{}
	// quitMsg asks to leave the console.
	quitMsg struct{}
)

// Init begins to ask.
func (r *Root) Init() tea.Cmd {
	r.dirty = true
	return offLoop(r.grant(from(r.Space, tea.Batch(
		r.showSpace(),
		r.loadLists(),
		r.openFirst(),
		r.box.After("clock", time.Second, clockMsg{}),
		r.watchServer(),
		r.awaitGround(),
	))))
}

// openFirst goes where the console was asked to begin.
func (r *Root) openFirst() tea.Cmd {
	if r.opts.Start == (address.Address{}) {
		return nil
	}
	a := r.opts.Start
	a.Context = r.Space.Name
	return r.openAddress(a)
}

// showSpace shows the context in front, which then asks.
func (r *Root) showSpace() tea.Cmd {
	cmds := []tea.Cmd{r.ScopesPane.SetVisible(true), r.Show()}
	if !r.Begun {
		r.Begun = true
		cmds = append(cmds, r.probe(r.Space), r.lookForDrafts(r.Space), r.adopt(r.Space))
	}
	return tea.Batch(cmds...)
}

// probe asks what the server is.
func (r *Root) probe(s *space.Space) tea.Cmd {
	probe := s.Session.Probe
	return r.box.Ask("about "+s.Name, func(ctx context.Context) tea.Msg {
		about, err := probe(ctx)
		return aboutMsg{s, about, err}
	})
}

// Update routes: keys to whoever has the focus, answers to whoever asked,
// wishes of views to where they are granted.
func (r *Root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	answer, ok := msg.(views.Answer)
	r.routine = ok && answer.NothingNew() && (r.routine || !r.dirty)
	r.dirty = true
	r.expire()
	cmd := r.handle(msg)
	cmd = tea.Batch(cmd, r.typeAhead())
	r.sayPrepared()
	r.showProgress()
	return r, offLoop(tea.Batch(cmd, r.wind()))
}

// handle does what a message asks for, and gives what takes time of it.
func (r *Root) handle(msg tea.Msg) tea.Cmd {
	if w, marked := msg.(wish); marked {
		if w.of != r.Space {
			return r.grant(r.handleOutOfSight(w))
		}
		msg = w.msg
	}
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case views.Later:
		return views.Slow(msg)
	case tea.KeyMsg:
		cmd = tea.Batch(r.handleKeys(msg), r.observeList())
	case tea.MouseMsg:
		cmd = tea.Batch(r.handleMouse(msg), r.observeList())
	case tea.WindowSizeMsg:
		r.resize(msg.Width, msg.Height)
	case tea.FocusMsg, tea.BlurMsg:
		cmd = r.handleBlur(msg)
	case views.Answer:
		cmd = r.deliver(msg)
	case views.DoneMsg:
		cmd = r.handleDone(msg)
	case dialog.ClosedMsg:
		cmd = r.handleClosed(msg)
	default:
		cmd = r.handleWish(msg)
	}
	return r.grant(from(r.Space, cmd))
}

// handleWish grants what views ask for.
func (r *Root) handleWish(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case views.NoticeMsg:
		r.say(msg)
	case views.ReconnectedMsg:
		return r.reconnected()
	case views.ErrorMsg:
		took := r.end(r.TaskName(msg.Doing))
		r.fail(msg.Doing, msg.Err)
		r.tellEnd(took)
	case views.ConfirmMsg:
		return r.confirm(msg.Confirmation)
	case views.OpenMsg:
		return r.Push(space.PageOf(msg))
	case space.StepMsg:
		return r.HandleStep(msg)
	case views.BackMsg:
		return r.Pop()
	case views.MadeMsg:
		return r.Made(msg)
	case views.GoMsg:
		return tea.Batch(r.GoTo(msg), r.observeList())
	case views.OpenStatementMsg:
		return r.OpenStatement(msg)
	case views.OpenTextMsg:
		return r.OpenText(msg)
	case views.ActMsg:
		return r.Act(msg)
	case views.TakeOverMsg:
		return r.adopt(r.Space, msg.Task.ID)
	case views.CopyMsg:
		return r.copy(msg)
	case views.BrowseMsg:
		return r.browse(msg)
	case views.EditFileMsg:
		return r.editFile(msg)
	case draftsMsg:
		return r.openDrafts()
	case views.CommandMsg:
		return r.Front().Update(msg.Msg)
	case scopes.EnteredMsg:
		r.Focus(space.OnMain)
	case runKeyMsg:
		return r.runKey(msg)
	case openMsg:
		return r.openAddress(msg.address)
	case scopes.MissingMsg:
		return r.HandleMissing(msg)
	case switchMsg:
		return r.switchContext(msg.name)
	case restyleMsg:
		return r.restyle(msg.name)
	case quitMsg:
		return r.quit()
	case views.QuitMsg:
		r.left = msg.Left
		return tea.Quit
	case tty.GroundMsg:
		r.box.Cancel("ground")
		return r.adoptGround(msg.Ground)
	case tty.ResumedMsg:
		return r.Refresh()
	}
	return nil
}

// deliver gives an answer to the view that waits for it; nobody may.
func (r *Root) deliver(a views.Answer) tea.Cmd {
	if r.box.Accept(a) {
		return r.handleOwn(a.Msg)
	}
	if r.over != nil && r.over.Accept(a) {
		cmd := r.over.Update(a.Msg)
		r.closeAnswered()
		return cmd
	}
	for _, s := range r.spaces {
		for _, v := range s.Views() {
			if v.Accept(a) {
				return from(s, tea.Batch(v.Update(a.Msg), s.Correct(v)))
			}
		}
	}
	return nil
}

func (r *Root) handleOwn(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case palette.ListedMsg:
		if more := r.objects.Take(msg, r.Space); r.over == overlay(r.command) {
			r.command.More(more)
		}
	case aboutMsg:
		if msg.err == nil {
			msg.of.HandleAbout(msg.about)
		}
		if msg.of == r.Space && len(r.Nav.Pages) == 0 && r.Tabs[r.Nav.Tab].View == nil {
			return r.Show()
		}
	case adoptedMsg:
		return r.handleAdopted(msg)
	case waitingDraftsMsg:
		r.handleWaitingDrafts(msg)
	case copiedMsg:
		r.say(msg.notice)
	case loadedListsMsg:
		return r.handleLoadedLists(msg)
	case saveListsMsg:
		return r.saveLists()
	case serverEndedMsg:
		r.fail("run the server", msg.err)
	case clockMsg:
		r.clock.next = time.Time{}
	case tty.GroundMsg:
		return r.adoptGround(msg.Ground)
	}
	return nil
}

// all are the views that live, what is in front first.
func (r *Root) all() []views.View {
	var all []views.View
	if r.over != nil {
		all = append(all, r.over)
	}
	all = append(all, r.Views()...)
	for _, s := range r.spaces {
		if s != r.Space {
			all = append(all, s.Views()...)
		}
	}
	return all
}

// wind sets the clock for when an age that is seen changes.
func (r *Root) wind() tea.Cmd {
	now := r.Env.Now()
	next := header.Tick(r.Space, now)
	if v, ok := r.Front().(views.Ageing); ok {
		if own := v.Tick(now); own > 0 && (next == 0 || own < next) {
			next = own
		}
	}
	if own := r.toastTick(now); own > 0 && (next == 0 || own < next) {
		next = own
	}
	if !r.ahead.since.IsZero() && (next == 0 || next > patience) {
		next = patience
	}
	if len(r.status.toasts.tasks) > 0 && (next == 0 || next > time.Second) {
		next = time.Second
	}
	if next == 0 {
		next = time.Minute
	}
	next = max(next, 200*time.Millisecond)
	at := now.Add(next)
	if !r.clock.next.IsZero() && !at.Before(r.clock.next.Add(-100*time.Millisecond)) && r.box.Waiting("clock") {
		return nil
	}
	r.clock.next = at
	return r.box.After("clock", next, clockMsg{})
}

// handleDone says what was done, tells the lists which targets failed, and lets
// the one in front show its phases.
func (r *Root) handleDone(msg views.DoneMsg) tea.Cmd {
	r.Report(msg)
	took := r.end(r.TaskName(msg.Doing))
	r.sayDone(msg, "")
	r.tellEnd(took)
	cmds := []tea.Cmd{r.Hurry(), r.ScopesPane.Recount()}
	for _, result := range msg.Results {
		if t, ok := r.Tasks.Get(result.Task); ok && result.Err == nil && t.Makes.Kind != "" {
			cmds = append(cmds, r.Made(views.MadeMsg{Target: t.Makes, Began: t.Began}))
			r.status.toasts.made = t.Makes
		}
		if result.Err == nil && !result.Made.IsZero() {
			cmds = append(cmds, r.Made(views.MadeMsg{Target: result.Target, Began: result.Made}))
		}
	}
	return tea.Batch(cmds...)
}

// sayDone says what came of an action; where names its context unless that is
// the one that is seen.
func (r *Root) sayDone(msg views.DoneMsg, where string) {
	switch {
	case msg.Err != nil && len(msg.Results) > 1:
		r.status.lastErr = where + msg.Err.Error() // says what was done and what was not
		r.say(views.NoticeMsg{Text: r.status.lastErr, Tone: badTone})
	case msg.Err != nil:
		r.status.lastErr = where + msg.Doing + ": " + msg.Err.Error()
		r.say(views.NoticeMsg{Text: r.status.lastErr, Tone: badTone})
	default:
		r.say(views.NoticeMsg{Text: where + msg.Text, Tone: doneTone})
	}
	if where == "" {
		r.status.toasts.undo, r.status.toasts.undoOf = r.Space.Undoable(msg), r.Space
	}
}

// reconnected tells every tab that the server answers again.
func (r *Root) reconnected() tea.Cmd {
	cmds := []tea.Cmd{r.probe(r.Space), r.ScopesPane.Refresh()}
	for _, t := range r.Tabs {
		if t.View != nil {
			cmds = append(cmds, t.View.Update(views.ReconnectedMsg{}))
		}
	}
	return tea.Batch(cmds...)
}

// handleClosed runs what a dialog was asked for.
func (r *Root) handleClosed(msg dialog.ClosedMsg) tea.Cmd {
	if msg.Run == nil {
		return nil
	}
	r.begin(r.TaskName(msg.Doing))
	return tea.Batch(msg.Run, r.Hurry())
}

func (r *Root) handleBlur(msg tea.Msg) tea.Cmd {
	_, r.status.blurred = msg.(tea.BlurMsg)
	return r.Front().Update(msg)
}

// openOverlay puts a view over the others.
func (r *Root) openOverlay(o overlay) tea.Cmd {
	r.closeOverlay()
	r.over = o
	o.SetSize(r.Rects.Width, r.Rects.Height)
	return o.Init()
}

// closeAnswered takes a dialog away as soon as it is answered: the next key, which
// may be there already, is for what is behind it.
func (r *Root) closeAnswered() {
	if d, ok := r.over.(interface{ Closed() bool }); ok && d.Closed() {
		r.closeOverlay()
	}
}

func (r *Root) closeOverlay() {
	r.leaving = false
	if r.over != nil {
		r.over.Close()
		r.over = nil
	}
}

// Close cancels every question.
func (r *Root) Close() {
	r.closeLists()
	for _, v := range r.all() {
		v.Close()
	}
	r.box.Close()
}
