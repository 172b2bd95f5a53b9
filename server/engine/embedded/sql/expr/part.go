package expr

import (
	"encoding/binary"

	"drey/client/flinksql/ast"
	"drey/server/engine/embedded/sql/memory"
)

// Within is the environment of a text that a statement uses in this position:
// of a view, or of the column of a table. Its constants get a part of the bytes
// of one constant of the statement.
func (e *Env) Within(pos ast.Pos, name, text string) *Env {
	out := *e
	key := append(append([]byte{idOfPart}, e.Part[:]...), name...)
	for _, n := range []int{pos.Line, pos.Col, pos.EndLine, pos.EndCol} {
		key = binary.AppendVarint(key, int64(n))
	}
	out.Part, out.HeldConstant = idOf(key), e.HeldConstant/words(text)
	return &out
}

// HeldConstants is how many bytes each constant of a text may have, so that
// those which planning holds are not larger than one value together.
func HeldConstants(text string) int64 { return memory.MaxValue / words(text) }

// words is how many words and brackets a text has, which is at least the number
// of its calls and tables.
func words(text string) int64 {
	n, inside := int64(1), false
	for i := range len(text) {
		c := text[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
		if letter && !inside || c == '[' {
			n++
		}
		inside = letter
	}
	return n
}
