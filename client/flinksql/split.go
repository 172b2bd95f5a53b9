package flinksql

import "strings"

// Statement is one statement of a text. Text is without the ending semicolon,
// without the space and the comments before its first token.
type Statement struct {
	Text         string
	Start, End   int // bytes
	Line, Column int // of Start, from 1
}

// Split cuts a text into its statements at the semicolons that are outside of
// strings, names and comments. A statement set is one statement. Statements
// without a token are dropped.
func Split(text string) []Statement {
	var all []Statement
	s := splitter{text: text}
	for _, t := range Lex(text) {
		if t.Kind == Comment {
			continue
		}
		if done, ok := s.take(t); ok {
			all = append(all, done)
		}
	}
	if done, ok := s.finish(); ok {
		all = append(all, done)
	}
	return all
}

// splitter collects one statement at a time.
type splitter struct {
	text        string
	first, last Token
	before      Token    // the one before last, semicolons inside a set included
	words       []string // the first three, upper case
	count       int
	inSet       bool
}

// take adds a token; ok says that it ended a statement.
func (s *splitter) take(t Token) (done Statement, ok bool) {
	if t.Is(";") {
		if s.inSet && !s.setEnded() {
			s.before, s.last = s.last, t
			return Statement{}, false
		}
		return s.finish()
	}
	if s.count == 0 {
		s.first = t
	}
	s.count++
	s.before, s.last = s.last, t
	if len(s.words) < 5 {
		s.words = append(s.words, strings.ToUpper(t.Text))
		s.inSet = OpensSet(s.words)
	}
	return Statement{}, false
}

// setEnded says whether the END of the set was read, not one of a CASE.
func (s *splitter) setEnded() bool {
	return s.last.Is("END") && (s.before.Is(";") || s.before.Is("BEGIN") || s.before.Is("SET"))
}

func (s *splitter) finish() (Statement, bool) {
	if s.count == 0 {
		return Statement{}, false
	}
	done := Statement{
		Text: s.text[s.first.Offset:s.last.End()], Start: s.first.Offset, End: s.last.End(),
		Line: s.first.Line, Column: s.first.Column,
	}
	*s = splitter{text: s.text}
	return done, true
}

// OpensSet says whether these first words of a statement, in capitals, begin a
// statement set, which goes on to its END.
func OpensSet(words []string) bool {
	if words[0] == "EXPLAIN" || words[0] == "COMPILE" {
		words = words[1:]
	}
	text := strings.Join(words, " ")
	return strings.HasPrefix(text, "BEGIN STATEMENT SET") ||
		strings.HasPrefix(text, "EXECUTE STATEMENT SET BEGIN") || strings.HasPrefix(text, "STATEMENT SET BEGIN")
}

// At is the statement under a cursor at this byte offset. Just behind a
// statement, or behind its semicolon on the same line, the cursor still
// belongs to it; between two statements it belongs to the next one.
func At(text string, offset int) (Statement, bool) {
	all := Split(text)
	for i, s := range all {
		if offset <= s.End {
			return s, true
		}
		behind := text[s.End:min(max(offset, s.End), len(text))]
		last := i == len(all)-1
		if !strings.Contains(behind, "\n") && (last || offset < all[i+1].Start) {
			return s, true
		}
		if last {
			return s, strings.TrimSpace(strings.Replace(behind, ";", "", 1)) == ""
		}
	}
	return Statement{}, false
}
