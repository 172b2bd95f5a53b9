package embedded

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"drey/client/cmf"
	"drey/server/engine"
)

// Keys of spec.flinkConfiguration that tell a stand-in what to do. Durations
// are written as Flink's: "30 s", "1 min", "500 ms", "10min".
const (
	// KeyDeployTime is how long until the job runs (default 3 s).
	KeyDeployTime = "drey.stand-in.deploy-time"
	// KeyNeverStarts (true) keeps the pods from starting, as a wrong image does.
	KeyNeverStarts = "drey.stand-in.never-starts"
	// KeyFailAfter is how long the job runs before it fails, after each start.
	KeyFailAfter = "drey.stand-in.fail-after"
	// KeyFailTimes is how often it fails (default: always).
	KeyFailTimes = "drey.stand-in.fail-times"
	// KeyException is the failure, "class: message"; more lines are kept as they are.
	KeyException = "drey.stand-in.exception"
	// KeyFinishAfter is how long the job runs until it is finished.
	KeyFinishAfter = "drey.stand-in.finish-after"
	// KeySavepointTime is how long a savepoint takes (default 1500 ms).
	KeySavepointTime = "drey.stand-in.savepoint-time"
	// KeySavepointFails (true) has every savepoint fail.
	KeySavepointFails = "drey.stand-in.savepoint-fails"
	// KeyLoseSavepoint (true) completes savepoints without leaving files.
	KeyLoseSavepoint = "drey.stand-in.lose-savepoint"
	// KeyRate is the records a second that the job counts (default 1000 per parallelism).
	KeyRate = "drey.stand-in.records-per-second"
	// KeyStateSize is the size of the job's state in bytes (default: grows with the records).
	KeyStateSize = "drey.stand-in.state-size"
	// KeyLoad is how the work is among the subtasks that flink-web-ui shows: even (the
	// default), skewed, or back-pressured.
	KeyLoad = "drey.stand-in.load"
	// KeyCheckpointFails (true) has every checkpoint fail.
	KeyCheckpointFails = "drey.stand-in.checkpoint-fails"
)

// behaviour is a specification as a stand-in understands it. The keys of
// Flink's restart strategies and of checkpointing are honoured as well.
type behaviour struct {
	name        string
	deploy      time.Duration
	neverStarts bool
	failAfter   time.Duration // 0: never
	failTimes   int           // 0: always
	finishAfter time.Duration // 0: never
	exception   string
	restart     restartStrategy
	checkpoints time.Duration // 0: none
	savepoint   savepointBehaviour
	rate        float64
	parallelism int
	load        string
	// checkpointFails has no checkpoint be completed.
	checkpointFails bool
}

type savepointBehaviour struct {
	takes       time.Duration
	fails, lost bool
	size        int64
	directory   string
	entryClass  string
}

type configuration struct{ object cmf.Object }

func (c configuration) text(keys ...string) string {
	for _, key := range keys {
		if value := c.object.String(key); value != "" {
			return value
		}
	}
	return ""
}

func (c configuration) duration(fallback time.Duration, keys ...string) (time.Duration, error) {
	text := c.text(keys...)
	if text == "" {
		return fallback, nil
	}
	d, err := engine.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", keys[0], err)
	}
	return d, nil
}

func (c configuration) flag(key string) bool { return strings.EqualFold(c.text(key), "true") }

func (c configuration) number(fallback float64, keys ...string) float64 {
	n, err := strconv.ParseFloat(c.text(keys...), 64)
	if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
		return fallback
	}
	return n
}

// readBehaviour understands a specification; an error is a value that Flink
// would not take either.
func readBehaviour(spec cmf.Object, application string) (behaviour, error) {
	c := configuration{spec.Object("flinkConfiguration")}
	app := cmf.FlinkApplication{Spec: spec}
	b := behaviour{
		neverStarts: c.flag(KeyNeverStarts), failTimes: int(c.number(0, KeyFailTimes)),
		exception: c.text(KeyException), parallelism: app.Parallelism(),
		name: jobName(c, spec, application), load: strings.ToLower(c.text(KeyLoad)),
		checkpointFails: c.flag(KeyCheckpointFails),
	}
	if b.load != "" && b.load != loadEven && b.load != loadSkewed && b.load != loadBackPressured {
		return b, fmt.Errorf("%s %q: want %s, %s or %s", KeyLoad, b.load, loadEven, loadSkewed, loadBackPressured)
	}
	b.savepoint = savepointBehaviour{
		fails: c.flag(KeySavepointFails), lost: c.flag(KeyLoseSavepoint), size: int64(c.number(0, KeyStateSize)),
		directory:  c.text("execution.checkpointing.savepoint-dir", "state.savepoints.dir"),
		entryClass: spec.String("job", "entryClass"),
	}
	b.rate = c.number(1000*float64(b.parallelism), KeyRate)
	for _, d := range []struct {
		into     *time.Duration
		fallback time.Duration
		key      string
	}{
		{&b.deploy, 3 * time.Second, KeyDeployTime},
		{&b.failAfter, 0, KeyFailAfter},
		{&b.finishAfter, 0, KeyFinishAfter},
		{&b.savepoint.takes, 1500 * time.Millisecond, KeySavepointTime},
		{&b.checkpoints, 0, "execution.checkpointing.interval"},
	} {
		var err error
		if *d.into, err = c.duration(d.fallback, d.key); err != nil {
			return b, err
		}
	}
	var err error
	b.restart, err = readRestart(c)
	return b, err
}

func jobName(c configuration, spec cmf.Object, application string) string {
	if name := c.text("pipeline.name"); name != "" {
		return name
	}
	class := spec.String("job", "entryClass")
	if i := strings.LastIndexByte(class, '.'); i >= 0 && i < len(class)-1 {
		return class[i+1:]
	}
	if class != "" {
		return class
	}
	return application
}
