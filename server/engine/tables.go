package engine

import (
	"context"
	"sync"
)

// Tables keeps what DDL makes in the environments: catalogs, databases, tables
// and views. They are durable, and deleted with their environment.
type Tables interface {
	// Tables are those of an environment, ordered by their names.
	Tables(ctx context.Context, env string) ([]Table, error)
	// ChangeTables has change make a new list of the tables and stores it. No
	// other change comes between; after an error everything is as it was. An
	// environment that is not there is an error.
	ChangeTables(ctx context.Context, env string, change func([]Table) ([]Table, error)) error
}

// Table is a table or a view; without a name it is a database, and without a
// database a catalog. Definition is the engine's own JSON.
type Table struct {
	Catalog, Database, Name string
	Definition              []byte
}

// Key is what tells the tables of an environment apart.
func (t Table) Key() [3]string { return [3]string{t.Catalog, t.Database, t.Name} }

// KafkaNames tells which Kafka catalogs of the API an environment sees, and
// their databases: those that need no secret, or whose connectionSecretId is
// mapped into it (cmf-behaviour.md §2.8). Without an environment none is seen.
type KafkaNames interface {
	KafkaNames(ctx context.Context, env string) (map[string][]string, error)
}

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
