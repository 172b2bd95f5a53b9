package javaregex

// group reads what begins with a parenthesis; nil is a change of flags.
func (p *parser) group() (*node, error) {
	p.at++
	before, opened := p.flags, p.groups
	n := &node{kind: kGroup}
	switch {
	case p.raw() != '?':
		p.groups++
		n.index = p.groups
	case p.take("?:"):
	case p.take("?="):
		n.kind = kLook
	case p.take("?!"):
		n.kind, n.not = kLook, true
	case p.take("?>"):
		n.kind = kAtomic
	case p.take("?<="):
		n.kind, n.behind = kLook, true
	case p.take("?<!"):
		n.kind, n.behind, n.not = kLook, true, true
	case p.take("?<"):
		if err := p.named(n); err != nil {
			return nil, err
		}
	default:
		p.at++
		if err := p.setFlags(); err != nil {
			return nil, err
		}
		switch p.raw() {
		case ')':
			p.at++
			return nil, nil
		case ':':
			p.at++
		default:
			return nil, p.bad("Unknown inline modifier")
		}
	}
	body, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.peek() != ')' {
		return nil, p.bad("Unclosed group")
	}
	p.at++
	p.flags = before
	n.items = []*node{body}
	if n.kind == kLook && n.not { // Java leaves behind what such groups matched
		for i := opened + 1; i <= p.groups; i++ {
			p.unsure = append(p.unsure, i)
		}
	}
	if n.behind {
		return n, p.checkBehind(body)
	}
	return n, nil
}

// checkBehind refuses looks to the left that Java refuses, and those that it
// would go through in another order.
func (p *parser) checkBehind(body *node) error {
	f := body.facts()
	switch {
	case f.max == unlimited && !f.refers:
		return &Unsupported{"a look-behind without a greatest length"}
	case f.captures:
		return &Unsupported{"a group within a look-behind"}
	case f.refers:
		return &Unsupported{"a back reference within a look-behind"}
	}
	return nil
}

func (p *parser) named(n *node) error {
	name, err := p.groupName()
	if err != nil {
		return err
	}
	if p.names[name] > 0 {
		return p.bad("Named capturing group <%s> is already defined", name)
	}
	p.groups++
	n.index = p.groups
	p.names[name] = p.groups
	return nil
}

func (p *parser) groupName() (string, error) {
	begin := p.at
	for c := p.raw(); c|0x20 >= 'a' && c|0x20 <= 'z' || p.at > begin && c >= '0' && c <= '9'; c = p.raw() {
		p.at++
	}
	name := string(p.text[begin:p.at])
	if name == "" {
		return "", p.bad("capturing group name does not start with a Latin letter")
	}
	if p.raw() != '>' {
		return "", p.bad("named capturing group is missing trailing '>'")
	}
	p.at++
	return name, nil
}

func (p *parser) setFlags() error {
	on := true
	for {
		switch p.raw() {
		case 'i':
			p.flags.ignoreCase = on
		case 'd':
			p.flags.unix = on
		case 'm':
			p.flags.multiline = on
		case 's':
			p.flags.dotall = on
		case 'u':
			p.flags.unicodeCase = on
		case 'x':
			p.flags.comments = on
		case 'c':
			return &Unsupported{"the flag (?c)"}
		case 'U':
			return &Unsupported{"the flag (?U)"}
		case '-':
			if !on {
				return p.bad("Unknown inline modifier")
			}
			on = false
		default:
			return nil
		}
		p.at++
	}
}
