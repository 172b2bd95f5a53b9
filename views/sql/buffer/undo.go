package buffer

// edit is one change: text that was removed at a position, and what came there.
type edit struct {
	at                Position
	removed, inserted string
	before            Position // of the cursor
}

func (e edit) size() int { return len(e.removed) + len(e.inserted) }

// history is what can be undone and redone. Its texts are bounded in bytes: the
// oldest edits go first, the newest is always held.
type history struct {
	done, undone []edit
	size         int  // bytes of done
	typing       bool // the last edit was typing: further letters join it
}

// historySize is how many bytes of edits are held.
const historySize = 16 << 20

func (h *history) add(e edit, typed bool) {
	h.undone = nil
	if n := len(h.done); typed && h.typing && n > 0 && e.removed == "" &&
		e.at == after(h.done[n-1].at, h.done[n-1].inserted) {
		h.done[n-1].inserted += e.inserted
		h.size += e.size()
		return
	}
	h.done = append(h.done, e)
	h.size += e.size()
	h.typing = typed
	for h.size > historySize && len(h.done) > 1 {
		h.size -= h.done[0].size()
		h.done = h.done[1:]
	}
}

// Undo takes the last edit back.
func (b *Buffer) Undo() {
	h := &b.history
	n := len(h.done)
	if n == 0 {
		return
	}
	e := h.done[n-1]
	h.done, h.size, h.typing = h.done[:n-1], h.size-e.size(), false
	h.undone = append(h.undone, e)
	b.splice(e.at, after(e.at, e.inserted), e.removed)
	b.cursor, b.goal = e.before, e.before.Col
}

// Redo makes the edit again that was taken back last.
func (b *Buffer) Redo() {
	h := &b.history
	n := len(h.undone)
	if n == 0 {
		return
	}
	e := h.undone[n-1]
	h.undone, h.typing = h.undone[:n-1], false
	h.done, h.size = append(h.done, e), h.size+e.size()
	b.splice(e.at, after(e.at, e.removed), e.inserted)
}
