package kinds

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drey/server"
	"drey/server/servertest"
)

func TestSecretScenarios(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Environment("staging")
	servertest.Play(w, []scenario{
		{"none yet", "GET", "secrets", "", nil, 200, `"items":[]`},
		{"no data", "POST", "secrets", servertest.Secret("kafka", ""), nil, 400, "spec.data: must not be empty"},
		{"a number", "POST", "secrets", servertest.Secret("kafka", `"k":1`), nil, 400, "spec.data: want a string"},
		{"a wrong name", "POST", "secrets", servertest.Secret("Kafka", `"k":"v"`), nil, 400, "metadata.name"},
		{"a mask of nothing", "POST", "secrets", servertest.Secret("kafka", `"k":"****"`), nil, 400, "is a mask"},
		{"a create", "POST", "secrets", servertest.Secret("kafka", `"user":"u","password":"hunter2"`), nil, 200, `"data":{"password":"****","user":"****"} & "version":"1" & "environments":[]`},
		{"a second", "POST", "secrets", servertest.Secret("kafka", `"k":"v"`), nil, 409, "Secret 'kafka' already exists"},
		{"get", "GET", "secrets/kafka", "", nil, 200, `"password":"****"`},
		{"a missing one", "GET", "secrets/nope", "", nil, 404, "Secret 'nope' not found"},
		{"an update", "PUT", "secrets/kafka", servertest.Secret("kafka", `"user":"****","password":"swordfish"`), nil, 200, `"version":"2" & "user":"****"`},
		{"an update of none", "PUT", "secrets/nope", servertest.Secret("nope", `"k":"v"`), nil, 404, ""},
		{"a new key as a mask", "PUT", "secrets/kafka", servertest.Secret("kafka", `"new":"****"`), nil, 422, "spec.data.new: is a mask"},
		{"another name", "PUT", "secrets/kafka", servertest.Secret("other", `"k":"v"`), nil, 400, "is not the name of the path"},
		{"mappings of no environment", "GET", "environments/nope/secret-mappings", "", nil, 404, "Environment 'nope' not found"},
		{"a mapping of nothing", "POST", servertest.Mappings, servertest.Mapping("conn", "nope"), nil, 404, "Secret 'nope' not found"},
		{"a mapping without secret", "POST", servertest.Mappings, servertest.Mapping("conn", ""), nil, 400, "spec.secretName"},
		{"a mapping", "POST", servertest.Mappings, servertest.Mapping("conn", "kafka"), nil, 200, `"secretName":"kafka"`},
		{"the same again", "POST", servertest.Mappings, servertest.Mapping("conn", "kafka"), nil, 409, "already exists"},
		{"another environment", "POST", "environments/staging/secret-mappings", servertest.Mapping("conn", "kafka"), nil, 200, ""},
		{"get", "GET", servertest.Mappings + "/conn", "", nil, 200, `"name":"conn"`},
		{"list", "GET", servertest.Mappings, "", nil, 200, `"metadata":{"size":1}`},
		{"a missing one", "GET", servertest.Mappings + "/nope", "", nil, 404, ""},
		{"update", "PUT", servertest.Mappings + "/conn", servertest.Mapping("conn", "kafka"), nil, 200, ""},
		{"update without secret", "PUT", servertest.Mappings + "/conn", servertest.Mapping("conn", ""), nil, 400, ""},
		{"update of none", "PUT", servertest.Mappings + "/nope", servertest.Mapping("nope", "kafka"), nil, 404, ""},
		{"the secret says where", "GET", "secrets/kafka", "", nil, 200, `"environments":["prod","staging"]`},
		{"found by where", "GET", "secrets?search=STAG&searchScope=environments", "", nil, 200, `"size":1}`},
		{"the environment says which", "GET", "environments/prod", "", nil, 200, `"secrets":{"conn":"kafka"}`},
		{"held", "DELETE", "secrets/kafka", "", nil, 409, "Secret 'kafka' is still mapped to environments [prod, staging]. Remove those mappings first."},
		{"unmapped", "DELETE", servertest.Mappings + "/conn", "", nil, 204, ""},
		{"unmapped again", "DELETE", servertest.Mappings + "/conn", "", nil, 404, ""},
		{"with its environment", "DELETE", "environments/staging?force=true", "", nil, 204, ""},
		{"mapped no more", "GET", "secrets/kafka", "", nil, 200, `"environments":[]`},
		{"delete", "DELETE", "secrets/kafka", "", nil, 204, ""},
		{"delete again", "DELETE", "secrets/kafka", "", nil, 404, ""},
	})
	if rec := w.Call("GET", "environments", ""); strings.Contains(rec.Body.String(), "secrets") {
		t.Errorf("the list of environments has secrets: %s", rec.Body)
	}
}

func TestCatalogScenarios(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Environment("staging")
	w.Must("POST", "secrets", servertest.Secret("s", `"k":"v"`))
	w.Must("POST", servertest.Mappings, servertest.Mapping("sr", "s"))
	w.Must("POST", "environments/staging/secret-mappings", servertest.Mapping("kafka", "s"))
	inline := `"kafkaClusters":[{"databaseName":"orders","connectionConfig":{"bootstrap.servers":"k:9092"},` +
		`"connectionSecretId":"kafka"}]`
	servertest.Play(w, []scenario{
		{"none yet", "GET", "catalogs/kafka", "", nil, 200, `"items":[]`},
		{"no connection", "POST", "catalogs/kafka", `{"apiVersion":"v","kind":"KafkaCatalog","metadata":{"name":"shop"},"spec":{"srInstance":{}}}`, nil, 400, "spec.srInstance.connectionConfig"},
		{"a database twice", "POST", "catalogs/kafka", servertest.Catalog("shop", "", `"kafkaClusters":[{"databaseName":"a","connectionConfig":{"b":"c"}},{"databaseName":"a","connectionConfig":{"b":"c"}}]`), nil, 422, "twice"},
		{"a create", "POST", "catalogs/kafka", servertest.Catalog("shop", "sr", inline), nil, 200, `"environmentsWithAccess":["prod"]`},
		{"a second", "POST", "catalogs/kafka", servertest.Catalog("shop", "", ""), nil, 409, "Kafka catalog 'shop' already exists"},
		{"one for all", "POST", "catalogs/kafka", servertest.Catalog("open", "", ""), nil, 200, `"environmentsWithAccess":["prod","staging"]`},
		{"list", "GET", "catalogs/kafka?sort=name,desc", "", nil, 200, `"metadata":{"size":2}`},
		{"get", "GET", "catalogs/kafka/shop", "", nil, 200, `"databaseName":"orders"`},
		{"a missing one", "GET", "catalogs/kafka/nope", "", nil, 404, ""},
		{"databases of none", "GET", "catalogs/kafka/nope/databases", "", nil, 404, "Kafka catalog 'nope' not found"},
		{"the inline database, which nobody sees whole", "GET", servertest.Databases + "/orders", "", nil, 200, `"environmentsWithAccess":[]`},
		{"is changed in its catalog", "PUT", servertest.Databases + "/orders", servertest.Database("orders", "", ""), nil, 422, "change it there"},
		{"is removed in its catalog", "DELETE", servertest.Databases + "/orders", "", nil, 409, "remove it there"},
		{"a database", "POST", servertest.Databases, servertest.Database("clicks", "", `"ddlEnvironments":["prod"]`), nil, 200, `"environmentsWithAccess":["prod"]`},
		{"a second", "POST", servertest.Databases, servertest.Database("clicks", "", ""), nil, 409, "already exists"},
		{"of a stranger", "POST", servertest.Databases, servertest.Database("other", "", `"ddlEnvironments":["nope"]`), nil, 422, "Environment 'nope' not found"},
		{"without connection", "POST", servertest.Databases, `{"apiVersion":"v","kind":"KafkaDatabase","metadata":{"name":"x"},"spec":{"kafkaCluster":{}}}`, nil, 400, "connectionConfig"},
		{"list", "GET", servertest.Databases, "", nil, 200, `"metadata":{"size":2}`},
		{"a missing one", "GET", servertest.Databases + "/nope", "", nil, 404, ""},
		{"update", "PUT", servertest.Databases + "/clicks", servertest.Database("clicks", "kafka", ""), nil, 200, ""},
		{"update, wrong", "PUT", servertest.Databases + "/clicks", `{"apiVersion":"v","kind":"KafkaDatabase","metadata":{"name":"clicks"},"spec":{"kafkaCluster":7}}`, nil, 400, "spec.kafkaCluster"},
		{"update of none", "PUT", servertest.Databases + "/nope", servertest.Database("nope", "", ""), nil, 404, ""},
		{"held", "DELETE", "catalogs/kafka/shop", "", nil, 409, "contains databases and cannot be deleted: 1 database (clicks)"},
		{"an inline one of a name that is taken", "PUT", "catalogs/kafka/shop", servertest.Catalog("shop", "", strings.ReplaceAll(inline, "orders", "clicks")), nil, 422, "exists by itself"},
		{"update", "PUT", "catalogs/kafka/shop", servertest.Catalog("shop", "", strings.ReplaceAll(inline, "orders", "carts")), nil, 200, ""},
		{"update, wrong", "PUT", "catalogs/kafka/shop", `{"apiVersion":"v","kind":"KafkaCatalog","metadata":{"name":"shop"},"spec":[]}`, nil, 400, ""},
		{"update of none", "PUT", "catalogs/kafka/nope", servertest.Catalog("nope", "", ""), nil, 404, ""},
		{"the old one went", "GET", servertest.Databases + "/orders", "", nil, 404, ""},
		{"the new one came", "GET", servertest.Databases + "/carts", "", nil, 200, `"kafkaCluster"`},
		{"delete", "DELETE", servertest.Databases + "/clicks", "", nil, 204, ""},
		{"delete again", "DELETE", servertest.Databases + "/clicks", "", nil, 404, ""},
		{"the inline ones go with it", "DELETE", "catalogs/kafka/shop", "", nil, 204, ""},
		{"delete again", "DELETE", "catalogs/kafka/shop", "", nil, 404, ""},
		{"counted", "GET", "resource-information", "", nil, 200, `"catalogs":1 & "secrets":1 & "kubernetesClusters":{"CONNECTED":1}`},
		{"licence", "GET", "c3/license", "", nil, 200, `"status":"VALID"`},
	})
	if rec := w.Call("PUT", "catalogs/kafka/open", servertest.Catalog("open", "", "")); rec.Body.Len() != 0 {
		t.Errorf("PUT of a catalog answers %q, want an empty body", rec.Body)
	}
}

func TestClusterScenarios(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	servertest.Play(w, []scenario{
		{"the hub is there", "GET", servertest.Clusters, "", nil, 200, `"name":"default-k8s-cluster" & "state":"CONNECTED"`},
		{"filtered", "GET", servertest.Clusters + "?filter=state=DECOMMISSIONED", "", nil, 200, `"items":[]`},
		{"a missing one", "GET", servertest.Clusters + "/nope", "", nil, 404, "Kubernetes cluster 'nope' not found"},
		{"an update of none", "PUT", servertest.Clusters + "/nope", `{"apiVersion":"v","kind":"KubernetesCluster","metadata":{"name":"nope"},"spec":{}}`, nil, 404, ""},
		{"none is made", "POST", servertest.Clusters, servertest.Cluster("", ""), nil, 405, ""},
		{"none is deleted", "DELETE", servertest.Hub, "", nil, 405, ""},
		{"labels", "PUT", servertest.Hub, servertest.Cluster("", `"labels":{"a":"b"}`), nil, 200, `"labels":{"a":"b"} & "lifecycleState":"ACTIVE"`},
		{"null keeps", "PUT", servertest.Hub, servertest.Cluster("", `"labels":null`), nil, 200, `"labels":{"a":"b"}`},
		{"found by label", "GET", servertest.Clusters + "?filter=labels.a=b", "", nil, 200, `"size":1}`},
		{"an odd state", "PUT", servertest.Hub, servertest.Cluster(`"lifecycleState":"ODD"`, ""), nil, 400, "must be ACTIVE or DECOMMISSIONED"},
		{"in use", "PUT", servertest.Hub, servertest.Cluster(`"lifecycleState":"DECOMMISSIONED"`, ""), nil, 400, "Cannot decommission cluster 'default-k8s-cluster': referenced by environments [prod]"},
		{"freed", "DELETE", "environments/prod?force=true", "", nil, 204, ""},
		{"decommissioned", "PUT", servertest.Hub, servertest.Cluster(`"lifecycleState":"DECOMMISSIONED"`, ""), nil, 200, `"state":"DECOMMISSIONED"`},
		{"takes nothing", "POST", "environments", `{"name":"prod","kubernetesNamespace":"x"}`, nil, 400, "is DECOMMISSIONED and cannot accept workloads"},
		{"active again", "PUT", servertest.Hub, servertest.Cluster(`"lifecycleState":"ACTIVE"`, ""), nil, 200, ""},
		{"takes again", "POST", "environments", `{"name":"prod","kubernetesNamespace":"x","kubernetesClusterName":"default-k8s-cluster"}`, nil, 200, ""},
	})
	if rec := w.Call("PUT", servertest.Hub, servertest.Cluster("", `"labels":{}`)); strings.Contains(
		rec.Body.String(), `"a":"b"`,
	) {
		t.Errorf("{} does not clear the labels: %s", rec.Body)
	}
}

func TestSecretsAreNowhereInTheClear(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	s, err := server.Open(t.Context(), server.Config{
		Listen: "127.0.0.1:0", Data: dir,
		Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &servertest.World{T: t, Dir: dir, Clock: &servertest.Clock{}, Server: s}
	w.Must("POST", "secrets", servertest.Secret("kafka", `"password":"hunter2-in-the-clear"`))
	w.Call("POST", "secrets", servertest.Secret("kafka", `"password":"hunter2-in-the-clear"`))
	w.Call("PUT", "secrets/kafka", servertest.Secret("kafka", `"password":"hunter2-in-the-clear","n":1`))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log has it: %s", log.String())
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte("hunter2")) {
			t.Errorf("%s has it", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "secret.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a key file with mode 0600", info, err)
	}
}

func TestAWrongKeyIsRefusedAtTheStart(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Must("POST", "secrets", servertest.Secret("kafka", `"k":"v"`))
	if err := w.Server.Close(); err != nil {
		t.Fatal(err)
	}
	config := server.Config{Listen: "127.0.0.1:0", Data: w.Dir}
	for name, key := range map[string]string{
		"is not the one": strings.Repeat("ab", 32), "want 16, 24 or 32 bytes": "short",
	} {
		config.SecretKey = key
		if _, err := server.Open(t.Context(), config); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	config.SecretKey, config.SecretKeyFile = "", filepath.Join(w.Dir, "nope")
	if _, err := server.Open(t.Context(), config); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that the named file is missing", err)
	}
	w.Open()
	if got := w.Must("GET", "secrets/kafka", "").String("metadata", "name"); got != "kafka" {
		t.Errorf("got %q", got)
	}
}
