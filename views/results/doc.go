// Package results is the workbench of a statement's results: a changelog that is
// kept in memory and, beyond a bound, in a file, and the table that it makes,
// to look through, filter, sort, copy and export without running again.
package results
