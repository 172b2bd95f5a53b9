package cep

// matchHeap is a heap of partial matches by their first row. Equal ones keep
// the places that Java's PriorityQueue gives them: which of several matches
// that begin and end together is told depends on it.
type matchHeap []*partial

func (h *matchHeap) add(p *partial) {
	*h = append(*h, p)
	h.up(len(*h)-1, p)
}

func (h matchHeap) up(k int, p *partial) {
	for k > 0 {
		parent := (k - 1) / 2
		if !p.before(h[parent]) {
			break
		}
		h[k] = h[parent]
		k = parent
	}
	h[k] = p
}

func (h matchHeap) down(k int, p *partial) {
	for half := len(h) / 2; k < half; {
		child := 2*k + 1
		if right := child + 1; right < len(h) && h[right].before(h[child]) {
			child = right
		}
		if !h[child].before(p) {
			break
		}
		h[k] = h[child]
		k = child
	}
	h[k] = p
}

func (h *matchHeap) poll() *partial {
	old := *h
	top, last := old[0], old[len(old)-1]
	*h = old[:len(old)-1]
	if len(*h) > 0 {
		h.down(0, last)
	}
	return top
}

// drop takes out those that a test says.
func (h *matchHeap) drop(expired func(*partial) bool) {
	var rest matchHeap
	for _, p := range *h {
		if !expired(p) {
			rest = append(rest, p)
		}
	}
	if len(rest) == len(*h) {
		return
	}
	*h = rest
	for k := len(rest)/2 - 1; k >= 0; k-- {
		h.down(k, rest[k])
	}
}
