// Package lists reads how a list is asked for: page, size, order, filter, the fields
// that are wanted, and the envelope of the answer.
package lists
