package javaregex

// class reads a class behind its opening bracket, as java.util.regex does:
// nested ones are added, && takes what both sides have, and a ^ negates all of it.
func (p *parser) class(consume bool) (set, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, &Unsupported{"classes nested that deep"}
	}
	defer func() { p.depth-- }()
	negated := false
	if consume && p.peek() == '^' {
		p.at++
		negated = true
	}
	var all set
	some := false
	add := func(s set) { all, some = all.union(s), true }
	for {
		switch c := p.peek(); {
		case c == eof:
			return nil, p.bad("Unclosed character class")
		case c == '[':
			p.at++
			s, err := p.class(true)
			if err != nil {
				return nil, err
			}
			add(s)
			continue
		case c == '&' && p.at+1 < len(p.text) && p.text[p.at+1] == '&':
			p.at += 2
			right, has, err := p.right()
			if err != nil {
				return nil, err
			}
			switch {
			case !has && !some:
				return nil, p.bad("Bad class syntax")
			case !some:
				all = right
			case has:
				all = all.and(right)
			}
			some = true
			continue
		case c == ']' && some:
			if consume {
				p.at++
			}
			if negated {
				all = all.not()
			}
			return all, nil
		}
		s, err := p.rangeOf()
		if err != nil {
			return nil, err
		}
		add(s)
	}
}

// right is what follows &&, up to the end of the class or the next &&.
func (p *parser) right() (s set, has bool, err error) {
	for {
		switch c := p.peek(); c {
		case ']', '&':
			return s, has, nil
		case eof:
			return nil, false, p.bad("Unclosed character class")
		case '[':
			p.at++
			nested, err := p.class(true)
			if err != nil {
				return nil, false, err
			}
			s, has = s.union(nested), true
		default:
			rest, err := p.class(false)
			if err != nil {
				return nil, false, err
			}
			s, has = s.union(rest), true
		}
	}
}

// rangeOf reads one member of a class: a character, a range, or a set.
func (p *parser) rangeOf() (set, error) {
	if p.raw() == '\\' {
		if p.at+1 >= len(p.text) {
			p.at++
			return nil, p.bad("Unclosed character class")
		}
		c := p.text[p.at+1]
		if s, ok := p.setOf(c); ok {
			p.at += 2
			return s, nil
		}
		if c == 'p' || c == 'P' {
			p.at++
			return p.property()
		}
	}
	low, err := p.member()
	if err != nil {
		return nil, err
	}
	if p.peek() != '-' || p.at+1 >= len(p.text) || p.text[p.at+1] == ']' || p.text[p.at+1] == '[' {
		return p.fold(one(low)), nil
	}
	p.at++
	p.peek()
	if p.raw() == eof {
		return nil, p.bad("Unclosed character class")
	}
	high, err := p.member()
	if err != nil {
		return nil, err
	}
	if high < low {
		return nil, p.bad("Illegal character range")
	}
	return p.fold(spans(low, high)), nil
}

func (p *parser) member() (rune, error) {
	c := p.raw()
	p.at++
	if c != '\\' {
		return c, nil
	}
	switch c := p.raw(); {
	case c >= '1' && c <= '9', c == 'A' || c == 'B' || c == 'G' || c == 'R' || c == 'X' || c == 'Z' || c == 'b' ||
		c == 'k' || c == 'z':
		return 0, p.bad("Illegal/unsupported escape sequence")
	}
	return p.character()
}
