package embedded

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"drey/client/flinksql"
)

// slots is how many a task manager has, as the specification says.
func (v *jobView) slots() int {
	n, err := strconv.Atoi(v.conf.String("taskmanager.numberOfTaskSlots"))
	if err != nil || n < 1 {
		n = 1
	}
	return n
}

// managers is how many task managers there are.
func (v *jobView) managers() int {
	if v.model == nil || v.ended() >= 0 {
		return 0
	}
	n := (v.width() + v.slots() - 1) / v.slots()
	if r := v.observed.Resources.TaskManager; r != nil {
		n = max(n, r.Count)
	}
	return min(n, 1000)
}

func (v *jobView) managerName(n int) string {
	return fmt.Sprintf("%s-taskmanager-1-%d", v.job.Application, n+1)
}

// managerOf is where a subtask runs: slots are filled one task manager after another.
func (v *jobView) managerOf(subtask int) string {
	if v.model == nil {
		return "drey"
	}
	return v.managerName(subtask / v.slots())
}

// used is how many slots of a task manager the job has.
func (v *jobView) used(n int) int { return min(max(v.width()-n*v.slots(), 0), v.slots()) }

func (v *jobView) overview() object {
	total := v.managers() * v.slots()
	return object{
		"taskmanagers": v.managers(), "slots-total": total, "slots-available": max(total-v.width(), 0),
		"jobs-running": count(v.ended() < 0), "jobs-finished": count(v.observed.State == "FINISHED"),
		"jobs-cancelled": count(v.observed.State == "CANCELED"),
		"jobs-failed":    count(v.observed.State == "FAILED"),
		"flink-version":  FlinkVersion + " (stand-in)", "flink-commit": "drey",
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (v *jobView) ofProcess(path []string, query url.Values) (int, any) {
	if path[0] == "jobmanager" {
		return v.ofProcessRest(path[1:], query, nil)
	}
	if len(path) == 1 {
		all := []object{}
		for n := range v.managers() {
			all = append(all, v.manager(n))
		}
		return ok(object{"taskmanagers": all})
	}
	for n := range v.managers() {
		if v.managerName(n) != path[1] {
			continue
		}
		metrics := v.processMetrics(n)
		if len(path) > 2 {
			return v.ofProcessRest(path[2:], query, metrics)
		}
		one := v.manager(n)
		slots := []object{}
		for range v.used(n) {
			slots = append(slots, object{"jobId": v.job.ID, "resource": object{}})
		}
		one["allocatedSlots"] = slots
		one["metrics"] = object{
			"heapUsed": int64(heapUsed), "heapCommitted": int64(heapMax), "heapMax": int64(heapMax),
			"garbageCollectors": []object{{"name": "G1_Young_Generation", "count": 12, "time": 96}},
		}
		return ok(one)
	}
	return http.StatusInternalServerError, object{"errors": []string{
		"Internal server error.",
		"<Exception on server side:\norg.apache.flink.runtime.taskexecutor.exceptions.UnknownTaskExecutorException: No TaskExecutor registered under " + path[1] + ".\nEnd of exception on server side>",
	}}
}

// Sizes of a stand-in's process, in bytes.
const (
	heapMax  = 1 << 30
	heapUsed = 412 << 20
)

func (v *jobView) manager(n int) object {
	resource := object{
		"cpuCores": 1.0, "taskHeapMemory": heapMax >> 20, "taskOffHeapMemory": 0, "managedMemory": 512,
		"networkMemory": 128, "extendedResources": object{},
	}
	return object{
		"id":   v.managerName(n),
		"path": "pekko.tcp://flink@" + v.managerName(n) + ":6122/user/rpc/taskmanager_0", "dataPort": 46665,
		"jmxPort":                -1,
		"timeSinceLastHeartbeat": v.clock.UnixMilli() - v.clock.UnixMilli()%10_000, "slotsNumber": v.slots(),
		"freeSlots":     v.slots() - v.used(n),
		"totalResource": resource, "freeResource": resource,
		"hardware":            object{"cpuCores": 1, "physicalMemory": 2 * heapMax, "freeMemory": heapMax, "managedMemory": 512 << 20},
		"memoryConfiguration": object{},
	}
}

// processMetrics are those of a task manager: it is as busy as what runs on it.
func (v *jobView) processMetrics(n int) map[string]string {
	busy, tasks := 0.0, 0
	for vertex := range v.vertices {
		for i := n * v.slots(); i < min((n+1)*v.slots(), v.vertices[vertex].parallelism); i++ {
			b, _, _ := v.model.ratios(vertex, i)
			busy += b
			tasks++
		}
	}
	return map[string]string{
		"Status.JVM.CPU.Load":                             strconv.FormatFloat(busy/float64(max(tasks, 1)), 'f', 3, 64),
		"Status.JVM.Memory.Heap.Used":                     strconv.Itoa(heapUsed),
		"Status.JVM.Memory.Heap.Max":                      strconv.Itoa(heapMax),
		"Status.JVM.GarbageCollector.All.TimeMsPerSecond": "4", "Status.Shuffle.Netty.UsedMemory": "1048576",
	}
}

func (v *jobView) ofProcessRest(rest []string, query url.Values, metrics map[string]string) (int, any) {
	switch {
	case len(rest) == 0:
		return http.StatusNotFound, object{"errors": []string{"Unable to load requested file."}}
	case rest[0] == "config" && metrics == nil:
		settings := []object{}
		keys := map[string]string{}
		for key := range v.conf.Map() {
			keys[key] = v.conf.String(key)
			if flinksql.SecretKey(key) {
				keys[key] = "******" // as Flink masks them
			}
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			settings = append(settings, object{"key": key, "value": keys[key]})
		}
		return ok(settings)
	case rest[0] == "metrics":
		return ok(metricList(metrics, query.Get("get")))
	case rest[0] == "logs" && len(rest) == 1:
		name := "jobmanager.log"
		if metrics != nil {
			name = "taskmanager.log"
		}
		return ok(object{"logs": []object{{
			"name": name, "size": len(v.log()), "mtime": millis(v.observed.UpdateTime),
		}}})
	case rest[0] == "logs":
		return ok(v.log())
	case rest[0] == "thread-dump":
		return ok(object{"threadInfos": []object{}})
	}
	return http.StatusNotFound, object{"errors": []string{"Unable to load requested file."}}
}

// log is what a stand-in can say of itself.
func (v *jobView) log() string {
	const stamp = "2006-01-02 15:04:05,000"
	var b strings.Builder
	fmt.Fprintf(
		&b, "%s INFO  drey [] - This is a stand-in for job %s: it has the life cycle of a Flink job and runs no jar.\n",
		v.job.SubmittedAt.UTC().Format(stamp), v.job.ID,
	)
	for _, x := range slices.Backward(v.observed.Exceptions) {
		fmt.Fprintf(&b, "%s ERROR drey [] - The job failed.\n%s\n", x.At.UTC().Format(stamp), x.Text)
	}
	fmt.Fprintf(&b, "%s INFO  drey [] - The job is %s.\n", v.observed.UpdateTime.UTC().Format(stamp), v.observed.State)
	return b.String()
}
