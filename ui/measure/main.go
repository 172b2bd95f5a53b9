//go:build linux

// Command measure builds drey, runs it in a pseudo terminal and prints the
// figures that console-design.md §6 budgets: first frame, key latency, what
// idling costs, memory. It reads /proc and so runs on Linux only.
//
//	go run ./ui/measure [-applications 10000] [-idle 30s]
//	go run ./ui/measure -round-trip 200ms [-environments 3] [-applications 100000]
//
// With -round-trip the console runs alone on a server that is so far away.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"drey/ui/uitest/terminal"
)

// The terminal that is measured in.
const (
	rows    = 48
	columns = 160
)

func main() {
	apps := flag.Int("applications", 10_000, "applications on the throw-away server")
	idle := flag.Duration("idle", 30*time.Second, "how long to watch the idle program")
	roundTrip := flag.Duration("round-trip", -1, "measure on a server that is so far away")
	environments := flag.Int("environments", 3, "environments on that server")
	binary := flag.String("binary", "", "program to measure; built when empty")
	flag.Parse()
	m := measuring{binary: *binary, apps: *apps, environments: *environments, roundTrip: *roundTrip, idle: *idle}
	if err := m.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// measuring is what to measure.
type measuring struct {
	binary             string
	apps, environments int
	roundTrip, idle    time.Duration
}

func (m measuring) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "drey-measure")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := m.binary
	if binary == "" {
		binary = filepath.Join(dir, "bin", "drey") // dir is the home of what is measured
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	if m.roundTrip >= 0 {
		return remote(ctx, binary, dir, m.environments, m.apps, m.roundTrip, m.idle)
	}
	if err := firstFrame(ctx, binary, dir); err != nil {
		return fmt.Errorf("first frame: %w", err)
	}
	return busyConsole(ctx, binary, dir, m.apps, m.idle)
}

// firstFrame starts the console on an address where nobody listens: what is
// drawn then is drawn without the network.
func firstFrame(ctx context.Context, binary, dir string) error {
	var times []time.Duration
	for range 15 {
		p, err := terminal.Start(ctx, dir, columns, rows, binary, "--url", "http://127.0.0.1:1")
		if err != nil {
			return err
		}
		at, err := p.FirstBytes(1000)
		p.Stop()
		if err != nil {
			return err
		}
		times = append(times, at)
	}
	report("exec to first frame", "p50 %v, max %v of %d", quantile(times, 0.5), quantile(times, 1), len(times))
	return nil
}

// busyConsole runs the console and its server in one process.
func busyConsole(ctx context.Context, binary, dir string, apps int, idle time.Duration) error {
	p, err := terminal.Start(ctx, dir, columns, rows, binary, "demo", "--still", "--applications", fmt.Sprint(apps))
	if err != nil {
		return err
	}
	defer p.Stop()
	if err := p.WaitFor(thousands(apps)+" applications", "FAILED"); err != nil {
		return err
	}
	report("started with all rows after", "%v", time.Since(p.Started).Round(time.Millisecond))
	p.Quiet(2 * time.Second)
	if err := keys(p, "cursor key to bytes", "j", "k", 200); err != nil {
		return err
	}
	if err := filterKeys(p); err != nil {
		return err
	}
	p.Quiet(25 * time.Second) // until what the keys caused is over
	before, err := usageOf(p)
	if err != nil {
		return err
	}
	p.Quiet(idle)
	after, err := usageOf(p)
	if err != nil {
		return err
	}
	seconds := idle.Seconds()
	report("idle, console and server", "%.3f %% of a core, %.1f wake-ups/s, %d bytes to the terminal in %v",
		100*(after.cpu-before.cpu).Seconds()/seconds, float64(after.wakeups-before.wakeups)/seconds,
		after.bytes-before.bytes, idle)
	report("memory", "%d MB resident, %d MB at its highest", after.rss>>20, after.peak>>20)
	return nil
}

// keys sends two keys in turn and times each to the first byte that follows.
func keys(p *terminal.Program, what, one, other string, n int) error {
	var times []time.Duration
	for i := range n {
		key := one
		if i%2 == 1 {
			key = other
		}
		d, err := p.Key(key)
		if err != nil {
			return err
		}
		times = append(times, d)
	}
	report(what, "p50 %v, p95 %v of %d", quantile(times, 0.5), quantile(times, 0.95), n)
	return nil
}

func filterKeys(p *terminal.Program) error {
	if _, err := p.Key("/"); err != nil {
		return err
	}
	var times []time.Duration
	for _, key := range []string{"o", "r", "d", "e", "r"} {
		d, err := p.Key(key)
		if err != nil {
			return err
		}
		times = append(times, d)
	}
	report("filter key to bytes", "p50 %v, max %v of %d", quantile(times, 0.5), quantile(times, 1), len(times))
	_, err := p.Key("\x1b")
	return err
}

func report(what, format string, args ...any) {
	fmt.Printf("%-28s "+format+"\n", append([]any{what}, args...)...)
}

func quantile(times []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[int(q*float64(len(sorted)-1))].Round(10 * time.Microsecond)
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
