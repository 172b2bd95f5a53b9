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
	"drey/views/results/rowset"
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
	question rowset.Question
	pick     []int
	rows     rowset.Listing
	done     *atomic.Int64
}

func (p *Pane) exportOf(rows rowset.Listing) export {
	return export{
		question: rowset.Question{
			Blocks: p.log.Store.Snapshot(), Shape: p.log.Shape, AsChanges: p.look.asChanges,
			Order: rowset.Order{Column: -1},
		},
		pick: p.shownColumns(), rows: rows,
	}
}

// write writes the parcel in a format; flush takes what has gathered.
func (pc *export) write(ctx context.Context, f rowset.Format, flush func([]byte) error) error {
	w := rowset.NewWriter(f, pc.question.Shape.Columns, pc.pick, pc.question.AsChanges)
	w.Head()
	err := pc.question.InOrder(ctx, &pc.rows, func(r rowset.Record) error {
		w.Row(r)
		pc.done.Add(1)
		if w.Err != nil || len(w.Out) < 64<<10 {
			return w.Err
		}
		err := flush(w.Out)
		w.Out = w.Out[:0]
		return err
	})
	if err != nil {
		return err
	}
	w.Foot()
	return flush(w.Out)
}

type exportedMsg struct {
	path   string
	rows   int
	exists string // the path is taken
	Err    error
}

// export writes what is shown to a file; it runs no statement.
func (p *Pane) export(path string, replace bool) tea.Cmd {
	f, err := rowset.FormatOf(path)
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
	pc.done = p.start("exporting", pc.rows.Len())
	return p.mail.Ask("work", func(ctx context.Context) tea.Msg {
		m := exportedMsg{rows: pc.rows.Len()}
		m.path, m.Err = writeFile(ctx, disk, &pc, f, path, replace)
		if errors.Is(m.Err, fs.ErrExist) {
			m.exists = path
		}
		return Msg{p, m}
	})
}

func writeFile(ctx context.Context, disk Disk, pc *export, f rowset.Format, path string, replace bool) (string, error) {
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
	case m.Err != nil:
		return views.Send(views.ErrorMsg{Doing: "export", Err: m.Err})
	}
	return views.Notice(themes.Good, "wrote "+plural(m.rows, "row")+" to "+m.path)
}

// maxCopied is how many bytes the clipboard is given at most.
const maxCopied = 8 << 20

var errTooMuchToCopy = fmt.Errorf(
	"more than %d MB are too much for the clipboard: export them to a file", maxCopied>>20,
)

type copiedMsg struct {
	what, text string
	Err        error
}

// copyRows copies rows as a format.
func (p *Pane) copyRows(rows rowset.Listing, f rowset.Format, what string) tea.Cmd {
	if p.work.doing != "" {
		return views.Notice(warnTone, "nothing was copied: "+p.busyText())
	}
	pc := p.exportOf(rows)
	pc.done = p.start("copying", rows.Len())
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
	if m.Err != nil {
		return views.Send(views.ErrorMsg{Doing: "copy " + m.what, Err: m.Err})
	}
	return views.Send(views.CopyMsg{What: m.what, Text: m.text})
}

// current is the row under the cursor, alone.
func (p *Pane) current() (rowset.Listing, bool) {
	if p.list.Len() == 0 {
		return rowset.Listing{}, false
	}
	l := p.list
	l.Pick([]int32{int32(p.cursor.row)})
	return l, true
}

// copyCell copies the value under the cursor as it came.
func (p *Pane) copyCell() tea.Cmd {
	if p.list.Len() == 0 {
		return nil
	}
	r, _ := p.log.Store.Record(p.list.Content(p.cursor.row))
	if r == nil {
		return nil
	}
	v, name := r.Value(p.cursor.column), p.columns()[p.cursor.column].Name
	if v.Form == rowset.Null {
		return views.Notice(warnTone, name+" is NULL: nothing was copied")
	}
	return views.Send(views.CopyMsg{What: name, Text: string(v.Text)})
}
