package console

import (
	"fmt"
	"slices"
	"time"

	"drey/ui/console/tty"
)

// longAfter is when an action is a long one: the terminal shows its progress from
// then on, and tells of its end where nobody looks.
const longAfter = time.Second

// showProgress tells the terminal how far what is under way has come.
func (r *Root) showProgress() {
	if !r.opts.Progress || r.terminal == nil {
		return
	}
	t := &r.status.toasts
	var now tty.Progress
	if len(t.began) > 0 && r.Env.Now().Sub(slices.MinFunc(t.began, time.Time.Compare)) >= longAfter {
		now = r.progress()
	}
	if now != r.status.progress {
		r.status.progress = now
		r.terminal.Progress(now)
	}
}

// progress is how much of the steps of what is under way has ended.
func (r *Root) progress() tty.Progress {
	done, all := 0, 0
	for _, s := range r.spaces {
		for _, task := range s.Tasks.Running() {
			done, all = done+task.At(), all+len(task.Steps)
		}
	}
	if all < 2 {
		return tty.Progress{On: true, Percent: -1} // one step is not there, or over
	}
	return tty.Progress{On: true, Percent: 100 * done / all}
}

// tellEnd tells of the end of an action that has taken a while, when the terminal is
// not in front.
func (r *Root) tellEnd(took time.Duration) {
	if !r.status.blurred || took < longAfter || r.terminal == nil || r.opts.Notify == tty.NotifyOff {
		return
	}
	r.terminal.Notify(r.opts.Notify, fmt.Sprintf("%s (%s)", r.status.toasts.now.Text, took.Round(time.Second)))
}
