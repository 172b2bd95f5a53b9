// Package flinksql reads Flink SQL as text: it cuts it into tokens and
// statements, names a statement's kind, and lists Flink's keywords and
// functions. It never fails on what a person is still typing. Package
// flinksql/parse reads one statement's grammar.
package flinksql
