// Package history is what this console asked of JobManagers: the jobs that it ran
// from jars, and the operations it triggered under identities of its own. It is
// written before anything is sent, and read again after a restart.
package history
