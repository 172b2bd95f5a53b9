// Package rowset holds what came of a result: its changes as they came, packed, in
// memory and beyond a bound in a file; the table that they make, at any moment of
// it; and questions to both, filtered, sorted, searched and written in a format. It
// draws nothing.
package rowset
