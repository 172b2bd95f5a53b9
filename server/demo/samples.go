package demo

import (
	"time"

	"drey/server/engine/embedded"
)

// sample is one application as the demo describes it.
type sample struct {
	env         string
	name, class string
	team, tier  string
	parallelism int
	mode        string
	age         time.Duration // since it was created
	running     time.Duration // since the last deployment
	upgrades    int           // deployments before that
	savepoints  []time.Duration
	conf        map[string]string
	suspended   bool
	waits       time.Duration // until it is first deployed
}

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// restartsForever fails again and again while one looks.
var restartsForever = map[string]string{
	embedded.KeyFailAfter:                         "32 s",
	"restart-strategy.type":                       "fixed-delay",
	"restart-strategy.fixed-delay.attempts":       "2147483647",
	"restart-strategy.fixed-delay.delay":          "8 s",
	"execution.checkpointing.tolerable-failed-at": "3",
	embedded.KeyException: `org.apache.flink.util.FlinkRuntimeException: Exceeded checkpoint tolerable failure threshold.
	at org.apache.flink.runtime.checkpoint.CheckpointFailureManager.checkFailureAgainstCounter(CheckpointFailureManager.java:218)
	at org.apache.flink.runtime.checkpoint.CheckpointFailureManager.handleJobLevelCheckpointException(CheckpointFailureManager.java:191)
	at org.apache.flink.runtime.checkpoint.CheckpointCoordinator.abortPendingCheckpoint(CheckpointCoordinator.java:2155)
	at java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136)
	at java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.io.IOException: Could not flush to file and close the file system output stream to s3://flink-state/fraud-scores/checkpoints
	at org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory$FsCheckpointStateOutputStream.closeAndGetHandle(FsCheckpointStreamFactory.java:373)
	... 12 more
Caused by: com.amazonaws.services.s3.model.AmazonS3Exception: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)
	at com.amazonaws.http.AmazonHttpClient$RequestExecutor.handleErrorResponse(AmazonHttpClient.java:1879)
	... 20 more`,
}

var failedForGood = map[string]string{
	embedded.KeyFailAfter:                   "95 s",
	"restart-strategy.type":                 "fixed-delay",
	"restart-strategy.fixed-delay.attempts": "3",
	"restart-strategy.fixed-delay.delay":    "10 s",
	embedded.KeyException: `java.lang.RuntimeException: Failed to deserialize record of topic payments, partition 7, offset 48120933
	at io.acme.payments.PaymentDeserializer.deserialize(PaymentDeserializer.java:61)
	at org.apache.flink.connector.kafka.source.reader.deserializer.KafkaValueOnlyDeserializationSchemaWrapper.deserialize(KafkaValueOnlyDeserializationSchemaWrapper.java:51)
	at org.apache.flink.connector.kafka.source.reader.KafkaRecordEmitter.emitRecord(KafkaRecordEmitter.java:53)
	at org.apache.flink.streaming.runtime.tasks.StreamTask.processInput(StreamTask.java:638)
	at java.base/java.lang.Thread.run(Thread.java:840)
Caused by: io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException: Schema 1187 not found; error code: 40403
	at io.confluent.kafka.schemaregistry.client.rest.RestService.sendHttpRequest(RestService.java:336)
	... 9 more`,
}

// applications are the samples: each state there is, in three environments.
func applications() []sample {
	return []sample{
		{env: "prod", name: "orders", class: "io.acme.orders.OrdersJob", team: "checkout", tier: "1", parallelism: 8, mode: "savepoint", age: 210 * day, running: 9*day + 4*hour, upgrades: 6, savepoints: []time.Duration{3 * hour, 2 * day, 8 * day}, conf: map[string]string{embedded.KeyLoad: "back-pressured"}},
		{env: "prod", name: "payments", class: "io.acme.payments.PaymentsJob", team: "checkout", tier: "1", parallelism: 4, mode: "savepoint", age: 190 * day, running: 3 * hour, upgrades: 4, savepoints: []time.Duration{3*hour - 30*time.Second}, conf: failedForGood},
		{env: "prod", name: "fraud-scores", class: "io.acme.risk.FraudScoresJob", team: "risk", tier: "1", parallelism: 16, mode: "last-state", age: 120 * day, running: 5 * hour, upgrades: 3, conf: restartsForever},
		{env: "prod", name: "clicks-enrich", class: "io.acme.clicks.EnrichJob", team: "growth", tier: "2", parallelism: 12, mode: "last-state", age: 88 * day, running: 41 * day, upgrades: 2, conf: map[string]string{embedded.KeyLoad: "skewed"}},
		{env: "prod", name: "sessions-15m", class: "io.acme.clicks.SessionWindowJob", team: "growth", tier: "2", parallelism: 6, mode: "savepoint", age: 64 * day, running: 12 * day, upgrades: 2, savepoints: []time.Duration{day, 11 * day}, conf: map[string]string{embedded.KeyCheckpointFails: "true"}},
		{env: "prod", name: "shipping-eta", class: "io.acme.logistics.ShippingEtaJob", team: "logistics", tier: "2", parallelism: 4, mode: "savepoint", age: 51 * day, running: 30 * day, upgrades: 1, suspended: true, savepoints: []time.Duration{2 * day}},
		{env: "prod", name: "user-profiles", class: "io.acme.profiles.UserProfilesJob", team: "growth", tier: "2", parallelism: 8, mode: "last-state", age: 140 * day, running: 22 * day, upgrades: 5, savepoints: []time.Duration{6 * day}},
		{env: "prod", name: "inventory-sync", class: "io.acme.logistics.InventorySyncJob", team: "logistics", tier: "1", parallelism: 2, mode: "stateless", age: 33 * day, running: 33 * day},
		{env: "prod", name: "top-speed", class: "org.apache.flink.streaming.examples.windowing.TopSpeedWindowing", team: "fleet", tier: "3", parallelism: 2, mode: "stateless", age: 4 * day, running: 4 * day},
		{env: "staging", name: "orders", class: "io.acme.orders.OrdersJob", team: "checkout", tier: "1", parallelism: 2, mode: "savepoint", age: 200 * day, running: 20 * hour, upgrades: 9, savepoints: []time.Duration{5 * hour}},
		{env: "staging", name: "payments", class: "io.acme.payments.PaymentsJob", team: "checkout", tier: "1", parallelism: 2, mode: "savepoint", age: 180 * day, running: 2 * day, upgrades: 7},
		{env: "staging", name: "fraud-scores-v2", class: "io.acme.risk.FraudScoresJob", team: "risk", tier: "2", parallelism: 4, mode: "savepoint", age: 6 * time.Second, running: 4 * time.Second, conf: map[string]string{embedded.KeyDeployTime: "75 s"}},
		{env: "staging", name: "clicks-enrich", class: "io.acme.clicks.EnrichJob", team: "growth", tier: "2", parallelism: 2, mode: "last-state", age: 80 * day, running: 6 * hour, upgrades: 4},
		{env: "staging", name: "price-changes", class: "io.acme.catalog.PriceChangesJob", team: "catalog", tier: "2", parallelism: 2, mode: "stateless", age: 27 * hour, running: 26 * hour, conf: map[string]string{embedded.KeyNeverStarts: "true"}},
		{env: "staging", name: "backfill-orders", class: "io.acme.orders.BackfillJob", team: "checkout", tier: "3", parallelism: 16, mode: "stateless", age: 9 * hour, running: 9 * hour, conf: map[string]string{embedded.KeyFinishAfter: "87 min"}},
		{env: "development", name: "word-count", class: "org.apache.flink.streaming.examples.wordcount.WordCount", team: "platform", tier: "3", parallelism: 1, mode: "stateless", age: 12 * day, running: 12 * day, conf: map[string]string{embedded.KeyFinishAfter: "42 s"}},
		{env: "development", name: "state-machine", class: "org.apache.flink.streaming.examples.statemachine.StateMachineExample", team: "platform", tier: "3", parallelism: 2, mode: "savepoint", age: 17 * day, running: 15 * day, suspended: true, savepoints: []time.Duration{14 * day}},
		{env: "development", name: "sessions-15m", class: "io.acme.clicks.SessionWindowJob", team: "growth", tier: "3", parallelism: 1, mode: "savepoint", age: 6 * day, running: 2 * hour, upgrades: 12},
		{env: "development", name: "iot-alerts", class: "io.acme.iot.AlertsJob", team: "fleet", tier: "3", parallelism: 2, mode: "last-state", age: 3 * day, running: 50 * time.Minute, upgrades: 3, conf: map[string]string{embedded.KeyFailAfter: "10 min", embedded.KeyFailTimes: "2"}},
		{env: "development", name: "clicks-replay", class: "io.acme.clicks.ReplayJob", team: "growth", tier: "3", parallelism: 3, mode: "stateless", age: 2 * time.Second, waits: 12 * time.Second},
	}
}
