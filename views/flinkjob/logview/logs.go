package logview

import (
	"context"
	"slices"
	"strings"
	"time"

	"drey/client/flinkrest"
	"drey/client/urgency"
	"drey/views"
	"drey/views/flinkjob/jobdata"
	"drey/views/input"

	tea "github.com/charmbracelet/bubbletea"
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
	tail  jobdata.Tail
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

// New shows the log of a task manager, or of the JobManager for "", and
// follows it.
func New(env *views.Env, from flinkrest.JobManager, taskManager string) views.View {
	l := &logs{env: env, from: from, taskManager: taskManager, follow: true, dirty: true}
	l.box.Context = env.Context
	return l
}

// NewAt shows what was written at a time.
func NewAt(env *views.Env, from flinkrest.JobManager, taskManager string, at time.Time) views.View {
	l := New(env, from, taskManager).(*logs)
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
		tail   jobdata.Tail
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
		msg.tail, msg.err = jobdata.ReadTail(body, jobdata.TailBytes)
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
	grew := !l.known || l.files[i].Size != l.tail.All
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
		if strings.Contains(f.Name, want) || want == "jobmanager" && strings.Contains(f.Name, "standalonesession") ||
			want == "taskmanager" && strings.Contains(f.Name, "taskexecutor") {
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
		l.top = max(l.tail.LineAt(l.at.Add(msg.offset))-2, 0)
		l.at = time.Time{}
	}
}

// linesDropped is how many lines the new tail has lost at its front.
func linesDropped(before, now *jobdata.Tail) int {
	dropped := now.Skipped - before.Skipped
	if dropped <= 0 {
		return 0
	}
	n, _ := slices.BinarySearch(before.Begins, int32(min(dropped, int64(len(before.Text)))))
	return n
}
