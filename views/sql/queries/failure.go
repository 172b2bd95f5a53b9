package queries

import (
	"regexp"
	"strconv"

	"drey/views/sql/buffer"
)

// position is where a message says that a fault is (Flink's words).
var position = regexp.MustCompile(`(?i)\bline (\d+), column (\d+)`)

// ShowFailure says why a statement failed and marks the fault in the editor, if
// it is known where it is. The cursor stays where the user has it.
func (s *Buffer) ShowFailure(r *Run, detail string) {
	if r.At == nil {
		s.Say(detail, true)
		return
	}
	from, found := s.Editor.Text.FindFrom(*r.At, r.SQL)
	if !found { // the text was changed meanwhile
		s.Say(detail, true)
		return
	}
	s.Say(inBuffer(detail, from), true)
	m := position.FindStringSubmatch(detail)
	if m == nil || r.marked {
		return
	}
	r.marked = true
	s.Editor.Problem = placed(m, from)
}

// placed is where in a buffer a fault of a statement is that begins at from.
func placed(m []string, from buffer.Position) *buffer.Position {
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	if line > 1 {
		from.Col = 0
	}
	return &buffer.Position{Row: from.Row + line - 1, Col: from.Col + column - 1}
}

// inBuffer gives a message the lines of the buffer in the place of those of the
// statement, which begins at from.
func inBuffer(detail string, from buffer.Position) string {
	return position.ReplaceAllStringFunc(detail, func(text string) string {
		at := placed(position.FindStringSubmatch(text), from)
		return text[:len("line ")] + strconv.Itoa(at.Row+1) + ", column " + strconv.Itoa(at.Col+1)
	})
}
