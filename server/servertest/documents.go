package servertest

import "encoding/json"

// Secret is a secret with members in JSON.
func Secret(name, data string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"Secret","metadata":{"name":"` + name + `"},"spec":{"data":{` +
		data + `}}}`
}

// Mapping maps a secret under a name.
func Mapping(name, secret string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"EnvironmentSecretMapping","metadata":{"name":"` + name +
		`"},"spec":{"secretName":"` + secret + `"}}`
}

// Catalog is a Kafka catalog with more members of its spec, in JSON.
func Catalog(name, secret, clusters string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"KafkaCatalog","metadata":{"name":"` + name + `"},"spec":{` +
		`"srInstance":{"connectionConfig":{"schema.registry.url":"http://sr:8081"}` + id(secret) + `}` +
		Comma(clusters) + `}}`
}

// Database is a Kafka database with more members of its spec, in JSON.
func Database(name, secret, more string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"KafkaDatabase","metadata":{"name":"` + name + `"},"spec":{` +
		`"kafkaCluster":{"connectionConfig":{"bootstrap.servers":"k:9092"}` + id(secret) + `}` + Comma(more) + `}}`
}

func id(secret string) string {
	if secret == "" {
		return ""
	}
	return `,"connectionSecretId":"` + secret + `"`
}

// Cluster is the default Kubernetes cluster with members of spec and metadata, in JSON.
func Cluster(spec, metadata string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"KubernetesCluster","metadata":{"name":"default-k8s-cluster"` +
		Comma(metadata) + `},"spec":{` + spec + `}}`
}

// Pool is a compute pool of a type, DEDICATED or SHARED.
func Pool(name, kind string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"ComputePool","metadata":{"name":"` + name + `"},` +
		`"spec":{"type":"` + kind + `","clusterSpec":{"flinkVersion":"v1_19"}}}`
}

// Application is an application's document; job and conf are members in JSON.
func Application(name, job, conf string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"FlinkApplication","metadata":{"name":"` + name + `"},"spec":{` +
		`"flinkVersion":"v1_20","image":"i","flinkConfiguration":{` + conf + `},"job":{"jarURI":"local:///x.jar"` +
		Comma(job) + `}}}`
}

// Comma is members in JSON behind others: nothing where there are none.
func Comma(s string) string {
	if s == "" {
		return ""
	}
	return "," + s
}

// Statement is a statement in the pool that the world of the tests makes.
func Statement(name, text string) string {
	raw, _ := json.Marshal(text)
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"Statement","metadata":{"name":"` + name + `"},` +
		`"spec":{"statement":` + string(raw) + `,"computePoolName":"pool"}}`
}

// Savepoint is a savepoint with members of its spec, in JSON.
func Savepoint(name, spec string) string {
	return `{"apiVersion":"cmf.confluent.io/v1","kind":"Savepoint","metadata":{"name":"` + name + `"},"spec":{` + spec +
		`}}`
}
