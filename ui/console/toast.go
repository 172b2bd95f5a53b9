package console

import (
	"slices"
	"strings"
	"time"

	"drey/themes"
	"drey/ui/console/space"
	"drey/views"
	"drey/views/clean"
)

// toasts are what is said at the bottom and what is under way.
type toasts struct {
	now   views.NoticeMsg
	until time.Time // when it goes; the toast of a task goes with its task
	tasks []string  // what is under way (taskName)
	began []time.Time
	// undo is what the key of undo takes back while the toast is in sight, in the
	// context undoOf.
	undo   []views.Task
	undoOf *space.Space
	// made is what the action in sight has made beside its target, zero for nothing: a key
	// goes to it, in the context undoOf.
	made views.Ref
}

// toastFor is how long a toast is shown whose matter is over at once.
const toastFor = 8 * time.Second

// maxToast is how many lines a toast takes above the crumbs; the rest of a long
// error is a key away.
const maxToast = 4

// say shows a notice.
func (r *Root) say(n views.NoticeMsg) {
	r.status.toasts.now, r.status.toasts.until = n, r.Env.Now().Add(toastFor)
	r.status.toasts.undo, r.status.toasts.made = nil, views.Ref{}
}

// begin says what is under way until end.
func (r *Root) begin(doing string) {
	if doing == "" {
		return
	}
	t := &r.status.toasts
	t.tasks, t.began = append(t.tasks, doing), append(t.began, r.Env.Now())
	r.sayTask()
}

// end tells that a task is over, and how long it has taken; what came of it is said
// by the caller.
func (r *Root) end(doing string) (took time.Duration) {
	t := &r.status.toasts
	if i := slices.Index(t.tasks, doing); i >= 0 {
		took = r.Env.Now().Sub(t.began[i])
		t.tasks, t.began = slices.Delete(t.tasks, i, i+1), slices.Delete(t.began, i, i+1)
	}
	return took
}

func (r *Root) sayTask() {
	tasks := r.status.toasts.tasks
	of, doing, _ := strings.Cut(tasks[len(tasks)-1], "\x00")
	if of != r.Space.Name {
		doing = of + ": " + doing
	} else if progress := r.Space.TaskProgress(r.Env.Now()); progress != "" {
		doing += " · " + progress
	}
	r.status.toasts.now = views.NoticeMsg{Text: doing + " …", Tone: busyTone}
	r.status.toasts.until = time.Time{}
}

// expire takes a toast away whose time is over; what is still under way is said again.
func (r *Root) expire() {
	t := &r.status.toasts
	if t.now.Text != "" && t.until.IsZero() && len(t.tasks) > 0 {
		r.sayTask() // as far as it has come by now
	}
	if t.now.Text == "" || t.until.IsZero() || r.Env.Now().Before(t.until) {
		return
	}
	t.now, t.undo, t.made = views.NoticeMsg{}, nil, views.Ref{}
	if len(t.tasks) > 0 {
		r.sayTask()
	}
}

// toastTick is how long the toast stays, 0 for as long as it takes.
func (r *Root) toastTick(now time.Time) time.Duration {
	t := &r.status.toasts
	if t.now.Text == "" || t.until.IsZero() {
		return 0
	}
	return max(t.until.Sub(now), time.Millisecond)
}

// toastBeside tells whether the toast has its place beside the crumbs.
func (r *Root) toastBeside(crumbs, toast string) bool {
	return clean.Width(crumbs)+clean.Width(toast)+3 <= r.Rects.Width
}

func (r *Root) toastText() string {
	n := r.status.toasts.now
	if n.Text == "" {
		return ""
	}
	return r.Env.Theme.Tone(n.Tone).Render(strings.TrimSpace(r.toastSign()+" "+clean.Text(n.Text))) + r.toastHint()
}

func (r *Root) toastSign() string {
	t, n := r.Env.Theme, r.status.toasts.now
	if n.Tone == doneTone {
		return t.Glyphs.Check
	}
	return t.Glyphs.Tone(n.Tone)
}

func (r *Root) toastHint() string {
	t := r.Env.Theme
	hint := ""
	if verb := r.undoHint(); verb != "" {
		hint = t.Dim.Render("  ") + t.Accent.Render(r.Env.Keys.Table.Undo.Help().Key) + t.Dim.Render(" "+verb)
	}
	if made := r.madeHint(); made != "" {
		hint += t.Dim.Render("  ") + t.Accent.Render(r.Env.Keys.Global.Made.Help().Key) + t.Dim.Render(" "+made)
	}
	if r.status.toasts.now.Tone != themes.Bad {
		return hint
	}
	return hint + t.Dim.Render("  ") + t.Accent.Render(r.Env.Keys.Global.LastErr.Help().Key) +
		t.Dim.Render(" whole error")
}

// toastLines are those of a toast that is too long to stand beside the crumbs: it
// stands above them.
func (r *Root) toastLines() []string {
	n := r.status.toasts.now
	if n.Text == "" || r.toastBeside(r.crumbText(), r.toastText()) {
		return nil
	}
	t, width, hint := r.Env.Theme, r.Rects.Width, r.toastHint()
	sign := strings.TrimSpace(r.toastSign())
	parts := clean.Wrap(clean.Text(n.Text), max(width-clean.Width(sign)-4, 8))
	if len(parts) > maxToast {
		parts = parts[:maxToast]
		parts[maxToast-1] += t.Glyphs.Ellipsis
	}
	lines := make([]string, 0, len(parts)+1)
	for i, part := range parts {
		lead := sign + " "
		if i > 0 {
			lead = clean.Blanks(clean.Width(lead))
		}
		lines = append(lines, " "+t.Tone(n.Tone).Render(lead+part))
	}
	if last := len(lines) - 1; hint != "" && clean.Width(lines[last])+clean.Width(hint) < width {
		lines[last] += hint
	} else if hint != "" {
		lines = append(lines, " "+hint)
	}
	for i := range lines {
		lines[i] = t.Panel.Paint(clean.Fit(lines[i], width, ""))
	}
	return lines
}
