// Package logview follows a log of a JobManager or a task manager: its end, by
// level, searched, and the files before it.
package logview
