package control

import (
	"time"

	"drey/client/cmf"
	"drey/server/model"
)

// poolStart is how long a shared pool's session cluster takes to come up.
const poolStart = 2 * time.Second

// advancePool moves a shared pool towards its desired state.
func advancePool(tx model.Tx, record model.Record, now time.Time) error {
	controller, err := model.ReadControllerState[model.PoolControllerState](record)
	if err != nil {
		return err
	}
	want := record.Doc.String("spec", "state")
	record.Due = time.Time{}
	switch ready := controller.Since.Add(poolStart); {
	case record.State == want || record.State == cmf.PoolDedicated:
	case now.Before(ready):
		record.Due = ready
	default:
		record.State = want
		record.Doc = record.Doc.With(want, "status", "phase")
	}
	if err := tx.Save(record); err != nil || record.State != cmf.PoolRunning {
		return err
	}
	// which waited for it
	return tx.Touch(model.Scope{Kind: model.KindStatement, Env: record.Env}, now, cmf.PhasePending)
}
