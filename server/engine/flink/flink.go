// Package flink is an engine over a real Apache Flink: applications run
// through the JobManager's REST API, statements through the SQL Gateway. All
// that must outlive drey is in Flink or in files that are written before Flink
// is asked, so that an ended drey is taken up by the next one.
package flink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"drey/client/flinkrest"
	"drey/server/engine"
	"drey/server/engine/flink/rest"
	"drey/server/engine/flink/sql"
)

// Options say where Flink is.
type Options struct {
	Dir     string // of the engine's own files
	REST    rest.Endpoint
	Gateway rest.Endpoint
	// Jars is the folder that local:// jars are below; empty: there are none.
	Jars string
	// JarHosts are the hosts, each with a port or without, that http: and https:
	// jars are fetched from; none: they are refused.
	JarHosts []string
	// Savepoints is the URI of the folder that savepoints go to when a
	// specification names none; empty: Flink's own configuration says.
	Savepoints string
	Tables     engine.Tables
	Now        func() time.Time
	Log        *slog.Logger
}

// Engine is a service.Engine.
type Engine struct {
	options    Options
	rest       *rest.Client // to the JobManager
	jobs       flinkrest.JobManager
	statements *sql.Statements
	fetcher    *fetcher
	cancel     context.CancelFunc
	group      sync.WaitGroup

	mu      sync.Mutex
	version string
	slots   flinkrest.Overview
	down    error // why Flink does not answer; nil: it does
}

// New opens an engine over a folder. Flink need not answer yet.
func New(o Options) (*Engine, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	jobs, err := rest.New("Flink's JobManager", o.REST)
	if err != nil {
		return nil, err
	}
	gateway, err := rest.New("Flink's SQL Gateway", o.Gateway)
	if err != nil {
		return nil, err
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, fmt.Errorf("engine's folder: %w", err)
	}
	for _, dir := range []string{"jobs", "jars"} {
		if err := os.MkdirAll(filepath.Join(o.Dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("engine's folder: %w", err)
		}
	}
	e := &Engine{
		options: o, rest: jobs, jobs: flinkrest.JobManager{Transport: jobs}, fetcher: newFetcher(o.JarHosts),
		down: errors.New("not asked yet"),
	}
	e.statements, err = sql.New(sql.Options{
		Dir: filepath.Join(o.Dir, "statements"), Gateway: flinkrest.Gateway{Transport: gateway}, JobManager: e.jobs,
		Tables: o.Tables, Savepoints: o.Savepoints, Now: o.Now,
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	e.group.Add(1)
	go func() {
		defer e.group.Done()
		e.watch(ctx)
	}()
	return e, nil
}

// watchEvery is how often the JobManager is asked how it is: through the
// gateway a dead one cannot be seen (flink-verified.md §2).
const watchEvery = 2 * time.Second

func (e *Engine) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		limited, cancel := context.WithTimeout(ctx, watchEvery)
		overview, err := e.jobs.Overview(limited)
		cancel()
		if ctx.Err() == nil {
			e.recordOverview(overview, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (e *Engine) recordOverview(overview flinkrest.Overview, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case err != nil && e.down == nil:
		e.options.Log.Warn("Flink does not answer", "error", err)
	case err == nil && e.down != nil:
		e.options.Log.Info("Flink answers", "url", e.rest.URL(), "version", overview.Version)
	}
	if e.down = err; err == nil {
		e.slots, e.version = overview, overview.Version
	}
}

// Info tells which Flink it is, and when it does not answer.
func (e *Engine) Info() engine.Info {
	e.mu.Lock()
	defer e.mu.Unlock()
	info := engine.Info{Name: "flink", Version: e.version}
	if e.down != nil {
		info.Description = "Flink does not answer now: " + e.down.Error()
		return info
	}
	info.Description = fmt.Sprintf(
		"Apache Flink %s at %s, %d of %d slots free.", e.version, e.rest.URL(), e.slots.Free, e.slots.Slots,
	)
	return info
}

// Applications run jars.
func (e *Engine) Applications() engine.Applications { return applications{e} }

// Savepoints are those of applications and statements.
func (e *Engine) Savepoints() engine.Savepoints { return savepoints{e} }

// Statements run SQL.
func (e *Engine) Statements() engine.Statements { return e.statements }

// Web is where jobs' pages and Flink's REST API are, and how they are reached.
func (e *Engine) Web() (*url.URL, http.RoundTripper) { return e.rest.Web() }

// StatementJob is the id of the Flink job that a statement runs as now.
func (e *Engine) StatementJob(of engine.StatementRun) (string, error) { return e.statements.JobID(of) }

// Close ends what lives in this process; Flink's jobs go on.
func (e *Engine) Close() error {
	e.cancel()
	e.group.Wait()
	err := e.statements.Close()
	e.rest.Close()
	if err != nil {
		return fmt.Errorf("close engine: %w", err)
	}
	return nil
}
