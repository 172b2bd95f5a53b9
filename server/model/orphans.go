package model

import "time"

// OrphanApplication leaves the job of an application that is deleted by force
// for control to end.
func OrphanApplication(tx Tx, record Record, controller ApplicationControllerState, now time.Time) error {
	if controller.Job == nil {
		return nil
	}
	job, err := LoadJob(tx, record, controller)
	if err != nil {
		return err
	}
	return PutOrphan(tx, job.ID, Orphan{Job: &job}, now)
}

// OrphanStatement leaves the run of a statement with its results for control to end.
func OrphanStatement(tx Tx, record Record, controller StatementControllerState, now time.Time) error {
	if controller.Run == nil {
		return nil
	}
	run, err := LoadRun(tx, record, controller)
	if err != nil {
		return err
	}
	run.Stop = nil
	return PutOrphan(tx, run.ID, Orphan{Run: &run}, now)
}

// PutOrphan leaves a job or run for control to end.
func PutOrphan(tx Tx, id string, orphan Orphan, now time.Time) error {
	return tx.Put(Record{
		Scope: Scope{Kind: KindOrphan}, Name: id, UID: id, Created: now, Updated: now,
		Due: now, Doc: []byte("{}"), ControllerState: MustEncode(orphan),
	})
}

// OrphanAll leaves every job of an environment.
func OrphanAll(tx Tx, env string, now time.Time) error {
	apps, err := tx.Find(Scope{Kind: KindApplication, Env: env}, Query{})
	if err != nil {
		return err
	}
	for _, record := range apps.Records {
		controller, err := ReadControllerState[ApplicationControllerState](record)
		if err != nil {
			return err
		}
		if err := OrphanApplication(tx, record, controller, now); err != nil {
			return err
		}
	}
	statements, err := tx.Find(Scope{Kind: KindStatement, Env: env}, Query{})
	if err != nil {
		return err
	}
	for _, record := range statements.Records {
		controller, err := ReadControllerState[StatementControllerState](record)
		if err != nil {
			return err
		}
		if err := OrphanStatement(tx, record, controller, now); err != nil {
			return err
		}
	}
	return nil
}
