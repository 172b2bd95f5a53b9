// Package flinkup fetches, starts and ends a pinned Apache Flink on this
// machine: a JobManager, a TaskManager and a SQL Gateway on free loopback
// ports (flink-verified.md §1, §2).
package flinkup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Version is the Flink that is fetched when no other is asked for.
const Version = "2.2.1"

// Versions are those that were run with this server.
var Versions = []string{"2.2.1", "2.3.0", "1.20.0"}

// Options say where things are kept.
type Options struct {
	// Version is one of Versions; empty: Version.
	Version string
	// Cache has the jars, a folder for each version.
	Cache string
	// State has the processes' ids, configuration, logs, checkpoints and savepoints.
	State string
	// Settings are options of Flink by their names, in place of those that it is
	// started with otherwise.
	Settings map[string]string
	// Progress is told what is being done; nil: nobody is.
	Progress func(string)
}

// Process is one Java process.
type Process struct {
	Name string `json:"name"` // jobmanager, taskmanager, gateway
	PID  int    `json:"pid"`
	Log  string `json:"log"`
}

// State is what runs, as it is kept in the state file.
type State struct {
	Version    string    `json:"version"`
	REST       string    `json:"rest"`
	SQLGateway string    `json:"sqlGateway"`
	Slots      int       `json:"slots"`
	Started    time.Time `json:"started"`
	Ready      bool      `json:"ready"`
	Processes  []Process `json:"processes"`
	Savepoints string    `json:"savepoints"`
	// Jars is the folder of the jars that Flink runs from.
	Jars string `json:"jars"`
}

// ErrDown says that no Flink was started here.
var ErrDown = errors.New("no Flink runs here; drey flink up starts one")

func (o Options) tell(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

// Up starts Flink, fetched where it is missing, and returns once it answers. A
// Flink that runs already is given back as it is.
func Up(ctx context.Context, o Options) (State, error) {
	unlock, err := o.lock()
	if err != nil {
		return State{}, err
	}
	defer unlock()
	if o.Version == "" {
		o.Version = Version
	}
	if !slices.Contains(Versions, o.Version) {
		return State{}, fmt.Errorf("version %q of Flink: there are %s", o.Version, strings.Join(Versions, ", "))
	}
	if s, err := o.read(); err == nil && s.Ready && s.alive() == len(s.Processes) {
		if s.Version != o.Version {
			return s, fmt.Errorf("version %s of Flink runs here: drey flink down ends it", s.Version)
		}
		if len(o.Settings) > 0 {
			return s, errors.New("a Flink runs here, and settings are for one that starts: drey flink down ends it")
		}
		return s, nil
	}
	if err := o.end(ctx); err != nil {
		return State{}, err
	}
	java, err := findJava(ctx)
	if err != nil {
		return State{}, err
	}
	lib, err := o.fetch(ctx)
	if err != nil {
		return State{}, err
	}
	s, err := o.start(ctx, java, lib)
	if err != nil {
		return s, errors.Join(err, o.end(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// Down ends the processes that Up started, and no others.
func Down(ctx context.Context, o Options) error {
	unlock, err := o.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := o.read(); err != nil {
		return err
	}
	if err := o.end(ctx); err != nil {
		return err
	}
	return o.clean()
}

// clean removes what an ended Flink is of no use without: copies of jars,
// checkpoints, its configuration. Logs stay, and savepoints that were taken.
func (o Options) clean() error {
	var errs []error
	for _, dir := range workFolders {
		switch dir {
		case "log":
		case "savepoints":
			_ = os.Remove(filepath.Join(o.State, dir)) // only when it is empty
		default:
			errs = append(errs, os.RemoveAll(filepath.Join(o.State, dir)))
		}
	}
	return errors.Join(errs...)
}

// Status tells what runs.
func Status(o Options) (State, error) { return o.read() }

// lock keeps two of us from starting and ending at once.
func (o Options) lock() (func(), error) {
	if err := os.MkdirAll(o.State, 0o700); err != nil {
		return nil, fmt.Errorf("folder of Flink's state: %w", err)
	}
	l := flock.New(filepath.Join(o.State, "lock"))
	if err := l.Lock(); err != nil {
		return nil, fmt.Errorf("lock %s: %w", l.Path(), err)
	}
	return func() { _ = l.Unlock() }, nil
}

func (o Options) start(ctx context.Context, java, lib string) (State, error) {
	ports, err := freePorts(3)
	if err != nil {
		return State{}, err
	}
	work, err := filepath.Abs(o.State)
	if err != nil {
		return State{}, fmt.Errorf("folder of Flink's state: %w", err)
	}
	size := sized(machine())
	l := launch{
		work: work, java: java, lib: lib, size: size, settings: o.Settings, rest: ports[0], rpc: ports[1],
		gateway: ports[2],
	}
	if err := l.prepare(); err != nil {
		return State{}, err
	}
	s := State{
		Version: o.Version, Slots: size.Slots, Started: time.Now(), Jars: lib,
		REST: url(ports[0]), SQLGateway: url(ports[2]), Savepoints: "file://" + work + "/savepoints",
	}
	o.tell("starting JobManager, TaskManager and SQL Gateway")
	for _, spec := range l.specs() {
		p, err := l.run(spec)
		if err != nil {
			return s, err
		}
		s.Processes = append(s.Processes, p)
		if err := o.write(s); err != nil {
			return s, err
		}
	}
	if err := waitReady(ctx, s); err != nil {
		return s, err
	}
	o.tell("warming the SQL Gateway up")
	if err := Warm(ctx, s.SQLGateway); err != nil {
		return s, fmt.Errorf("the first statement: %w", err)
	}
	s.Ready = true
	return s, o.write(s)
}
