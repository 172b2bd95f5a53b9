package embedded

import (
	"math"
	"strconv"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

const defaultException = "java.lang.IllegalStateException: The stand-in was told to fail."

// failure is one failure with the stack that Flink would show.
func (s standIn) failure(at time.Time, last bool) engine.JobException {
	text := s.exception
	if s.restored.Class != "" {
		text = s.restored.Class + ": " + s.restored.Message
	} else if text == "" {
		text = defaultException
	}
	class, _, _ := strings.Cut(text, ":")
	name := strings.TrimSpace(class)
	if !strings.Contains(text, "\n") {
		text += s.stack()
	}
	if last && s.restored.Class == "" {
		text = "org.apache.flink.runtime.JobException: Recovery is suppressed by " + s.restart.java() +
			frames(suppressed) + "\nCaused by: " + text
	}
	return engine.JobException{At: at, Name: name, Text: text}
}

// suppressed is where Flink says that a job is not started again, and notRestored
// where it cannot start from a savepoint.
var (
	suppressed = []string{
		"org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler.handleFailure(ExecutionFailureHandler.java:180)",
		"org.apache.flink.runtime.executiongraph.failover.ExecutionFailureHandler.getFailureHandlingResult(ExecutionFailureHandler.java:107)",
		"org.apache.flink.runtime.scheduler.DefaultScheduler.recordTaskFailure(DefaultScheduler.java:277)",
	}
	notRestored = []string{
		"org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(AbstractFsCheckpointStorageAccess.java:275)",
		"org.apache.flink.runtime.checkpoint.CheckpointCoordinator.restoreSavepoint(CheckpointCoordinator.java:1817)",
		"org.apache.flink.runtime.scheduler.DefaultExecutionGraphFactory.tryRestoreExecutionGraphFromSavepoint(DefaultExecutionGraphFactory.java:223)",
	}
)

// frames writes a stack as Java does, each of its lines after a line's end.
func frames(stack []string) string {
	return "\n\tat " + strings.Join(stack, "\n\tat ")
}

func (s standIn) stack() string {
	if s.restored.Class != "" {
		return frames(notRestored)
	}
	class := s.savepoint.entryClass
	if class == "" {
		class = "org.example." + "Job"
	}
	simple := class[strings.LastIndexByte(class, '.')+1:]
	return "\n\tat " + class + "$Process.processElement(" + simple + ".java:87)" +
		"\n\tat org.apache.flink.streaming.api.operators.KeyedProcessOperator.processElement(KeyedProcessOperator.java:83)" +
		"\n\tat org.apache.flink.streaming.runtime.io.StreamOneInputProcessor.processInput(StreamOneInputProcessor.java:65)" +
		"\n\tat org.apache.flink.streaming.runtime.tasks.StreamTask.processInput(StreamTask.java:638)" +
		"\n\tat org.apache.flink.runtime.taskmanager.Task.doRun(Task.java:751)" +
		"\n\tat java.base/java.lang.Thread.run(Thread.java:840)"
}

// java is the strategy as Flink prints it.
func (s restartStrategy) java() string {
	switch s.kind {
	case "none":
		return "NoRestartBackoffTimeStrategy"
	case "fixed-delay":
		return "FixedDelayRestartBackoffTimeStrategy(maxNumberRestartAttempts=" + strconv.Itoa(s.attempts) +
			", backoffTimeMS=" + strconv.FormatInt(s.delay.Milliseconds(), 10) + ")"
	case "failure-rate":
		return "FailureRateRestartBackoffTimeStrategy(FailureRateRestartBackoffTimeStrategy(failuresIntervalMS=" +
			strconv.FormatInt(s.interval.Milliseconds(), 10) + ",backoffTimeMS=" + strconv.FormatInt(
			s.delay.Milliseconds(), 10,
		) +
			",maxFailuresPerInterval=" + strconv.Itoa(s.attempts) + "))"
	}
	return "ExponentialDelayRestartBackoffTimeStrategy(initialBackoffMS=" + strconv.FormatInt(
		s.initial.Milliseconds(), 10,
	) +
		", maxBackoffMS=" + strconv.FormatInt(s.most.Milliseconds(), 10) + ", attemptsBeforeResetBackoff=" +
		strconv.Itoa(s.attempts) + ")"
}

// resources is what a deployment takes, from its specification.
func resources(spec cmf.Object, parallelism int) cmf.ResourceUsageSummary {
	slots, err := strconv.Atoi(spec.String("flinkConfiguration", "taskmanager.numberOfTaskSlots"))
	if err != nil || slots < 1 {
		slots = 1
	}
	managers := (parallelism + slots - 1) / slots
	if n, ok := spec.Int("taskManager", "replicas"); ok && n > 0 {
		managers = int(n)
	}
	return cmf.ResourceUsageSummary{
		JobManager:  usage(spec.Object("jobManager", "resource"), 1),
		TaskManager: usage(spec.Object("taskManager", "resource"), managers),
	}
}

// usage is the sum over all processes of a role.
func usage(resource cmf.Object, count int) *cmf.ResourceUsage {
	cpu, err := strconv.ParseFloat(resource.String("cpu"), 64)
	if err != nil || cpu <= 0 || math.IsInf(cpu, 0) || math.IsNaN(cpu) {
		cpu = 1
	}
	memory := parseMemory(resource.String("memory"))
	return &cmf.ResourceUsage{CPU: cpu * float64(count), Memory: memory * int64(count), Count: count}
}

// parseMemory reads "1024m", "2g", "2Gi" or bytes; 1 GiB when there is none.
func parseMemory(text string) int64 {
	text = strings.TrimSpace(strings.ToLower(text))
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz ")
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n <= 0 || n > 1e15 {
		return 1 << 30
	}
	unit := strings.TrimSpace(text[len(digits):]) + " "
	shift := map[byte]uint{'k': 10, 'm': 20, 'g': 30, 't': 40}[unit[0]]
	return int64(n * float64(int64(1)<<shift))
}
