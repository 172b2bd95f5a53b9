package flinkrest

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"
)

// JobManager is a JobManager's REST API (flink-engine.md §2).
type JobManager struct{ Transport }

// Overview is what the cluster says of itself.
type Overview struct {
	TaskManagers int    `json:"taskmanagers"`
	Slots        int    `json:"slots-total"`
	Free         int    `json:"slots-available"`
	Running      int    `json:"jobs-running"`
	Finished     int    `json:"jobs-finished"`
	Cancelled    int    `json:"jobs-cancelled"`
	Failed       int    `json:"jobs-failed"`
	Version      string `json:"flink-version"`
	Commit       string `json:"flink-commit"`
}

// Overview asks for the cluster.
func (m JobManager) Overview(ctx context.Context) (Overview, error) {
	var o Overview
	err := get(ctx, m, "/overview", nil, &o)
	return o, err
}

// Dashboard is what the server says of its web interface: what may be done
// there. History is a History Server, which has jobs that ended and no others.
type Dashboard struct {
	Version  string `json:"flink-version"`
	Revision string `json:"flink-revision"`
	// ZoneOffset is how far the machine's time zone is ahead of UTC, in milliseconds.
	ZoneOffset int64 `json:"timezone-offset"`
	Features   struct {
		Submit  bool `json:"web-submit"`
		Cancel  bool `json:"web-cancel"`
		Rescale bool `json:"web-rescale"`
		History bool `json:"web-history"`
	} `json:"features"`
}

// Dashboard asks for it.
func (m JobManager) Dashboard(ctx context.Context) (Dashboard, error) {
	var d Dashboard
	err := get(ctx, m, "/config", nil, &d)
	return d, err
}

// Setting is one entry of Flink's configuration.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Config is the configuration of the JobManager; Flink masks secrets itself.
func (m JobManager) Config(ctx context.Context) ([]Setting, error) {
	var settings []Setting
	err := get(ctx, m, "/jobmanager/config", nil, &settings)
	return settings, err
}

// Resource is what a task manager has, memory in MB.
type Resource struct {
	CPU     float64 `json:"cpuCores"`
	Heap    int64   `json:"taskHeapMemory"`
	OffHeap int64   `json:"taskOffHeapMemory"`
	Managed int64   `json:"managedMemory"`
	Network int64   `json:"networkMemory"`
}

// TaskManager is one of a cluster. Heartbeat is the time of the last one, in
// milliseconds since 1970, although Flink's name for it is an age.
type TaskManager struct {
	ID        string   `json:"id"`
	Path      string   `json:"path"`
	DataPort  int      `json:"dataPort"`
	Heartbeat int64    `json:"timeSinceLastHeartbeat"`
	Slots     int      `json:"slotsNumber"`
	Free      int      `json:"freeSlots"`
	Total     Resource `json:"totalResource"`
	Unused    Resource `json:"freeResource"`
	Blocked   bool     `json:"blocked"`
	Hardware  struct {
		CPU      int   `json:"cpuCores"`
		Physical int64 `json:"physicalMemory"` // bytes
		Free     int64 `json:"freeMemory"`
		Managed  int64 `json:"managedMemory"`
	} `json:"hardware"`
	Memory map[string]int64 `json:"memoryConfiguration"` // bytes
	// Metrics and Allocated are of one that was asked for by its id.
	Metrics   *TaskManagerMetrics `json:"metrics"`
	Allocated []AllocatedSlot     `json:"allocatedSlots"`
}

// TaskManagerMetrics are of its Java process, in bytes.
type TaskManagerMetrics struct {
	HeapUsed    int64              `json:"heapUsed"`
	HeapMax     int64              `json:"heapMax"`
	NonHeapUsed int64              `json:"nonHeapUsed"`
	DirectUsed  int64              `json:"directUsed"`
	MappedUsed  int64              `json:"mappedUsed"`
	NettyUsed   int64              `json:"nettyShuffleMemoryUsed"`
	NettyTotal  int64              `json:"nettyShuffleMemoryTotal"`
	Collections []GarbageCollector `json:"garbageCollectors"`
}

// GarbageCollector has run so often, for so many milliseconds.
type GarbageCollector struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
	Time  int64  `json:"time"`
}

// AllocatedSlot is a slot that a job has.
type AllocatedSlot struct {
	Job      string   `json:"jobId"`
	Resource Resource `json:"resource"`
}

// TaskManagers lists them.
func (m JobManager) TaskManagers(ctx context.Context) ([]TaskManager, error) {
	var answer struct {
		List []TaskManager `json:"taskmanagers"`
	}
	err := get(ctx, m, "/taskmanagers", nil, &answer)
	return answer.List, found("taskmanagers", answer.List != nil, err)
}

// TaskManager asks for one, with its metrics. One that is not known is answered
// with 500: NotFound knows that.
func (m JobManager) TaskManager(ctx context.Context, id string) (TaskManager, error) {
	var t TaskManager
	err := get(ctx, m, taskManagerPath(id), nil, &t)
	return t, err
}

// LogFile is a file that a log was written to.
type LogFile struct {
	Name     string `json:"name"`
	Size     int64  `json:"size"`  // bytes
	Modified int64  `json:"mtime"` // milliseconds since 1970; 0 before Flink 2
}

// Logs lists the log files of a task manager, or of the JobManager for "".
func (m JobManager) Logs(ctx context.Context, taskManager string) ([]LogFile, error) {
	var answer struct {
		Logs []LogFile `json:"logs"`
	}
	err := get(ctx, m, logsPath(taskManager), nil, &answer)
	return answer.Logs, err
}

// Log opens a log file, as a text that the caller closes. Flink sends the whole
// file whatever part is asked for.
func (m JobManager) Log(ctx context.Context, taskManager, name string) (io.ReadCloser, error) {
	status, body, err := m.Do(ctx, http.MethodGet, logsPath(taskManager)+"/"+url.PathEscape(name), nil, nil)
	if err != nil {
		return nil, err
	}
	if status >= 200 && status < 300 {
		return body, nil
	}
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer))
	_ = body.Close() // the refusal is what counts
	if err != nil {
		return nil, err
	}
	return nil, Refusal(status, text)
}

// Threads are the threads of a task manager, or of the JobManager for "", each
// with its stack.
func (m JobManager) Threads(ctx context.Context, taskManager string) ([]Thread, error) {
	path := "/jobmanager/thread-dump"
	if taskManager != "" {
		path = taskManagerPath(taskManager) + "/thread-dump"
	}
	var answer struct {
		Threads []Thread `json:"threadInfos"`
	}
	err := get(ctx, m, path, nil, &answer)
	return answer.Threads, err
}

// Thread is a thread with its stack as Java writes it.
type Thread struct {
	Name  string `json:"threadName"`
	Stack string `json:"stringifiedThreadInfo"`
}

func taskManagerPath(id string) string { return "/taskmanagers/" + url.PathEscape(id) }

func logsPath(taskManager string) string {
	if taskManager == "" {
		return "/jobmanager/logs"
	}
	return taskManagerPath(taskManager) + "/logs"
}

// Millis is a time of Flink's; 0 and less are none.
func Millis(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
