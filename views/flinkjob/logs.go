package flinkjob

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/client/flinkrest"
	"drey/client/urgency"
	"drey/keymap"
	"drey/themes"
	"drey/views"
	"drey/views/clean"
	"drey/views/frame"
	"drey/views/grid"
	"drey/views/input"
)

// logs is a log of a JobManager or a task manager: its end, followed. Flink sends
// the whole file whatever part is asked for (platforms-supplement.md §2), so it is
// streamed, and read again only when the list of files says that it grew.
type logs struct {
	env         *views.Env
	from        flinkrest.JobManager
	taskManager string // "" is the JobManager
	at          time.Time
	box         views.Mailbox

	files []flinkrest.LogFile
	file  string
	tail  tail
	read  time.Time     // when the file was read last
	took  time.Duration // how long that took
	err   error
	known bool

	top, left     int
	follow        bool
	search        input.Line
	searches      bool // the search is being typed
	query         string
	width, height int
	visible       bool
	dirty         bool
	out           string
}

// How often the list of files is asked for, and how much longer than the reading
// took a large file is left alone.
const (
	filesEvery = 3 * time.Second
	restFactor = 10
)

// NewLogs shows the log of a task manager, or of the JobManager for "", and
// follows it.
func NewLogs(env *views.Env, from flinkrest.JobManager, taskManager string) views.View {
	l := &logs{env: env, from: from, taskManager: taskManager, follow: true, dirty: true}
	l.box.Context = env.Context
	return l
}

// NewLogsAt shows what was written at a time.
func NewLogsAt(env *views.Env, from flinkrest.JobManager, taskManager string, at time.Time) views.View {
	l := NewLogs(env, from, taskManager).(*logs)
	l.at, l.follow = at, false
	return l
}

type (
	filesMsg struct {
		files []flinkrest.LogFile
		err   error
	}
	logMsg struct {
		file   string
		tail   tail
		offset time.Duration // of the machine's clock from UTC
		took   time.Duration
		err    error
	}
	filesAgainMsg struct{}
)

// Title implements views.View.
func (l *logs) Title() string {
	if l.taskManager == "" {
		return "log of the JobManager"
	}
	return "log of " + l.taskManager
}

// Crumb implements views.Crumber.
func (l *logs) Crumb() string { return l.Title() }

// Init implements views.View.
func (l *logs) Init() tea.Cmd {
	l.visible = true
	return l.askFiles(urgency.Asked)
}

// SetVisible implements views.Watcher.
func (l *logs) SetVisible(visible bool) tea.Cmd {
	was := l.visible
	l.visible = visible
	switch {
	case !visible:
		l.box.Close()
	case !was:
		return l.askFiles(urgency.Asked)
	}
	return nil
}

// Refresh implements views.Refresher.
func (l *logs) Refresh() tea.Cmd { return l.askFiles(urgency.Asked) }

// Accept implements views.View.
func (l *logs) Accept(a views.Answer) bool { return l.box.Accept(a) }

// Close implements views.View.
func (l *logs) Close() { l.box.Close() }

// Typing implements views.Typist.
func (l *logs) Typing() bool { return l.searches }

// Escape implements views.Escaper.
func (l *logs) Escape() (tea.Cmd, bool) {
	had := l.searches || l.query != ""
	l.searches, l.query, l.dirty = false, "", true
	l.search.Set("")
	return nil, had
}

// SetSize implements views.View.
func (l *logs) SetSize(width, height int) { l.width, l.height, l.dirty = width, height, true }

func (l *logs) askFiles(level urgency.Level) tea.Cmd {
	from, tm := l.from, l.taskManager
	return l.box.Ask("files", func(ctx context.Context) tea.Msg {
		files, err := from.Logs(urgency.With(ctx, level), tm)
		return filesMsg{files, err}
	})
}

// askLog streams the file. Where a time is looked for, the machine's zone is asked
// for, too: its log has local times.
func (l *logs) askLog() tea.Cmd {
	from, tm, file, zone := l.from, l.taskManager, l.file, !l.at.IsZero()
	began := l.env.Now()
	now := l.env.Now
	return l.box.Ask("log", func(ctx context.Context) tea.Msg {
		msg := logMsg{file: file}
		if zone {
			if d, err := from.Dashboard(ctx); err == nil {
				msg.offset = time.Duration(d.ZoneOffset) * time.Millisecond
			}
		}
		body, err := from.Log(ctx, tm, file)
		if err != nil {
			msg.err = err
			return msg
		}
		msg.tail, msg.err = readTail(body, tailBytes)
		if err := body.Close(); msg.err == nil {
			msg.err = err
		}
		msg.took = now().Sub(began)
		return msg
	})
}

// Update implements views.View.
func (l *logs) Update(msg tea.Msg) tea.Cmd {
	l.dirty = true
	switch msg := msg.(type) {
	case filesMsg:
		return l.takeFiles(msg)
	case logMsg:
		l.takeLog(msg)
	case filesAgainMsg:
		return l.askFiles(urgency.Shown)
	case tea.KeyMsg:
		return l.handleKey(msg)
	}
	return nil
}

// takeFiles reads the file again when it changed, and not while that would keep
// the connection busy with a large one.
func (l *logs) takeFiles(msg filesMsg) tea.Cmd {
	again := l.box.After("again", filesEvery, filesAgainMsg{})
	if msg.err != nil {
		l.err = msg.err
		return again
	}
	l.files, l.err = msg.files, nil
	if l.file == "" {
		l.file = mainLog(msg.files, l.taskManager)
	}
	i := slices.IndexFunc(l.files, func(f flinkrest.LogFile) bool { return f.Name == l.file })
	if i < 0 {
		l.known = true
		return again
	}
	grew := !l.known || l.files[i].Size != l.tail.all
	rested := l.env.Now().Sub(l.read) >= restFactor*l.took
	if grew && rested && !l.box.Waiting("log") {
		return tea.Batch(again, l.askLog())
	}
	return again
}

// mainLog is the file that one looks for: the newest .log, and of a JobManager and
// a task manager that share a folder the one that is named after it.
func mainLog(files []flinkrest.LogFile, taskManager string) string {
	want := "jobmanager"
	if taskManager != "" {
		want = "taskmanager"
	}
	best, score := "", -1
	for _, f := range files {
		n := 0
		if strings.HasSuffix(f.Name, ".log") {
			n += 4
		}
		if strings.Contains(f.Name, want) || want == "jobmanager" && strings.Contains(f.Name, "standalonesession") || want == "taskmanager" && strings.Contains(f.Name, "taskexecutor") {
			n += 2
		}
		if f.Size > 0 {
			n++
		}
		if n > score {
			best, score = f.Name, n
		}
	}
	return best
}

func (l *logs) takeLog(msg logMsg) {
	if msg.file != l.file {
		return
	}
	l.err = msg.err
	if msg.err != nil {
		return
	}
	shift := 0
	if l.known && !l.follow { // what is read stays where it is
		shift = linesDropped(&l.tail, &msg.tail)
	}
	l.tail, l.known, l.read, l.took = msg.tail, true, l.env.Now(), msg.took
	l.top = max(l.top-shift, 0)
	if !l.at.IsZero() {
		l.top = max(l.tail.lineAt(l.at.Add(msg.offset))-2, 0)
		l.at = time.Time{}
	}
}

// linesDropped is how many lines the new tail has lost at its front.
func linesDropped(before, now *tail) int {
	dropped := now.skipped - before.skipped
	if dropped <= 0 {
		return 0
	}
	n, _ := slices.BinarySearch(before.begins, int32(min(dropped, int64(len(before.text)))))
	return n
}

func (l *logs) page() int { return max(l.height-2, 1) }

func (l *logs) handleKey(msg tea.KeyMsg) tea.Cmd {
	keys := l.env.Keys
	if l.searches {
		return l.typeSearch(msg)
	}
	if by, ok := keys.Move.Steps(msg, l.page(), l.tail.count()); ok {
		l.move(by)
		return nil
	}
	switch {
	case keymap.Matches(msg, keys.Text.Search):
		l.searches = true
	case keymap.Matches(msg, keys.Text.Next):
		l.find(1)
	case keymap.Matches(msg, keys.Text.Previous):
		l.find(-1)
	case keymap.Matches(msg, keys.Text.Copy):
		return views.Send(views.CopyMsg{What: l.file, Text: string(l.tail.text) + "\n"})
	case keymap.Matches(msg, keys.Move.Right):
		l.left += 8
	case keymap.Matches(msg, keys.Move.Left):
		l.left = max(l.left-8, 0)
	case keymap.Matches(msg, keys.Global.NextPane):
		return l.nextFile(1)
	case keymap.Matches(msg, keys.Global.PreviousPane):
		return l.nextFile(-1)
	}
	return nil
}

// move scrolls; at the end the log is followed.
func (l *logs) move(by int) {
	last := max(l.tail.count()-l.page(), 0)
	if l.follow {
		l.top = last
	}
	l.top = min(max(l.top+by, 0), last)
	l.follow = l.top == last && by > 0
}

func (l *logs) nextFile(by int) tea.Cmd {
	if len(l.files) == 0 {
		return nil
	}
	at := slices.IndexFunc(l.files, func(f flinkrest.LogFile) bool { return f.Name == l.file })
	l.file = l.files[(at+by+len(l.files))%len(l.files)].Name
	l.tail, l.known, l.top, l.left, l.follow, l.took = tail{}, false, 0, 0, true, 0
	return l.askLog()
}

func (l *logs) typeSearch(msg tea.KeyMsg) tea.Cmd {
	keys := l.env.Keys.Line
	switch {
	case keymap.Matches(msg, keys.Accept):
		l.searches = false
	case keymap.Matches(msg, keys.Cancel):
		l.Escape()
	default:
		l.search.Update(msg, keys)
		l.query = strings.ToLower(l.search.Value())
		l.findFrom(l.firstShown(), 1)
	}
	return nil
}

// firstShown is the first line that is seen.
func (l *logs) firstShown() int {
	if l.follow {
		return max(l.tail.count()-l.page(), 0)
	}
	return l.top
}

func (l *logs) find(by int) {
	if l.query != "" {
		l.findFrom(l.firstShown()+by, by)
	}
}

// findFrom puts the next line with the query at the top, going round once.
func (l *logs) findFrom(from, by int) {
	n := l.tail.count()
	if l.query == "" || n == 0 {
		return
	}
	for i := range n {
		at := ((from+i*by)%n + n) % n
		if strings.Contains(strings.ToLower(l.tail.line(at)), l.query) {
			l.top, l.follow = at, false
			return
		}
	}
}

// Hints implements views.Hinter.
func (l *logs) Hints() []views.Hint {
	k := l.env.Keys
	hints := []views.Hint{{Binding: k.Text.Search}, {Binding: k.Text.Next}, hint(k.Move.Bottom, "follow"), hint(k.Global.NextPane, "next file"), {Binding: k.Text.Copy}}
	return append(hints, views.Hint{Binding: k.Move.Escape})
}

// View implements views.View.
func (l *logs) View() string {
	if !l.dirty {
		return l.out
	}
	l.dirty = false
	if l.width < 10 || l.height < 3 {
		l.out = ""
		return ""
	}
	t := l.env.Theme
	title := t.Strong.Render(clean.Text(l.Title()))
	if l.file != "" {
		title += t.Dim.Render(" " + clean.Text(l.file))
	}
	l.out = strings.Join(frame.Box(t, true, l.width, l.height, title, l.corner(), l.window()), "\n")
	return l.out
}

// corner says what is searched for, what is not held, and whether it is followed.
func (l *logs) corner() string {
	t := l.env.Theme
	var parts []string
	switch {
	case l.searches:
		return t.Accent.Render("/") + l.search.View(t, 24)
	case l.err != nil && l.known:
		return t.Tone(themes.Warn).Render(clean.Cut(errorText(l.err), max(l.width/2, 20), t.Glyphs.Ellipsis))
	}
	if l.query != "" {
		parts = append(parts, "/"+clean.Text(l.query))
	}
	if l.tail.skipped > 0 {
		parts = append(parts, fmt.Sprintf("the last %s of %s", size(int64(len(l.tail.text))), size(l.tail.all)))
	}
	if l.follow {
		parts = append(parts, "follows")
	}
	return t.Dim.Render(strings.Join(parts, " "+t.Glyphs.Dot+" "))
}

func (l *logs) window() []string {
	t := l.env.Theme
	switch {
	case l.err != nil && !l.known:
		lines := []string{"", "  " + t.Tone(themes.Bad).Render(t.Glyphs.Cross+" the log could not be read")}
		for _, line := range clean.Wrap(errorText(l.err), max(l.width-8, 8)) {
			lines = append(lines, "  "+t.Dim.Render(line))
		}
		return lines
	case !l.known:
		return []string{"", "  " + t.Dim.Render("waiting for the log")}
	case l.tail.count() == 0:
		return []string{"", "  " + t.Dim.Render("the file is empty")}
	}
	top := l.firstShown()
	var out []string
	for i := top; i < l.tail.count() && len(out) < l.page(); i++ {
		text := clean.Line(l.tail.line(i))
		line := levelStyle(t, text).Render(text)
		if l.query != "" && strings.Contains(strings.ToLower(text), l.query) {
			line = t.Match.Render(text)
		}
		if l.left > 0 {
			line = clean.Skip(line, l.left)
		}
		out = append(out, " "+clean.Cut(line, l.width-4, t.Glyphs.Ellipsis))
	}
	return out
}

// levelStyle colours a line by its level; lines of a trace are dim.
func levelStyle(t *themes.Theme, line string) themes.Style {
	head := line[:min(len(line), 60)]
	switch {
	case strings.Contains(head, " ERROR "), strings.Contains(head, " FATAL "), strings.HasPrefix(line, "Caused by: "):
		return t.Tone(themes.Bad)
	case strings.Contains(head, " WARN "):
		return t.Tone(themes.Warn)
	case strings.Contains(head, " DEBUG "), strings.Contains(head, " TRACE "), strings.HasPrefix(strings.TrimSpace(line), "at "):
		return t.Dim
	}
	return t.Text
}

// logList is the section that says whose logs there are.
type logList struct {
	*View
	asks  *round
	table *table
}

func newLogList(v *View) *logList {
	s := &logList{View: v}
	s.table = newTable(v.env, grid.Column{Title: "LOGS OF", Max: 80})
	s.table.set([]grid.Row{jobManagerRow()})
	from := v.job.From
	s.asks = &round{name: "logs", every: func() time.Duration { return endedEvery }, steps: func() []step {
		return []step{{
			load: func(ctx context.Context) (any, error) { return from.TaskManagers(ctx) },
			take: func(value any) {
				rows := []grid.Row{jobManagerRow()}
				for _, tm := range value.([]flinkrest.TaskManager) {
					rows = append(rows, grid.NewRow(tm.ID, []grid.Cell{grid.Word(oneLine(tm.ID), themes.Plain)}, nil))
				}
				s.table.set(rows)
			},
		}}
	}}
	return s
}

// jobManagerKey is the key of the JobManager among task managers.
const jobManagerKey = "/"

// jobManagerRow is the row of the JobManager.
func jobManagerRow() grid.Row {
	return grid.NewRow(jobManagerKey, []grid.Cell{grid.Word("JobManager", themes.Plain)}, nil)
}

func (s *logList) title() string { return "logs" }
func (s *logList) round() *round { return s.asks }
func (s *logList) typing() bool  { return s.table.typing() }
func (s *logList) escape() bool  { return s.table.escape() }

func (s *logList) update(msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyMsg)
	if !ok || s.table.update(key) {
		return nil
	}
	if key.Type == tea.KeyEnter {
		from, id := s.job.From, strings.TrimPrefix(s.table.grid.Selected(), jobManagerKey)
		title := "log of " + id
		if id == "" {
			title = "log of the JobManager"
		}
		return views.Send(views.OpenMsg{Title: title, Make: func(env *views.Env) views.View { return NewLogs(env, from, id) }})
	}
	return nil
}

func (s *logList) hints() []views.Hint { return []views.Hint{hint(s.env.Keys.Move.Enter, "open")} }

func (s *logList) lines(width, height int) []string { return s.table.lines(width, height) }
