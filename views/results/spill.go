package results

import (
	"context"
	"errors"
	"slices"

	tea "github.com/charmbracelet/bubbletea"
)

var errNoDisk = errors.New("there is no folder for rows that are too many")

// spillFile is where a file ends and another begins, so that the oldest rows
// can go with theirs.
const spillFile = 64 << 20

type spilledMsg struct {
	log    *Log
	file   Spill
	firsts []uint32
	at     []int64
	err    error
}

// relieve moves rows from the memory to a file when they are too many, and lets
// the oldest go when even that is full.
func (p *Pane) relieve() (cmd tea.Cmd) {
	l := p.log
	memory := 1 << 62
	if l.spill.err != nil {
		memory = l.limits.memory
	}
	if l.store.memory > memory || l.store.disk > l.limits.disk || int(l.store.total-l.store.first) > l.limits.changes {
		cmd = p.letGo(memory)
	}
	if l.spill.err != nil {
		return cmd
	}
	surplus := l.store.surplus(l.limits.memory)
	if len(surplus) == 0 || l.spill.busy {
		return cmd
	}
	l.spill.busy = true
	copies := make([]block, len(surplus))
	for i, b := range surplus {
		copies[i] = *b
	}
	file, disk := l.spill.file, p.disk
	return tea.Batch(cmd, p.mail.Ask("spill", func(context.Context) tea.Msg { return Msg{p, writeOut(l, disk, file, copies)} }))
}

func writeOut(l *Log, disk Disk, file Spill, blocks []block) spilledMsg {
	m := spilledMsg{log: l, file: file}
	if m.file == nil {
		if m.file, m.err = disk.NewSpill(); m.err != nil {
			return m
		}
	}
	for _, b := range blocks {
		at, err := m.file.Append(b.data)
		if err != nil {
			m.err = err
			return m
		}
		m.firsts, m.at = append(m.firsts, b.first), append(m.at, at)
	}
	return m
}

func (p *Pane) takeSpilled(m spilledMsg) tea.Cmd {
	l := m.log
	l.spill.busy, l.spill.file, l.spill.err = false, m.file, m.err
	for i, first := range m.firsts {
		if b := l.store.find(first); b != nil {
			l.spill.bytes += int64(len(b.data))
		}
		l.store.spilled(first, m.file, m.at[i])
	}
	if l.spill.bytes > min(spillFile, l.limits.disk/4) {
		l.spill.file, l.spill.bytes = nil, 0 // the next rows go to a file of their own
	}
	return tea.Batch(p.relieve(), p.Want())
}

// letGo drops the oldest rows; the cursor stays on its row if that is left.
func (p *Pane) letGo(memory int) tea.Cmd {
	l, content := p.log, uint32(0)
	if p.cursor.row < p.list.len() {
		content = p.list.content(p.cursor.row)
	}
	l.dropOldest(memory)
	if m := p.look.past; m != nil {
		at := max(m.at, l.store.first)
		*m = l.table.now()
		l.table.walk(m, at)
	}
	if !l.shape.appends && !p.look.asChanges {
		p.cursor.id = uint32(max(slices.Index(l.table.slots, content), 0))
	}
	return p.requery()
}

// dropOldest lets rows go until a quarter of what may be held is free.
func (l *Log) dropOldest(memory int) {
	for _, f := range l.store.letGo(memory/4*3, l.limits.disk/4*3, l.limits.changes/4*3) {
		if f != l.spill.file {
			_ = f.Close() // nothing of it is wanted any more
		}
	}
	if !l.shape.appends {
		l.lost += l.table.letGo(l.store.first)
	}
	l.version++
}

// LetGo is how many changes and table rows are not held any more.
func (l *Log) LetGo() (changes, rows int) { return int(l.store.first - 1), l.lost }

// OnDisk is how many bytes of it are in files.
func (l *Log) OnDisk() int64 { return l.store.disk }
