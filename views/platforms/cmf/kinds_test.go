package cmf

import (
	"encoding/json"
	"strings"
	"testing"

	"drey/client"
	"drey/client/cmfapi"
	"drey/themes"
	"drey/views/resource"
)

// kindCase is an object as the server writes it, and how a row of its kind shows it.
type kindCase struct {
	name    string
	at      resource.Location
	object  string
	cells   string // TITLE=text of each that says something
	state   string // word and tone
	refused string // verb: reason of each action that may not be done, one a line
}

// TestARowOfEachKind is a table a kind: cells, state and refusals.
func TestARowOfEachKind(t *testing.T) {
	t.Parallel()
	api, err := cmfapi.New(client.Config{URL: "http://127.0.0.1:1"}) // rows ask nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(api.Close)
	prod := resource.Location{Scope: "prod"}
	of := resource.Location{Scope: "prod", Parent: "orders"}
	ofKind(t, Applications(api), []kindCase{
		{
			name: "running", at: prod,
			object: `{"metadata":{"name":"orders"},
				"spec":{"flinkVersion":"v1_20","job":{"parallelism":4,"upgradeMode":"savepoint","state":"running"}},
				"status":{"lifecycleState":"STABLE","jobStatus":{"state":"RUNNING","jobId":"0123456789abcdef","restarts":3}}}`,
			cells: "NAME=orders, ENVIRONMENT=prod, STATE=RUNNING, JOB=01234567, PAR=4, FLINK=v1_20, " +
				"SAVEPOINT=never, RESTARTS=3, " +
				"MODE=savepoint",
			state: "RUNNING good",
		},
		{
			name: "failed", at: prod,
			object: `{"metadata":{"name":"orders"},
				"spec":{"job":{"parallelism":4,"upgradeMode":"stateless","state":"running"}},
				"status":{"lifecycleState":"FAILED","error":"no slot","jobStatus":{"state":"FAILED"}}}`,
			cells:   "NAME=orders, ENVIRONMENT=prod, STATE=FAILED, PAR=4, SAVEPOINT=never, MODE=stateless, WHY=no slot",
			state:   "FAILED bad",
			refused: "savepoint: its job is not running but FAILED",
		},
		{
			name: "suspended", at: prod,
			object: `{"metadata":{"name":"orders"},
				"spec":{"job":{"upgradeMode":"last-state","state":"suspended"}},
				"status":{"lifecycleState":"SUSPENDED","jobStatus":{"state":"FINISHED"}}}`,
			cells:   "NAME=orders, ENVIRONMENT=prod, STATE=SUSPENDED, PAR=1, SAVEPOINT=never, MODE=last-state",
			state:   "SUSPENDED idle",
			refused: "suspend: it is suspended already\nsavepoint: its job is not running but FINISHED",
		},
		{
			name: "of a newer server", at: prod,
			object: `{"metadata":{"name":"orders"},
				"spec":{},
				"status":{"lifecycleState":"HOVERING"}}`,
			cells:   "NAME=orders, ENVIRONMENT=prod, STATE=HOVERING, PAR=1, SAVEPOINT=never, MODE=stateless",
			state:   "HOVERING unknown",
			refused: "savepoint: its job is not running but unknown",
		},
		{
			name: "with no status", at: prod,
			object:  `{"metadata":{"name":"orders"}}`,
			cells:   "NAME=orders, ENVIRONMENT=prod, PAR=1, SAVEPOINT=never, MODE=stateless",
			state:   "unknown",
			refused: "savepoint: its job is not running but unknown",
		},
	})
	ofKind(t, Applications(api), []kindCase{{
		name: "that is being deleted while its job runs", at: prod,
		object: `{"metadata":{"name":"orders"},"spec":{"job":{"state":"running"}},
			"status":{"lifecycleState":"DELETING","jobStatus":{"state":"RUNNING"}}}`,
		cells: "NAME=orders, ENVIRONMENT=prod, STATE=DELETING, PAR=1, SAVEPOINT=never, MODE=stateless",
		state: "DELETING busy",
		refused: "suspend: it is being deleted\nsuspend: it is being deleted\nsavepoint: it is being deleted\n" +
			"roll back: it is being deleted\n" +
			"delete: it is being deleted",
	}})
	ofKind(t, Statements(api), []kindCase{
		{
			name: "with no phase", at: prod,
			object:  `{"metadata":{"name":"q"},"spec":{"statement":"SELECT 1"}}`,
			cells:   "NAME=q, ENVIRONMENT=prod, STATEMENT=SELECT 1",
			state:   "unknown",
			refused: "savepoint: it is not running but unknown",
		},
		{
			name: "running", at: prod,
			object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT\n 1","computePoolName":"p","stopped":false},
				"status":{"phase":"RUNNING","traits":{"sqlKind":"SELECT"}}}`,
			cells: "NAME=q, ENVIRONMENT=prod, PHASE=RUNNING, KIND=SELECT, POOL=p, STATEMENT=SELECT 1",
			state: "RUNNING good",
		},
		{
			name: "failed", at: prod,
			object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT 1","computePoolName":"p"},
				"status":{"phase":"FAILED","detail":"no such table"}}`,
			cells:   "NAME=q, ENVIRONMENT=prod, PHASE=FAILED, POOL=p, STATEMENT=SELECT 1",
			state:   "FAILED bad",
			refused: "stop: it has ended: FAILED\nstop: it has ended: FAILED\nsavepoint: it is not running but FAILED",
		},
		{
			name: "stopped", at: prod,
			object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT 1","computePoolName":"p","stopped":true},
				"status":{"phase":"STOPPED"}}`,
			cells:   "NAME=q, ENVIRONMENT=prod, PHASE=STOPPED, POOL=p, STATEMENT=SELECT 1",
			state:   "STOPPED idle",
			refused: "stop: it is stopped already\nsavepoint: it is not running but STOPPED",
		},
		{
			name: "completed", at: prod,
			object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SHOW TABLES","computePoolName":"p"},
				"status":{"phase":"COMPLETED"}}`,
			cells:   "NAME=q, ENVIRONMENT=prod, PHASE=COMPLETED, POOL=p, STATEMENT=SHOW TABLES",
			state:   "COMPLETED done",
			refused: "stop: it has ended: COMPLETED\nstop: it has ended: COMPLETED\nsavepoint: it is not running but COMPLETED",
		},
		{
			name: "of a newer server", at: prod,
			object: `{"metadata":{"name":"q"},
				"spec":{"statement":"SELECT 1"},
				"status":{"phase":"HOVERING"}}`,
			cells:   "NAME=q, ENVIRONMENT=prod, PHASE=HOVERING, STATEMENT=SELECT 1",
			state:   "HOVERING unknown",
			refused: "savepoint: it is not running but HOVERING",
		},
	})
	ofKind(t, Pools(api), []kindCase{
		{
			name: "in use", at: prod,
			object: `{"metadata":{"name":"p"},
				"spec":{"type":"SHARED","clusterSpec":{"image":"flink:1"}},
				"status":{"phase":"RUNNING","resources":{"statements":{"RUNNING":2}}}}`,
			cells:   "NAME=p, ENVIRONMENT=prod, PHASE=RUNNING, TYPE=SHARED, STATEMENTS=2, IMAGE=flink:1",
			state:   "RUNNING good",
			refused: "delete: 2 statements are in it",
		},
		{
			name: "free", at: prod,
			object: `{"metadata":{"name":"p"},
				"spec":{"type":"DEDICATED","clusterSpec":{}},
				"status":{"phase":"RUNNING"}}`,
			cells: "NAME=p, ENVIRONMENT=prod, PHASE=RUNNING, TYPE=DEDICATED, STATEMENTS=0",
			state: "RUNNING good",
		},
	})
	ofKind(t, Savepoints(api), []kindCase{
		{
			name: "completed", at: of,
			object: `{"metadata":{"name":"s"},
				"spec":{"formatType":"CANONICAL"},
				"status":{"state":"COMPLETED","path":"s3://b/s","size":2048}}`,
			cells: "NAME=s, ENVIRONMENT=prod, OF=orders, STATE=COMPLETED, SIZE=2.0 kB, FORMAT=CANONICAL, PATH=s3://b/s",
			state: "COMPLETED done",
		},
		{
			name: "failed", at: of,
			object: `{"metadata":{"name":"s"},
				"spec":{},
				"status":{"state":"FAILED","error":"java.io.IOException: disk full"}}`,
			cells: "NAME=s, ENVIRONMENT=prod, OF=orders, STATE=FAILED, PATH=IOException: disk full",
			state: "FAILED bad",
		},
		{
			name: "under way", at: of,
			object: `{"metadata":{"name":"s"},
				"spec":{},
				"status":{"state":"TRIGGER_PENDING"}}`,
			cells: "NAME=s, ENVIRONMENT=prod, OF=orders, STATE=PENDING",
			state: "PENDING busy",
		},
	})
	ofKind(t, Catalogs(api), []kindCase{
		{
			name: "a catalog",
			object: `{"metadata":{"name":"c"},
				"spec":{"srInstance":{"connectionConfig":{"schema.registry.url":"http://sr"}}}}`,
			cells: "NAME=c, SCHEMA REGISTRY=http://sr, ENVIRONMENTS=none",
		},
	})
	ofKind(t, Secrets(api), []kindCase{
		{
			name: "a secret",
			object: `{"metadata":{"name":"c"},
				"spec":{"data":{"user":"*****","password":"*****"}}}`,
			cells: "NAME=c, KEYS=password · user, MAPPED IN=nowhere",
		},
	})
}

func ofKind[T any](t *testing.T, k resource.Kind[T], cases []kindCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(k.Singular+" "+c.name, func(t *testing.T) {
			var item resource.Item[T]
			at := c.at
			item.Location = &at
			if err := json.Unmarshal([]byte(c.object), &item.Value); err != nil {
				t.Fatal(err)
			}
			var shown []string
			for _, column := range k.Columns {
				cell := column.Cell(item)
				if cell.Text != "" && cell.Text != "—" {
					shown = append(shown, column.Title+"="+cell.Text)
				}
			}
			if got := strings.Join(shown, ", "); got != c.cells {
				t.Errorf("cells\n got %s\nwant %s", got, c.cells)
			}
			if k.State != nil {
				word, tone := k.State(item.Value)
				if got := strings.TrimSpace(word + " " + toneNames[tone]); got != c.state {
					t.Errorf("state %q, want %q", got, c.state)
				}
			}
			var refused []string
			for _, a := range k.Actions {
				if a.Refuse == nil {
					continue
				}
				if err := a.Refuse(item.Value); err != nil {
					refused = append(refused, a.Verb(item.Value).Do+": "+err.Error())
				}
			}
			if got := strings.Join(refused, "\n"); got != c.refused {
				t.Errorf("refused\n got %s\nwant %s", got, c.refused)
			}
		})
	}
}

var toneNames = map[themes.Tone]string{
	themes.Plain: "plain", themes.Good: "good", themes.Busy: "busy", themes.Bad: "bad", themes.Warn: "warn",
	themes.Idle: "idle", themes.Done: "done", themes.Unknown: "unknown", themes.Dim: "dim",
}
