package service

import "time"

// orphanApplication leaves the job of an application that is deleted by force
// for control to end.
func orphanApplication(tx Tx, record Record, note AppNote, now time.Time) error {
	if note.Job == nil {
		return nil
	}
	job, err := LoadJob(tx, record, note)
	if err != nil {
		return err
	}
	return PutOrphan(tx, job.ID, Orphan{Job: &job}, now)
}

// orphanStatement leaves the run of a statement with its results for control to end.
func orphanStatement(tx Tx, record Record, note StatementNote, now time.Time) error {
	if note.Run == nil {
		return nil
	}
	run, err := LoadRun(tx, record, note)
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
		Due: now, Doc: []byte("{}"), Note: MustEncode(orphan),
	})
}

// orphanAll leaves every job of an environment.
func orphanAll(tx Tx, env string, now time.Time) error {
	apps, err := tx.Find(Scope{Kind: KindApplication, Env: env}, Query{})
	if err != nil {
		return err
	}
	for _, record := range apps.Records {
		note, err := ReadNote[AppNote](record)
		if err != nil {
			return err
		}
		if err := orphanApplication(tx, record, note, now); err != nil {
			return err
		}
	}
	statements, err := tx.Find(Scope{Kind: KindStatement, Env: env}, Query{})
	if err != nil {
		return err
	}
	for _, record := range statements.Records {
		note, err := ReadNote[StatementNote](record)
		if err != nil {
			return err
		}
		if err := orphanStatement(tx, record, note, now); err != nil {
			return err
		}
	}
	return nil
}
