package service

import (
	"strings"

	"drey/client/cmf"
	"drey/server/engine"
)

// Where a savepoint's format and folder are decided: engines take what they are
// told, and objects say what was taken.

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
