// Package spool holds the rows of a result on disk, to be read again from any
// offset, also by a process that takes up another's.
package spool
