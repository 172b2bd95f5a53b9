// Package embedded is an engine that needs no other process. Applications are
// stand-ins: they have the life cycle, checkpoints and savepoints of Flink jobs
// but run no jar. Statements run for real, in a bounded subset of Flink SQL.
//
// The state of a stand-in is a function of its job and the time (timeline.go);
// nothing ticks. What a stand-in does can be set by keys of its
// spec.flinkConfiguration (behaviour.go).
package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"drey/server/engine"
	"drey/server/engine/embedded/sql"
	"drey/server/engine/embedded/sql/memory"
)

// FlinkVersion is what the engine stands in for.
const FlinkVersion = "1.20"

// Options are where an Engine keeps its files and what time it is.
type Options struct {
	Dir string
	Now func() time.Time
	// Tables keep what DDL makes; nil: it lasts as long as the engine.
	Tables engine.Tables
	// Files are the folders that tables may read and write.
	Files []string
	// Memory is how many bytes statements may hold; zeros are as
	// memory.Defaults have them.
	Memory memory.Limits
	// Log tells which statements went on from a snapshot; nil: nothing does.
	Log *slog.Logger
}

// Engine is a service.Engine.
type Engine struct {
	applications *Applications
	statements   statements
}

type statements interface {
	engine.Statements
	// Savepoint writes a savepoint of a running statement; again with the
	// same id it writes the same file.
	Savepoint(ctx context.Context, run engine.StatementRun, directory, id string) (path string, size int64, err error)
	// DisposeSavepoint deletes a savepoint of a statement; none is no error.
	DisposeSavepoint(path string) error
	Memory() sql.Memory
	Close() error
}

// New opens an engine over a folder, which is made where it is missing.
func New(options Options) (*Engine, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	for _, dir := range []string{"jobs", "state", "sql"} {
		if err := os.MkdirAll(filepath.Join(options.Dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("engine's folder: %w", err)
		}
	}
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, fmt.Errorf("engine's folder: %w", err)
	}
	return &Engine{
		applications: &Applications{files: files{dir: dir}, now: options.Now},
		statements: sql.New(sql.Options{
			Dir: filepath.Join(dir, "sql"), Now: options.Now, Tables: options.Tables, Files: options.Files,
			Log: options.Log, Memory: options.Memory,
		}),
	}, nil
}

// Info says that applications are stand-ins.
func (e *Engine) Info() engine.Info {
	return engine.Info{
		Name: "embedded", Version: FlinkVersion,
		Description: "Applications are stand-ins: they have the life cycle of Flink jobs but run no jar. Statements run " +
			"in a subset of Flink SQL.",
	}
}

// Applications are the stand-ins.
func (e *Engine) Applications() engine.Applications { return e.applications }

// Savepoints are those of stand-ins and statements.
func (e *Engine) Savepoints() engine.Savepoints {
	return savepoints{Applications: e.applications, statements: e.statements}
}

// Statements run SQL.
func (e *Engine) Statements() engine.Statements { return e.statements }

// Memory is what all statements hold and may hold, in bytes.
func (e *Engine) Memory() sql.Memory { return e.statements.Memory() }

// Close ends the statements.
func (e *Engine) Close() error {
	if err := e.statements.Close(); err != nil {
		return fmt.Errorf("close engine: %w", err)
	}
	return nil
}
