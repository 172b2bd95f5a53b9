package expr

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// ID says what an expression computes: it is the same for expressions that are
// the same, in every statement. The zero ID is of none.
type ID [16]byte

// String is the ID as a text of digits and letters.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText implements encoding.TextMarshaler.
func (id ID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ID) UnmarshalText(text []byte) error {
	_, err := hex.Decode(id[:], text)
	return err
}

// Of what an ID is made: keys of different kinds are never the same.
const (
	idOfColumn  = '$'
	idOfLiteral = '='
	idOfOp      = '('
	idOfPart    = '/'
	idOfRandom  = '?'
)

// shortKey is the length up to which a key is made without an allocation.
const shortKey = 128

// idOf is the ID of what a key says.
func idOf(key []byte) ID {
	sum := sha256.Sum256(key)
	return ID(sum[:len(ID{})])
}

// appendText adds a text to a key, so that it is told from what follows it.
func appendText(key []byte, text string) []byte {
	return append(binary.AppendUvarint(key, uint64(len(text))), text...)
}
