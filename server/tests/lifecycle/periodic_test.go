package lifecycle

import (
	"strings"
	"testing"
	"time"

	"drey/client/cmf"
	"drey/server/servertest"
)

const everyHour = `"kubernetes.operator.periodic.savepoint.interval":"1 ` +
	`h","kubernetes.operator.savepoint.history.max.count":"3"`

func TestSavepointsAreTakenPeriodically(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application("orders", "", everyHour))
	w.Must("POST", servertest.ProdApps, servertest.Application("plain", "", ""))
	w.Advance(59 * time.Minute)
	if all := w.Savepoints("orders"); len(all) != 0 {
		t.Fatalf("got %v before the first interval", all)
	}
	w.Advance(2 * time.Minute)
	all := w.Savepoints("orders")
	if len(all) != 1 || all[0].String("status", "state") != cmf.SavepointCompleted ||
		!strings.HasPrefix(
			all[0].String("metadata", "name"), "orders-savepoint-periodic-",
		) || all[0].String("spec", "formatType") != cmf.FormatCanonical {
		t.Fatalf("got %v, want one that is complete", all)
	}
	info := w.Must("GET", servertest.ProdApps+"/orders", "").Object("status", "jobStatus", "savepointInfo")
	at, _ := info.Int("lastPeriodicSavepointTimestamp")
	if info.String("lastSavepoint", "triggerType") != "PERIODIC" || at == 0 {
		t.Errorf("got %s", info)
	}
	for range 5 {
		w.Advance(time.Hour)
	}
	if all := w.Savepoints("orders"); len(all) != 3 || all[0].String("status", "state") != cmf.SavepointCompleted {
		t.Errorf("got %v, want the newest three of six", all)
	}
	w.Must("POST", servertest.ProdApps+"/orders/suspend", "")
	w.Advance(5 * time.Hour)
	if n := len(w.Savepoints("orders")); n > 4 {
		t.Errorf("got %d savepoints of what is suspended", n)
	}
	if all := w.Savepoints("plain"); len(all) != 0 {
		t.Errorf("got %v, want none where nobody asked", all)
	}
}

// The clock of a world begins at noon of a Sunday.
func TestSavepointsAreTakenByACronExpression(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	for name, cron := range map[string]string{
		"daily": "0 30 6,18 * * ? *", "mondays": "0 30 6 ? * MON", "over": "0 0 0 1 1 ? 2020",
	} {
		w.Must("POST", servertest.ProdApps, servertest.Application(
			name, "", `"kubernetes.operator.periodic.savepoint.interval":"`+cron+`"`,
		))
	}
	w.Advance(3 * 24 * time.Hour)
	if n := len(w.Savepoints("daily")); n != 6 {
		t.Errorf("got %d savepoints, want two of each day", n)
	}
	all := w.Savepoints("mondays")
	if len(all) != 1 {
		t.Fatalf("got %v, want one of a Monday", all)
	}
	at, err := time.Parse(time.RFC3339, all[0].String("metadata", "creationTimestamp"))
	if err != nil || at.Weekday() != time.Monday || at.Format("15:04") < "06:30" || at.Format("15:04") > "06:45" {
		t.Errorf("got %v, %v; want a Monday at half past six", at, err)
	}
	if all := w.Savepoints("over"); len(all) != 0 {
		t.Errorf("got %v of a year that is over", all)
	}
}

func TestAPeriodThatCannotBeReadIsTold(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	w.Must("POST", servertest.ProdApps, servertest.Application(
		"orders", "", `"kubernetes.operator.periodic.savepoint.interval":"now and then"`,
	))
	w.Advance(2 * time.Hour)
	if status := w.Must("GET", servertest.ProdApps+"/orders", "").Object("status"); !strings.Contains(
		status.String("error"), "neither a duration",
	) {
		t.Errorf("got %s", status)
	}
}
