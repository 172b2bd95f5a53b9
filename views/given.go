package views

import "sync"

// Given holds the last answer of something that says of the next one only that
// nothing changed. An answer may come when nobody waits for it any more: what asks by
// Given is told again, and asks one question at a time. The zero value is ready.
type Given[T any] struct {
	mu     sync.Mutex
	last   T
	number int
}

// Next asks, and gives the last answer with its number, which grows with each answer
// that changed something: whoever shows that number already has it. The first answer
// is one, changed or not.
func (g *Given[T]) Next(ask func() (answer T, changed bool, err error)) (last T, number int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	answer, changed, err := ask()
	if err == nil && (changed || g.number == 0) {
		g.last = answer
		g.number++
	}
	return g.last, g.number, err
}
