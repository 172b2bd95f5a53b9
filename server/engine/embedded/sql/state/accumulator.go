package state

import "drey/server/engine/embedded/sql/value"

// Accumulator computes one aggregate of one group. Values are not NULL.
type Accumulator interface {
	Add(v value.Value) error
	Retract(v value.Value) error
	Result() (value.Value, error)
	Stateful
}
