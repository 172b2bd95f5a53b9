package results

import (
	"context"
	"errors"
	"slices"

	"drey/views/results/rowset"

	tea "github.com/charmbracelet/bubbletea"
)

var errNoDisk = errors.New("there is no folder for rows that are too many")

// spillFile is where a file ends and another begins, so that the oldest rows
// can go with theirs.
const spillFile = 64 << 20

type spilledMsg struct {
	log    *rowset.Log
	File   rowset.Spill
	firsts []uint32
	at     []int64
	Err    error
}

// relieve moves rows from the memory to a file when they are too many, and lets
// the oldest go when even that is full.
func (p *Pane) relieve() (cmd tea.Cmd) {
	l := p.log
	memory := 1 << 62
	if l.Spill.Err != nil {
		memory = l.Limits.Memory
	}
	if l.Store.Memory > memory || l.Store.Disk > l.Limits.Disk || int(l.Store.Total-l.Store.First) > l.Limits.Changes {
		cmd = p.letGo(memory)
	}
	if l.Spill.Err != nil {
		return cmd
	}
	surplus := l.Store.Surplus(l.Limits.Memory)
	if len(surplus) == 0 || l.Spill.Busy {
		return cmd
	}
	l.Spill.Busy = true
	copies := make([]rowset.Block, len(surplus))
	for i, b := range surplus {
		copies[i] = *b
	}
	file, disk := l.Spill.File, p.disk
	return tea.Batch(cmd, p.mail.Ask("spill", func(context.Context) tea.Msg {
		return Msg{p, writeOut(l, disk, file, copies)}
	}))
}

func writeOut(l *rowset.Log, disk Disk, file rowset.Spill, blocks []rowset.Block) spilledMsg {
	m := spilledMsg{log: l, File: file}
	if m.File == nil {
		if m.File, m.Err = disk.NewSpill(); m.Err != nil {
			return m
		}
	}
	for _, b := range blocks {
		at, err := m.File.Append(b.Data)
		if err != nil {
			m.Err = err
			return m
		}
		m.firsts, m.at = append(m.firsts, b.First), append(m.at, at)
	}
	return m
}

func (p *Pane) takeSpilled(m spilledMsg) tea.Cmd {
	l := m.log
	l.Spill.Busy, l.Spill.File, l.Spill.Err = false, m.File, m.Err
	for i, first := range m.firsts {
		if b := l.Store.Find(first); b != nil {
			l.Spill.Bytes += int64(len(b.Data))
		}
		l.Store.Spilled(first, m.File, m.at[i])
	}
	if l.Spill.Bytes > min(spillFile, l.Limits.Disk/4) {
		l.Spill.File, l.Spill.Bytes = nil, 0 // the next rows go to a file of their own
	}
	return tea.Batch(p.relieve(), p.Want())
}

// letGo drops the oldest rows; the cursor stays on its row if that is left.
func (p *Pane) letGo(memory int) tea.Cmd {
	l, content := p.log, uint32(0)
	if p.cursor.row < p.list.Len() {
		content = p.list.Content(p.cursor.row)
	}
	l.DropOldest(memory)
	if m := p.look.past; m != nil {
		at := max(m.At, l.Store.First)
		*m = l.Table.Now()
		l.Table.Walk(m, at)
	}
	if !l.Shape.Appends && !p.look.asChanges {
		p.cursor.id = uint32(max(slices.Index(l.Table.Slots, content), 0))
	}
	return p.requery()
}
