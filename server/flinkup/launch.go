package flinkup

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// size is what the processes may take, in MB.
type size struct {
	Slots, Cores                int
	JobManagerHeap, GatewayHeap int
	TaskHeap, Managed, Network  int
	JobManagerProcess           int
}

// sized fits the processes to a machine with so many MB of memory and cores;
// 0 MB is unknown. The middle one is what ran in flink-verified.md §2.
// workFolders are those that a Flink works in, below the folder of its state.
var workFolders = []string{"conf", "log", "tmp", "upload", "blob", "proc", "checkpoints", "savepoints"}

func sized(memory, cores int) size {
	s := size{Slots: 16, Cores: cores, JobManagerHeap: 512, GatewayHeap: 768, TaskHeap: 640, Managed: 512, Network: 128}
	switch {
	case memory > 0 && memory < 6000:
		s.Slots, s.JobManagerHeap, s.GatewayHeap, s.TaskHeap, s.Managed = 8, 384, 512, 384, 128
	case memory >= 32000 && cores >= 8:
		s.Slots, s.JobManagerHeap, s.GatewayHeap, s.TaskHeap, s.Managed, s.Network = 32, 1024, 1024, 3072, 1024, 256
	}
	s.JobManagerProcess = s.JobManagerHeap + 512
	return s
}

// machine is this machine's memory in MB, 0 where it is unknown, and its cores.
func machine() (memory, cores int) {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, runtime.NumCPU()
	}
	var kB int
	if _, err := fmt.Sscanf(string(b), "MemTotal: %d kB", &kB); err != nil {
		return 0, runtime.NumCPU()
	}
	return kB / 1024, runtime.NumCPU()
}

// launch starts the processes of one cluster.
type launch struct {
	work, java, lib    string
	size               size
	settings           map[string]string
	rest, rpc, gateway int
	classPath          string
	options            []string
}

// spec is one process to start.
type spec struct {
	name   string
	memory []string
	class  string
	args   []string
}

// prepare writes the configuration.
func (l *launch) prepare() error {
	for _, dir := range workFolders {
		if err := os.MkdirAll(filepath.Join(l.work, dir), 0o700); err != nil {
			return fmt.Errorf("folder of Flink's state: %w", err)
		}
	}
	config, err := render("files/config.yaml", struct {
		size
		Work              string
		RESTPort, RPCPort int
	}{l.size, l.work, l.rest, l.rpc})
	if err != nil {
		return err
	}
	if config, err = withSettings(config, l.settings); err != nil {
		return err
	}
	logging, err := files.ReadFile("files/log4j.properties")
	if err != nil {
		return fmt.Errorf("logging: %w", err)
	}
	options, err := files.ReadFile("files/java17-opts.txt")
	if err != nil {
		return fmt.Errorf("options of Java: %w", err)
	}
	l.options = strings.Fields(string(options))
	jars, err := filepath.Glob(filepath.Join(l.lib, "*.jar"))
	if err != nil {
		return fmt.Errorf("class path: %w", err)
	}
	slices.Sort(jars)
	l.classPath = strings.Join(jars, string(os.PathListSeparator))
	return errors.Join(
		os.WriteFile(filepath.Join(l.work, "conf", "config.yaml"), config, 0o600),
		os.WriteFile(filepath.Join(l.work, "conf", "log4j.properties"), logging, 0o600),
	)
}

// withSettings puts options into a configuration of one option a line, each in
// place of its line there or at the end: Flink reads no option twice.
func withSettings(config []byte, settings map[string]string) ([]byte, error) {
	lines := strings.Split(strings.TrimRight(string(config), "\n"), "\n")
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		value := settings[name]
		if !optionName.MatchString(name) {
			return nil, fmt.Errorf(
				"setting %q: want the name of an option of Flink, such as jobmanager.scheduler", name,
			)
		}
		if strings.ContainsAny(value, "\r\n") {
			return nil, fmt.Errorf("setting %s: its value has more than one line", name)
		}
		line := name + ": '" + strings.ReplaceAll(value, "'", "''") + "'"
		at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, name+":") })
		if at < 0 {
			lines = append(lines, line)
		} else {
			lines[at] = line
		}
	}
	return []byte(strings.Join(lines, "\n") + "\n"), nil
}

var optionName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$`)

// specs are the processes in the order of their start. Heaps are the sums that
// Flink's own scripts derive from config.yaml (flink-engine.md §1.6).
func (l *launch) specs() []spec {
	conf := filepath.Join(l.work, "conf")
	gateway := func(key string, value any) string {
		return fmt.Sprintf("-Dsql-gateway.endpoint.rest.%s=%v", key, value)
	}
	return []spec{
		{
			"jobmanager",
			[]string{"-Xms128m", megabytes("-Xmx", l.size.JobManagerHeap), "-XX:MaxMetaspaceSize=256m"},
			"org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
			[]string{"--configDir", conf},
		},
		{
			"taskmanager",
			[]string{
				"-Xms256m", megabytes("-Xmx", l.size.TaskHeap+128),
				megabytes("-XX:MaxDirectMemorySize=", 128+l.size.Network), "-XX:MaxMetaspaceSize=512m",
			},
			"org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
			[]string{"--configDir", conf},
		},
		{
			"gateway",
			[]string{"-Xms256m", megabytes("-Xmx", l.size.GatewayHeap)},
			"org.apache.flink.table.gateway.SqlGateway",
			[]string{
				gateway("address", "127.0.0.1"), gateway("bind-address", "127.0.0.1"), gateway("port", l.gateway),
				gateway("bind-port", l.gateway),
			},
		},
	}
}

func megabytes(flag string, n int) string { return fmt.Sprintf("%s%dm", flag, n) }

// run starts a process that goes on when we end.
func (l *launch) run(s spec) (Process, error) {
	log := filepath.Join(l.work, "log", s.name+".log")
	args := append([]string{
		"-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + filepath.Join(l.work, "tmp"),
	}, l.options...)
	args = append(args, s.memory...)
	args = append(args, logFlag(log), "-Dlog4j.configurationFile=file:"+
		filepath.Join(l.work, "conf", "log4j.properties"),
		"-cp", l.classPath, s.class)
	out, err := os.Create(strings.TrimSuffix(log, ".log") + ".out")
	if err != nil {
		return Process{}, fmt.Errorf("start %s: %w", s.name, err)
	}
	defer out.Close()
	cmd := exec.Command(l.java, append(args, s.args...)...)
	cmd.Env = append(os.Environ(), "FLINK_CONF_DIR="+filepath.Join(l.work, "conf"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.work, out, out
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return Process{}, fmt.Errorf("start %s: %w", s.name, err)
	}
	p := Process{Name: s.name, PID: cmd.Process.Pid, Log: log}
	go func() { _ = cmd.Wait() }() // no zombie while we live
	return p, nil
}

// logFlag is in the command line of a process, and tells it from another one
// that was given the same id later.
func logFlag(log string) string { return "-Dlog.file=" + log }

func url(port int) string { return fmt.Sprintf("http://127.0.0.1:%d", port) }

// freePorts are ports that were free a moment ago, all different.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("free port: %w", err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
