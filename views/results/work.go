package results

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"drey/themes"
	"drey/views"
	"drey/views/grid"
)

const (
	badTone  = themes.Bad
	warnTone = themes.Warn
)

// work is what is done with many rows off the loop: an export or a copy.
type work struct {
	doing string
	began time.Time
	rows  int
	done  *atomic.Int64
}

func (w *work) text(now time.Time) string {
	text := w.doing + " " + grid.Thousands(int(w.done.Load())) + " of " + plural(w.rows, "row")
	if d := now.Sub(w.began); d >= time.Second {
		text += ", " + grid.AgeText(d)
	}
	return text + " · esc gives up"
}

func (p *Pane) start(doing string, rows int) *atomic.Int64 {
	p.work = work{doing: doing, began: p.env.Now(), rows: rows, done: new(atomic.Int64)}
	return p.work.done
}

// export is rows to be written: what is shown, in its order, without the hidden
// columns.
type export struct {
	question question
	pick     []int
	rows     listing
	done     *atomic.Int64
}

func (p *Pane) exportOf(rows listing) export {
	return export{
		question: question{blocks: p.log.store.snapshot(), shape: p.log.shape, asChanges: p.look.asChanges, order: order{column: -1}},
		pick:     p.shownColumns(), rows: rows,
	}
}

// write writes the parcel in a format; flush takes what has gathered.
func (pc *export) write(ctx context.Context, f format, flush func([]byte) error) error {
	w := newWriter(f, pc.question.shape.columns, pc.pick, pc.question.asChanges)
	w.head()
	err := pc.question.inOrder(ctx, &pc.rows, func(r record) error {
		w.row(r)
		pc.done.Add(1)
		if w.err != nil || len(w.out) < 64<<10 {
			return w.err
		}
		err := flush(w.out)
		w.out = w.out[:0]
		return err
	})
	if err != nil {
		return err
	}
	w.foot()
	return flush(w.out)
}

// windowRows is how many rows are read at a time where their order jumps: each
// block of the file is read once a window.
const windowRows = 1 << 17

// inOrder hands over the rows in their order.
func (q *question) inOrder(ctx context.Context, l *listing, fn func(record) error) error {
	if q.readingOrder(l) == nil {
		return q.visit(ctx, l, func(_ int, r record) error { return fn(r) })
	}
	window := make([]record, 0, min(windowRows, l.len()))
	for from := 0; from < l.len(); from += windowRows {
		to := min(from+windowRows, l.len())
		part := listing{contents: l.contents[from:to], ids: l.ids[from:to]}
		window = window[:to-from]
		err := q.visit(ctx, &part, func(i int, r record) error {
			window[i] = append(window[i][:0], r...)
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range window {
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	return nil
}

type exportedMsg struct {
	path   string
	rows   int
	exists string // the path is taken
	err    error
}

// export writes what is shown to a file; it runs no statement.
func (p *Pane) export(path string, replace bool) tea.Cmd {
	f, err := formatOf(path)
	switch {
	case err != nil:
		p.prompt.problem = err.Error()
		return nil
	case p.disk == nil:
		p.prompt.problem = "this console may not write files"
		return nil
	case p.work.doing != "":
		p.prompt.problem = p.busyText()
		return nil
	}
	p.prompt = prompt{}
	pc, disk := p.exportOf(p.list), p.disk
	pc.done = p.start("exporting", pc.rows.len())
	return p.mail.Ask("work", func(ctx context.Context) tea.Msg {
		m := exportedMsg{rows: pc.rows.len()}
		m.path, m.err = writeFile(ctx, disk, &pc, f, path, replace)
		if errors.Is(m.err, fs.ErrExist) {
			m.exists = path
		}
		return Msg{p, m}
	})
}

func writeFile(ctx context.Context, disk Disk, pc *export, f format, path string, replace bool) (string, error) {
	out, err := disk.Export(path, replace)
	if err != nil {
		return "", err
	}
	err = pc.write(ctx, f, func(b []byte) error {
		_, err := out.Write(b)
		return err
	})
	if err != nil {
		out.Abort()
		return "", err
	}
	return out.Commit()
}

func (p *Pane) takeExported(m exportedMsg) tea.Cmd {
	p.work = work{}
	switch {
	case m.exists != "" && p.prompt.what != noPrompt:
		return views.Send(views.ErrorMsg{Doing: "write " + m.exists, Err: fs.ErrExist})
	case m.exists != "":
		p.open(forPath, m.exists)
		p.prompt.exists = m.exists
		p.scroll()
		return nil
	case m.err != nil:
		return views.Send(views.ErrorMsg{Doing: "export", Err: m.err})
	}
	return views.Notice(themes.Good, "wrote "+plural(m.rows, "row")+" to "+m.path)
}

// maxCopied is how many bytes the clipboard is given at most.
const maxCopied = 8 << 20

var errTooMuchToCopy = fmt.Errorf("more than %d MB are too much for the clipboard: export them to a file", maxCopied>>20)

type copiedMsg struct {
	what, text string
	err        error
}

// copyRows copies rows as a format.
func (p *Pane) copyRows(rows listing, f format, what string) tea.Cmd {
	if p.work.doing != "" {
		return views.Notice(warnTone, "nothing was copied: "+p.busyText())
	}
	pc := p.exportOf(rows)
	pc.done = p.start("copying", rows.len())
	return p.mail.Ask("work", func(ctx context.Context) tea.Msg {
		var text []byte
		err := pc.write(ctx, f, func(b []byte) error {
			if text = append(text, b...); len(text) > maxCopied {
				return errTooMuchToCopy
			}
			return nil
		})
		return Msg{p, copiedMsg{what + " as " + f.String(), string(text), err}}
	})
}

func (p *Pane) takeCopied(m copiedMsg) tea.Cmd {
	p.work = work{}
	if m.err != nil {
		return views.Send(views.ErrorMsg{Doing: "copy " + m.what, Err: m.err})
	}
	return views.Send(views.CopyMsg{What: m.what, Text: m.text})
}

// current is the row under the cursor, alone.
func (p *Pane) current() (listing, bool) {
	if p.list.len() == 0 {
		return listing{}, false
	}
	l := p.list
	l.pick([]int32{int32(p.cursor.row)})
	return l, true
}

// copyCell copies the value under the cursor as it came.
func (p *Pane) copyCell() tea.Cmd {
	if p.list.len() == 0 {
		return nil
	}
	r, _ := p.log.store.record(p.list.content(p.cursor.row))
	if r == nil {
		return nil
	}
	v, name := r.value(p.cursor.column), p.columns()[p.cursor.column].Name
	if v.form == null {
		return views.Notice(warnTone, name+" is NULL: nothing was copied")
	}
	return views.Send(views.CopyMsg{What: name, Text: string(v.text)})
}
