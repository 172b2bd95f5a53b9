package service

import (
	"context"
	"sync"
)

// MemoryTables are Tables that last as long as the process. The zero value is
// empty and ready.
type MemoryTables struct {
	mu  sync.Mutex
	all map[string][]Table
}

// Tables implements Tables.
func (m *MemoryTables) Tables(_ context.Context, env string) ([]Table, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[env], nil
}

// ChangeTables implements Tables.
func (m *MemoryTables) ChangeTables(_ context.Context, env string, change func([]Table) ([]Table, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	changed, err := change(m.all[env])
	if err != nil {
		return err
	}
	if m.all == nil {
		m.all = map[string][]Table{}
	}
	m.all[env] = changed
	return nil
}
