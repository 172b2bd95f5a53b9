package buffer

import (
	"slices"
	"strings"
	"unicode/utf8"

	"drey/client/flinksql"
)

// Statement is one statement of a text: without the ending semicolon, and
// without the space and the comments before its first token.
type Statement struct {
	From, To Position // To is behind its last rune
	Text     string
}

// StatementAt is the statement that p belongs to. Within a statement, or behind
// it on the same line, it is that one; on a blank line it is the one before;
// else, as in a comment above a statement, the one that follows.
func (b *Buffer) StatementAt(p Position) (Statement, bool) {
	s, ok := b.statementSpan(p, len(b.lines))
	if ok {
		s.Text = b.Between(s.From, s.To)
	}
	return s, ok
}

// StatementRows are the first and the last row of the statement at p, as far as
// they lie before end: lines from there on are not read.
func (b *Buffer) StatementRows(p Position, end int) (first, last int, ok bool) {
	s, ok := b.statementSpan(p, end)
	return s.From.Row, s.To.Row, ok
}

func (b *Buffer) statementSpan(p Position, end int) (Statement, bool) {
	stays := blank(b.lines[p.Row]) // the cursor is on a blank line
	scan := b.scanFrom(p.Row)
	before, found := scan.statement, scan.found
	for scan.next(end) {
		s := scan.statement
		switch {
		case found && p.Before(s.From) && (stays || before.To.Row == p.Row):
			return before, true
		case !s.To.Before(p):
			return s, true
		}
		before, found = s, true
	}
	if !found || before.To.Row == p.Row || stays {
		return before, found
	}
	// Behind the last statement there may be its semicolon and nothing more.
	rest := strings.TrimSpace(b.Between(before.To, p))
	return before, rest == "" || rest == ";"
}

// scanner goes from statement to statement. A statement set is one statement.
type scanner struct {
	buffer    *Buffer
	statement Statement // the newest
	found     bool      // there is one

	row, token int // where to go on
	started    bool
	first      Position
	words      []string       // the first five, upper case
	inSet      bool           // they begin a statement set
	last       flinksql.Token // that is no comment
	before     flinksql.Token // the one before it
	end        Position       // of last
}

// checkpointRows is how many rows lie between two checkpoints.
const checkpointRows = 64

// scanFrom is a scanner that has read what is well before a row: as it was at
// the last checkpoint there.
func (b *Buffer) scanFrom(row int) scanner {
	n := min(row/checkpointRows, len(b.checkpoints)-1)
	if n < 0 {
		return scanner{buffer: b}
	}
	scan := b.checkpoints[n]
	scan.words = slices.Clone(scan.words)
	return scan
}

// keepCheckpoint remembers the scanner at the beginning of a row.
func (s *scanner) keepCheckpoint() {
	b := s.buffer
	if s.token != 0 || s.row%checkpointRows != 0 || s.row/checkpointRows != len(b.checkpoints) {
		return
	}
	state := *s
	state.words = slices.Clone(s.words)
	b.checkpoints = append(b.checkpoints, state)
}

// next finds a statement that begins before the row end; false at the end.
func (s *scanner) next(end int) bool {
	for ; s.row < len(s.buffer.lines) && s.row < max(end, 1); s.row, s.token = s.row+1, 0 {
		s.keepCheckpoint()
		s.buffer.ensure(s.row + 1)
		line := &s.buffer.lexed.lines[s.row]
		if s.started && s.token == 0 && !line.semicolon && len(s.words) == maxWords &&
			line.before == flinksql.OpenNothing {
			s.skip(line)
			continue
		}
		if s.readLine(line) {
			return true
		}
	}
	return s.started && s.finish()
}

func (s *scanner) finish() bool {
	s.statement, s.found = Statement{From: s.first, To: s.end}, true
	s.started, s.words, s.inSet = false, s.words[:0], false
	return true
}

// maxWords is how many words tell a statement set.
const maxWords = 5

// skip goes over a line without a semicolon.
func (s *scanner) skip(line *lexedLine) {
	if line.last < 0 {
		return
	}
	if s.before = s.last; line.nextToLast >= 0 {
		s.before = line.tokens[line.nextToLast]
	}
	s.last = line.tokens[line.last]
	s.end = s.behind(s.last)
}

// readLine goes on to the semicolon that ends the statement, if this line has it.
func (s *scanner) readLine(line *lexedLine) bool {
	for ; s.token < len(line.tokens); s.token++ {
		t := line.tokens[s.token]
		switch {
		case t.Kind == flinksql.Comment:
			continue
		case s.token == 0 && line.before != flinksql.OpenNothing:
			s.end = s.behind(t) // the rest of a token
			continue
		case t.Is(";") && s.ends():
			s.token++
			return s.finish()
		case t.Is(";") && !s.started:
			continue
		}
		s.take(t)
	}
	return false
}

// ends says whether a semicolon here ends the statement.
func (s *scanner) ends() bool {
	if !s.started {
		return false
	}
	if !s.inSet {
		return true
	}
	return s.last.Is("END") && (s.before.Is(";") || s.before.Is("BEGIN") || s.before.Is("SET"))
}

func (s *scanner) take(t flinksql.Token) {
	if !s.started {
		s.started, s.first = true, Position{s.row, t.Column - 1}
	}
	if len(s.words) < maxWords {
		s.words = append(s.words, strings.ToUpper(t.Text))
		s.inSet = flinksql.OpensSet(s.words)
	}
	s.before, s.last = s.last, t
	if !t.Is(";") {
		s.end = s.behind(t)
	}
}

func (s *scanner) behind(t flinksql.Token) Position {
	return Position{s.row, t.Column - 1 + utf8.RuneCountInString(t.Text)}
}
