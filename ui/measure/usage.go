//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"drey/ui/uitest/terminal"
)

// usage is what a process has used so far, all its threads together.
type usage struct {
	cpu       time.Duration
	wakeups   int64
	bytes     int64
	rss, peak int64
}

func usageOf(p *terminal.Program) (usage, error) {
	u := usage{bytes: p.Bytes()}
	root := fmt.Sprintf("/proc/%d", p.PID())
	tasks, err := filepath.Glob(root + "/task/*")
	if err != nil || len(tasks) == 0 {
		return u, fmt.Errorf("no threads below %s", root)
	}
	for _, task := range tasks {
		var ran int64
		if data, err := os.ReadFile(task + "/schedstat"); err == nil {
			_, _ = fmt.Sscan(string(data), &ran)
		}
		u.cpu += time.Duration(ran)
		u.wakeups += field(task+"/status", "voluntary_ctxt_switches:")
	}
	u.rss = field(root+"/status", "VmRSS:") << 10
	u.peak = field(root+"/status", "VmHWM:") << 10
	return u, nil
}

func field(path, name string) int64 {
	data, _ := os.ReadFile(path)
	for line := range strings.SplitSeq(string(data), "\n") {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}
