package model

import (
	"errors"
	"strings"

	"drey/client/cmf"
	"drey/server/engine"
)

// keyFormat is the operator's, for the savepoints that are taken by themselves.
const keyFormat = "kubernetes.operator.savepoint.format.type"

// AskedFormat is the format of a savepoint that a client asks for: CANONICAL
// where it names none (specs, SavepointSpec.formatType).
func AskedFormat(asked string) string {
	if asked == cmf.FormatNative {
		return asked
	}
	return cmf.FormatCanonical
}

// OwnFormat is that of a savepoint that nobody asks for, as of a stop: what the
// configuration says, else the engine's.
func OwnFormat(engine engine.Savepoints, configuration cmf.Object) string {
	switch format := strings.ToUpper(configuration.String(keyFormat)); format {
	case cmf.FormatCanonical, cmf.FormatNative:
		return format
	}
	return engine.Format()
}

// SavepointDirectory is the folder that a configuration names, "" for none.
func SavepointDirectory(configuration map[string]string) string {
	for _, key := range []string{"execution.checkpointing.savepoint-dir", "state.savepoints.dir"} {
		if dir := configuration[key]; dir != "" {
			return dir
		}
	}
	return ""
}

// LinkDeleting is Record.Link of savepoints that are pending deletion.
const LinkDeleting = "deleting"

// StartFrom names a savepoint in one of the ways of the API.
type StartFrom struct{ Name, UID, Path string }

// StartPath resolves a savepoint to its path: attached in scope, or detached.
func StartPath(r Reader, scope Scope, from StartFrom) (string, error) {
	named := 0
	for _, way := range []string{from.Name, from.UID, from.Path} {
		if way != "" {
			named++
		}
	}
	if named != 1 {
		return "", Unprocessable("startFromSavepoint: want one of savepointName, uid and initialSavepointPath")
	}
	if from.Path != "" {
		return from.Path, nil
	}
	record, err := findSavepoint(r, scope, from)
	if errors.Is(err, ErrMissing) {
		return "", NotFound("Savepoint '%s' not found", from.Name+from.UID)
	}
	if err != nil {
		return "", err
	}
	if record.State != cmf.SavepointCompleted {
		return "", Unprocessable("Savepoint '%s' is %s, not COMPLETED", record.Name, record.State)
	}
	return record.Doc.String("status", "path"), nil
}

func findSavepoint(r Reader, scope Scope, from StartFrom) (Record, error) {
	detached := Scope{Kind: KindDetachedSavepoint}
	if from.Name != "" {
		record, err := r.Get(scope, from.Name)
		if errors.Is(err, ErrMissing) {
			return r.Get(detached, from.Name)
		}
		return record, err
	}
	record, err := r.ByUID(scope.Kind, from.UID)
	if err == nil && record.Scope == scope {
		return record, nil
	}
	if err != nil && !errors.Is(err, ErrMissing) {
		return record, err
	}
	return r.ByUID(KindDetachedSavepoint, from.UID)
}

// StartOf names the savepoint of a statement's startFromSavepoint.
func StartOf(from *cmf.StartFromSavepoint) StartFrom {
	return StartFrom{Name: from.SavepointName, UID: from.UID, Path: from.InitialSavepointPath}
}
