package embedded

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// flinkData is where what real Flink answered is, and its specification.
var flinkData = filepath.Join("..", "..", "..", "client", "flinkrest", "testdata")

// schemaOf is the schema of the answer to GET of a path of Flink's specification, with
// {names} as the specification has them.
func schemaOf(t *testing.T, doc *openapi3.T, path string) *openapi3.Schema {
	t.Helper()
	item := doc.Paths.Value(path)
	if item == nil || item.Get == nil {
		t.Fatalf("the specification has no GET %s", path)
	}
	return item.Get.Responses.Value("200").Value.Content.Get("application/json").Schema.Value
}

// breaches are where a document breaks a schema: the path in it without indices, and
// which rule. Flink writes null for what is not there and "NaN" for a number that is
// none (flink-verified.md §3), which its specification does not say.
func breaches(t *testing.T, schema *openapi3.Schema, text []byte) []string {
	t.Helper()
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var found []string
	var walk func(error)
	walk = func(err error) {
		var many openapi3.MultiError
		var one *openapi3.SchemaError
		switch {
		case errors.As(err, &many):
			for _, e := range many {
				walk(e)
			}
		case errors.As(err, &one) && (one.SchemaField == "nullable" || one.Value == "NaN"):
		case errors.As(err, &one):
			var at []string
			for _, part := range one.JSONPointer() {
				if strings.Trim(part, "0123456789") != "" {
					at = append(at, part)
				}
			}
			found = append(found, fmt.Sprintf("%s: %s (%s)", strings.Join(at, "."), one.SchemaField, one.Reason))
		default:
			found = append(found, err.Error())
		}
	}
	if err := schema.VisitJSON(document, openapi3.MultiErrors()); err != nil {
		walk(err)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// specified are what is asked of a stand-in: the operation of Flink's specification, its
// path, and the answer of a real Flink to it, "" where none was recorded.
func specified() []struct{ operation, path, recorded string } {
	vertex := vertexID(viewedID, 1)
	job, one := "jobs/"+viewedID, "/jobs/{jobid}"
	return []struct{ operation, path, recorded string }{
		{"/overview", "overview", "overview"},
		{"/config", "config", "config"},
		{"/jobs/overview", "jobs/overview", "jobs-overview-after"},
		{one, job, "job"},
		{one + "/config", job + "/config", "job-config"},
		{one + "/exceptions", job + "/exceptions", "failed-exceptions"},
		{one + "/checkpoints", job + "/checkpoints", "checkpoints"},
		{one + "/checkpoints/config", job + "/checkpoints/config", "checkpoints-config"},
		{one + "/checkpoints/details/{checkpointid}", job + "/checkpoints/details/59", "checkpoint"},
		{one + "/checkpoints/details/{checkpointid}/subtasks/{vertexid}", job + "/checkpoints/details/59/subtasks/" + vertex, "checkpoint-subtasks"},
		{one + "/vertices/{vertexid}", job + "/vertices/" + vertex, "vertex"},
		{one + "/vertices/{vertexid}/backpressure", job + "/vertices/" + vertex + "/backpressure", "backpressure"},
		{one + "/vertices/{vertexid}/accumulators", job + "/vertices/" + vertex + "/accumulators", ""},
		{"/taskmanagers", "taskmanagers", "taskmanagers"},
		{"/taskmanagers/{taskmanagerid}", "taskmanagers/clicks-taskmanager-1-1", "taskmanager"},
		{"/taskmanagers/{taskmanagerid}/logs", "taskmanagers/clicks-taskmanager-1-1/logs", ""},
		{"/jobmanager/logs", "jobmanager/logs", "jobmanager-logs"},
		{"/jobmanager/config", "jobmanager/config", "jobmanager-config"},
	}
}

// TestTheAnswersAreWhatFlinksSpecificationSays holds those of stand-ins, whatever their
// trouble is, against Flink's own specification. What real Flink breaks itself is no
// breach here.
func TestTheAnswersAreWhatFlinksSpecificationSays(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(flinkData, "rest_v1_dispatcher-2.2.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, conf := range []map[string]string{
		{},
		{KeyLoad: "even"},
		{KeyLoad: "skewed"},
		{KeyLoad: "back-pressured"},
		{KeyCheckpointFails: "true"},
		{KeyFailAfter: "59 m", KeyFailTimes: "1"},
		{KeyFailAfter: "10 s", "restart-strategy.type": "none"},
		{KeyNeverStarts: "true"},
		{KeyFinishAfter: "10 s"},
	} {
		m := viewOfStandIn(t, time.Hour, conf)
		checked := 0
		for _, c := range specified() {
			status, body, err := m.Do(t.Context(), "GET", "/"+c.path, nil, nil)
			if err == nil && status != 200 && len(conf) > 0 {
				continue // an ended job has no processes, and one that fails no such checkpoint
			}
			if err != nil || status != 200 {
				t.Errorf("%s: %d, %v", c.path, status, err)
				continue
			}
			got, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			schema := schemaOf(t, doc, c.operation)
			var known []string
			if c.recorded != "" {
				recorded, err := os.ReadFile(filepath.Join(flinkData, "flink-2.2.1", c.recorded+".json"))
				if err != nil {
					t.Fatal(err)
				}
				known = breaches(t, schema, recorded)
			}
			for _, b := range breaches(t, schema, got) {
				if !slices.Contains(known, b) {
					t.Errorf("%v: %s breaks Flink's specification at %s", conf, c.path, b)
				}
			}
		}
		if checked < 10 {
			t.Errorf("%v: only %d answers", conf, checked)
		}
	}
}
