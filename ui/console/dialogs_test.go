package console

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"drey/ui/uitest"
	"drey/views/clean"
	"drey/views/dialog"
)

// many answers with n objects of every kind, every other one in another
// environment; those with an odd number are suspended or stopped.
func many(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/cmf/api/v1/"), "/")
		w.Header().Set("Content-Type", "application/json")
		collection, environment := parts[len(parts)-1], ""
		if len(parts) > 1 && parts[0] == "environments" {
			environment = parts[1]
		}
		one := (len(parts)%2 == 0) != (parts[0] == "catalogs") // catalogs/kafka is a collection
		if object := objectOf(parts[max(len(parts)-2, 0)], environment, parts[len(parts)-1]); object != "" && one {
			_, _ = fmt.Fprint(w, object)
			return
		}
		var items []string
		if r.URL.Query().Get("page") == "0" {
			items = listFor(collection, environment, n)
		}
		_, _ = fmt.Fprintf(w, `{"metadata":{"size":%d},"items":[%s]}`, len(items), strings.Join(items, ","))
	}
}

func listFor(collection, environment string, n int) (items []string) {
	if collection == "environments" {
		return []string{`{"name":"prod"}`, `{"name":"staging"}`}
	}
	for i := range n {
		if environment == "" || (environment == "prod") == (i%2 == 0) {
			if object := objectOf(collection, environment, fmt.Sprintf(
				"%s-%03d", strings.TrimSuffix(collection, "s"), i,
			)); object != "" {
				items = append(items, object)
			}
		}
	}
	return items
}

// objectOf is the object of a collection with a name, "" for no such collection.
func objectOf(collection, environment, name string) string {
	odd := len(name) > 0 && (name[len(name)-1]-'0')%2 == 1
	state, job, phase := "running", "RUNNING", "RUNNING"
	if odd {
		state, job, phase = "suspended", "FINISHED", "STOPPED"
	}
	life := map[bool]string{true: "SUSPENDED", false: "STABLE"}[odd]
	meta := fmt.Sprintf(
		`"metadata":{"name":%q,"uid":"%s/%s","creationTimestamp":"2026-03-04T11:00:00Z"}`, name, environment, name,
	)
	switch collection {
	case "applications":
		return fmt.Sprintf(
			`{%s,"spec":{"job":{"state":%q,"upgradeMode":"savepoint"}},"status":{"lifecycleState":%q,"jobStatus":{"state":%q}}}`,
			meta, state, life, job,
		)
	case "statements":
		return fmt.Sprintf(
			`{%s,"spec":{"statement":"SELECT 1","computePoolName":"p","stopped":%v},"status":{"phase":%q}}`, meta, odd,
			phase,
		)
	case "compute-pools":
		return fmt.Sprintf(`{%s,"spec":{"type":"DEDICATED"},"status":{"phase":"DEDICATED"}}`, meta)
	case "savepoints":
		return fmt.Sprintf(`{%s,"spec":{},"status":{"state":"COMPLETED","path":"s3://s/%s"}}`, meta, name)
	case "kafka", "databases", "secrets":
		return fmt.Sprintf(`{%s,"spec":{}}`, meta)
	case "secret-mappings":
		return fmt.Sprintf(`{%s,"spec":{"secretName":"secret-000"}}`, meta)
	}
	return ""
}

var dialogScenes = []struct {
	name string
	path []string // keys that go there
	wait string
	key  string
}{
	{"suspend-start", []string{"2"}, "application-000", "s"},
	{"savepoint", []string{"2"}, "application-000", "S"},
	{"delete-application", []string{"2"}, "application-000", "D"},
	{"stop", []string{"3"}, "statement-000", "x"},
	{"stop-resume", []string{"3"}, "statement-000", "s"},
	{"delete-statement", []string{"3"}, "statement-000", "D"},
	{"delete-pool", []string{"4"}, "compute-pool-000", "D"},
	{"delete-savepoint", []string{"5"}, "savepoint-000", "D"},
	{"delete-catalog", []string{"6"}, "kafka-000", "D"},
	{"delete-database", []string{"6", "enter"}, "database-000", "D"},
	{"delete-secret", []string{"7"}, "secret-000", "D"},
	{"delete-mapping", []string{"7", "enter"}, "secret-mapping-000", "D"},
}

// TestDialogsOfAnySize holds every dialog about 1, 6 and 200 targets: the
// question, its input and how to answer are always in sight.
func TestDialogsOfAnySize(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 6, 200} {
		c, handler := badServer(t)
		answers := many(n)
		handler.Store(&answers)
		for _, scene := range dialogScenes {
			t.Run(fmt.Sprintf("%s-%d", scene.name, n), func(t *testing.T) {
				d := open(t, c, 140, 40, nil)
				d.WaitForText("application-000", "live")
				d.Press(scene.path[0])
				d.WaitForText("-000")
				d.Press(scene.path[1:]...)
				d.WaitForText(scene.wait)
				d.WaitFor(func(s string) bool {
					return !strings.Contains(s, "still waiting") && !strings.Contains(s, "more are coming")
				})
				d.Press("ctrl+a", scene.key)
				root := d.Model().(*Root)
				d.WaitFor(func(s string) bool {
					return root.over != nil && !strings.Contains(s, "looking at it again")
				})
				holdSizes(t, d, root, fmt.Sprintf("dialog-%s-%d", scene.name, n))
			})
		}
	}
}

func holdSizes(t *testing.T, d *uitest.Driver, root *Root, name string) {
	t.Helper()
	q := root.over.(*dialog.Dialog)
	for _, size := range sizes {
		d.Resize(size[0], size[1])
		box := q.Box()
		text := clean.Plain(strings.Join(box, "\n"))
		if !strings.Contains(text, "Cancel") && !strings.Contains(text, "Close") ||
			!strings.Contains(text, "esc leaves") {
			t.Errorf("%v: how to answer is out of sight:\n%s", size, text)
		}
		d.GoldenText(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), text)
		d.CheckSize(size[0], size[1])
	}
}
