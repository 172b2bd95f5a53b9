package server

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
)

const everyHour = `"kubernetes.operator.periodic.savepoint.interval":"1 h","kubernetes.operator.savepoint.history.max.count":"3"`

// savepoints are an application's.
func (w *world) savepoints(name string) (all []cmf.Object) {
	w.t.Helper()
	if err := json.Unmarshal(w.must("GET", prodApps+"/"+name+"/savepoints?size=100", "").Get("items"), &all); err != nil {
		w.t.Fatal(err)
	}
	return all
}

func TestSavepointsAreTakenPeriodically(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, app("orders", "", everyHour))
	w.must("POST", prodApps, app("plain", "", ""))
	w.advance(59 * time.Minute)
	if all := w.savepoints("orders"); len(all) != 0 {
		t.Fatalf("got %v before the first interval", all)
	}
	w.advance(2 * time.Minute)
	all := w.savepoints("orders")
	if len(all) != 1 || all[0].String("status", "state") != cmf.SavepointCompleted || !strings.HasPrefix(all[0].String("metadata", "name"), "orders-savepoint-periodic-") || all[0].String("spec", "formatType") != cmf.FormatNative {
		t.Fatalf("got %v, want one that is complete", all)
	}
	info := w.must("GET", prodApps+"/orders", "").Object("status", "jobStatus", "savepointInfo")
	at, _ := info.Int("lastPeriodicSavepointTimestamp")
	if info.String("lastSavepoint", "triggerType") != "PERIODIC" || at == 0 {
		t.Errorf("got %s", info)
	}
	for range 5 {
		w.advance(time.Hour)
	}
	if all := w.savepoints("orders"); len(all) != 3 || all[0].String("status", "state") != cmf.SavepointCompleted {
		t.Errorf("got %v, want the newest three of six", all)
	}
	w.must("POST", prodApps+"/orders/suspend", "")
	w.advance(5 * time.Hour)
	if n := len(w.savepoints("orders")); n > 4 {
		t.Errorf("got %d savepoints of what is suspended", n)
	}
	if all := w.savepoints("plain"); len(all) != 0 {
		t.Errorf("got %v, want none where nobody asked", all)
	}
}

func TestAPeriodThatCannotBeReadIsTold(t *testing.T) {
	w := newWorld(t)
	w.environment("prod")
	w.must("POST", prodApps, app("orders", "", `"kubernetes.operator.periodic.savepoint.interval":"0 0 * * * ?"`))
	w.advance(2 * time.Hour)
	if status := w.must("GET", prodApps+"/orders", "").Object("status"); !strings.Contains(status.String("error"), "cron expressions are not supported") {
		t.Errorf("got %s", status)
	}
}
