package lists

import (
	"strings"

	"drey/server/model"
)

// maxPattern is how long a name with * may be; names have 253 characters.
const maxPattern = 2000

// filterParser reads the grammar of cmf-behaviour.md §3.3: terms joined by
// commas, each a comparison of a property or a label.
type filterParser struct {
	text   string
	pos    int
	fields map[string]model.Field
}

// ParseFilter returns the terms of a filter. A refusal names the position,
// counted in characters from 1.
func ParseFilter(text string, fields map[string]model.Field) ([]model.Term, error) {
	p := &filterParser{text: text, fields: fields}
	var terms []model.Term
	for {
		term, err := p.term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
		p.space()
		if p.pos == len(p.text) {
			return terms, nil
		}
		if !p.take(",") {
			return nil, p.fail("want ',' or the end")
		}
	}
}

func (p *filterParser) fail(format string, args ...any) error {
	at := len([]rune(p.text[:p.pos])) + 1
	return model.Invalid("filter, position %d: "+format, append([]any{at}, args...)...)
}

func (p *filterParser) space() {
	for p.pos < len(p.text) && (p.text[p.pos] == ' ' || p.text[p.pos] == '\t') {
		p.pos++
	}
}

func (p *filterParser) take(s string) bool {
	if !strings.HasPrefix(p.text[p.pos:], s) {
		return false
	}
	p.pos += len(s)
	return true
}

// word reads up to one of the stop characters.
func (p *filterParser) word(stops string) string {
	start := p.pos
	for p.pos < len(p.text) && !strings.ContainsRune(stops, rune(p.text[p.pos])) {
		p.pos++
	}
	return strings.TrimSpace(p.text[start:p.pos])
}

func (p *filterParser) term() (model.Term, error) {
	p.space()
	start := p.pos
	negated := p.take("!")
	key := p.word(" \t=!,()")
	if key == "" {
		return model.Term{}, p.fail("want a property")
	}
	label, isLabel := strings.CutPrefix(key, "labels.")
	term := model.Term{Label: label}
	if !isLabel {
		field, known := p.fields[key]
		if !known {
			p.pos = start
			return model.Term{}, p.fail("unknown property %q", key)
		}
		term = model.Term{Fields: []model.Field{field}}
	} else if label == "" {
		return model.Term{}, p.fail("want a label's key after 'labels.'")
	}
	if negated {
		if !isLabel {
			p.pos = start
			return model.Term{}, p.fail("only a label can be asked to be missing")
		}
		term.Test = model.TestMissing
		return term, nil
	}
	return p.comparison(term, key)
}

func (p *filterParser) comparison(term model.Term, key string) (model.Term, error) {
	p.space()
	isLabel := term.Label != ""
	switch {
	case p.take("!="):
		if !isLabel {
			return term, p.fail("'!=' is for labels only")
		}
		term.Test = model.TestNotIn
		return p.single(term)
	case p.take("=="), p.take("="):
		term, err := p.single(term)
		if err == nil && key == "name" && strings.Contains(term.Values[0], "*") {
			term.Test = model.TestGlob
			if len(term.Values[0]) > maxPattern {
				return term, p.fail("a pattern longer than %d bytes", maxPattern)
			}
		}
		return term, err
	case p.keyword("notin"):
		term.Test = model.TestNotIn
		return p.list(term)
	case p.keyword("in"):
		term.Test = model.TestIn
		return p.list(term)
	case isLabel && (p.pos == len(p.text) || p.text[p.pos] == ','):
		term.Test = model.TestExists
		return term, nil
	}
	return term, p.fail("want =, in (…) or notin (…) after %q", key)
}

// keyword takes in or notin where a list follows.
func (p *filterParser) keyword(word string) bool {
	rest, ok := strings.CutPrefix(p.text[p.pos:], word)
	if !ok || !strings.HasPrefix(strings.TrimLeft(rest, " \t"), "(") {
		return false
	}
	p.pos += len(word)
	p.space()
	return true
}

func (p *filterParser) single(term model.Term) (model.Term, error) {
	p.space()
	value := p.word(",()")
	if p.pos < len(p.text) && p.text[p.pos] != ',' {
		return term, p.fail("unexpected %q", p.text[p.pos:p.pos+1])
	}
	if value == "" {
		return term, p.fail("want a value")
	}
	term.Values = []string{value}
	return term, nil
}

func (p *filterParser) list(term model.Term) (model.Term, error) {
	p.take("(")
	for {
		value := p.word(",()")
		if value == "" {
			return term, p.fail("want a value")
		}
		term.Values = append(term.Values, value)
		if p.take(")") {
			return term, nil
		}
		if !p.take(",") {
			return term, p.fail("want ',' or ')'")
		}
	}
}
