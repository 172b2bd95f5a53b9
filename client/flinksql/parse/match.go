package parse

// Match is table MATCH_RECOGNIZE (…).
type Match struct {
	Pos
	Table *Table
	Alias Alias
}

// matchRecognize refuses MATCH_RECOGNIZE by its name.
func (p *parser) matchRecognize(_ *Table, _ Pos) (TableRef, error) {
	return nil, p.unsupported("MATCH_RECOGNIZE")
}
