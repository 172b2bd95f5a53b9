package javaregex

import (
	"slices"
	"strings"
	"unicode"
)

// span is a range of characters, both ends included.
type span struct{ lo, hi rune }

// set is a set of characters as ranges in their order that do not touch.
type set []span

func one(r rune) set { return set{{r, r}} }

func spans(pairs ...rune) set {
	var s set
	for i := 0; i < len(pairs); i += 2 {
		s = append(s, span{pairs[i], pairs[i+1]})
	}
	return s.tidy()
}

// tidy orders ranges and puts those together that touch.
func (s set) tidy() set {
	slices.SortFunc(s, func(a, b span) int { return int(a.lo) - int(b.lo) })
	var out set
	for _, r := range s {
		if n := len(out); n > 0 && r.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

func (s set) union(o set) set { return append(slices.Clone(s), o...).tidy() }

func (s set) not() set {
	var out set
	next := rune(0)
	for _, r := range s {
		if r.lo > next {
			out = append(out, span{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, span{next, unicode.MaxRune})
	}
	return out
}

func (s set) and(o set) set { return s.not().union(o.not()).not() }

// folded adds the other case of letters to a character or a range: of ASCII,
// or of all as Java compares them.
func (s set) folded(all bool) set {
	out := slices.Clone(s)
	for _, r := range s {
		if all {
			out = append(out, r.alike()...)
			continue
		}
		for c := max(r.lo, 'A'); c <= min(r.hi, 'Z'); c++ {
			out = append(out, span{c | 0x20, c | 0x20})
		}
		for c := max(r.lo, 'a'); c <= min(r.hi, 'z'); c++ {
			out = append(out, span{c &^ 0x20, c &^ 0x20})
		}
	}
	return out.tidy()
}

// alike are the letters that are in a range by their upper case or the lower
// case of that. One character has both sides made so.
func (r span) alike() set {
	var out set
	lower := func(c rune) rune { return unicode.ToLower(unicode.ToUpper(c)) }
	for _, cases := range unicode.CaseRanges {
		for c := rune(cases.Lo); c <= rune(cases.Hi); c++ {
			up := unicode.ToUpper(c)
			low := unicode.ToLower(up)
			within := up >= r.lo && up <= r.hi || low >= r.lo && low <= r.hi
			if r.lo == r.hi {
				within = low == lower(r.lo)
			}
			if within {
				out = append(out, span{c, c})
			}
		}
	}
	return out
}

func tableSet(t *unicode.RangeTable) set {
	var s set
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			s = append(s, span{lo, hi})
			return
		}
		for c := lo; c <= hi; c += stride {
			s = append(s, span{c, c})
		}
	}
	for _, r := range t.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range t.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return s.tidy()
}

func tables(ts ...*unicode.RangeTable) set {
	var s set
	for _, t := range ts {
		s = append(s, tableSet(t)...)
	}
	return s.tidy()
}

// The predefined classes of Java, without UNICODE_CHARACTER_CLASS.
var (
	digits     = spans('0', '9')
	wordChars  = spans('0', '9', 'A', 'Z', '_', '_', 'a', 'z')
	spaces     = spans(' ', ' ', '\t', '\r')
	horizontal = spans(
		'\t', '\t', ' ', ' ', 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f,
		0x205f, 0x3000, 0x3000,
	)
	vertical   = spans('\n', '\r', 0x85, 0x85, 0x2028, 0x2029)
	lineEnds   = spans('\n', '\n', '\r', '\r', 0x85, 0x85, 0x2028, 0x2029)
	everything = spans(0, unicode.MaxRune)
)

var posix = map[string]set{
	"Lower": spans('a', 'z'), "Upper": spans('A', 'Z'), "ASCII": spans(0, 0x7f),
	"Alpha": spans('A', 'Z', 'a', 'z'), "Digit": digits,
	"Alnum": spans('0', '9', 'A', 'Z', 'a', 'z'), "Punct": spans('!', '/', ':', '@', '[', '`', '{', '~'),
	"Graph": spans('!', '~'), "Print": spans(' ', '~'),
	"Blank": spans(' ', ' ', '\t', '\t'), "Cntrl": spans(0, 0x1f, 0x7f, 0x7f),
	"XDigit": spans('0', '9', 'A', 'F', 'a', 'f'), "Space": spaces,
	"ALL": everything, "L1": spans(0, 0xff), "LD": tables(unicode.L, unicode.Nd),
}

// binary are the properties that Java knows as \p{Is…}.
var binary = map[string]func() set{
	"ALPHABETIC":  func() set { return tables(unicode.L, unicode.Nl, unicode.Other_Alphabetic) },
	"LETTER":      func() set { return tables(unicode.L) },
	"IDEOGRAPHIC": func() set { return tables(unicode.Ideographic) },
	"LOWERCASE":   func() set { return tables(unicode.Ll, unicode.Other_Lowercase) },
	"UPPERCASE":   func() set { return tables(unicode.Lu, unicode.Other_Uppercase) },
	"TITLECASE":   func() set { return tables(unicode.Lt) },
	"WHITE_SPACE": func() set { return tables(unicode.White_Space) },
	"WHITESPACE":  func() set { return tables(unicode.White_Space) },
	"CONTROL":     func() set { return tables(unicode.Cc) },
	"PUNCTUATION": func() set { return tables(unicode.P) },
	"HEX_DIGIT":   func() set { return tables(unicode.Nd, unicode.Hex_Digit) },
	"HEXDIGIT":    func() set { return tables(unicode.Nd, unicode.Hex_Digit) },
	"DIGIT":       func() set { return tables(unicode.Nd) },
	"ALNUM":       func() set { return tables(unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.Nd) },
	"BLANK":       func() set { return tables(unicode.Zs).union(one('\t')) },
}

// characters are the tests of java.lang.Character.
var characters = map[string]func() set{
	"javaLowerCase":     binary["LOWERCASE"],
	"javaUpperCase":     binary["UPPERCASE"],
	"javaTitleCase":     binary["TITLECASE"],
	"javaAlphabetic":    binary["ALPHABETIC"],
	"javaIdeographic":   binary["IDEOGRAPHIC"],
	"javaDigit":         binary["DIGIT"],
	"javaLetter":        binary["LETTER"],
	"javaLetterOrDigit": func() set { return tables(unicode.L, unicode.Nd) },
	"javaSpaceChar":     func() set { return tables(unicode.Z) },
	"javaWhitespace": func() set {
		return tables(unicode.Z).and(
			spans(0xa0, 0xa0, 0x2007, 0x2007, 0x202f, 0x202f).not(),
		).union(spans('\t', '\r', 0x1c, 0x1f))
	},
	"javaISOControl": func() set { return spans(0, 0x1f, 0x7f, 0x9f) },
}

// cased are the properties that match letters of any case where case is ignored.
var cased = map[string]bool{
	"Lower": true, "Upper": true, "Lu": true, "Ll": true, "Lt": true, "LOWERCASE": true, "UPPERCASE": true,
	"TITLECASE":     true,
	"javaLowerCase": true, "javaUpperCase": true, "javaTitleCase": true,
}

// property is the set of \p{name}; ok is false where Java knows none.
func property(name string, ignoreCase bool) (s set, ok bool, err error) {
	key, value, pair := strings.Cut(name, "=")
	if pair {
		switch strings.ToLower(key) {
		case "sc", "script":
			return script(value)
		case "gc", "general_category":
			return category(value, ignoreCase)
		case "blk", "block":
			return nil, false, &Unsupported{`the block \p{` + name + `}`}
		}
		return nil, false, nil
	}
	if rest, is := strings.CutPrefix(name, "In"); is {
		return nil, false, &Unsupported{`the block \p{In` + rest + `}`}
	}
	if rest, is := strings.CutPrefix(name, "Is"); is {
		if f := binary[strings.ToUpper(rest)]; f != nil {
			if ignoreCase && cased[strings.ToUpper(rest)] {
				return binary["LOWERCASE"]().union(binary["UPPERCASE"]()).union(binary["TITLECASE"]()), true, nil
			}
			return f(), true, nil
		}
		if s, ok, err := category(rest, ignoreCase); ok || err != nil {
			return s, ok, err
		}
		return script(rest)
	}
	if f := characters[name]; f != nil {
		if ignoreCase && cased[name] {
			return binary["LOWERCASE"]().union(binary["UPPERCASE"]()).union(binary["TITLECASE"]()), true, nil
		}
		return f(), true, nil
	}
	if strings.HasPrefix(name, "java") {
		return nil, false, &Unsupported{`the property \p{` + name + `}`}
	}
	if s, is := posix[name]; is {
		if ignoreCase && cased[name] {
			return posix["Alpha"], true, nil
		}
		return s, true, nil
	}
	return category(name, ignoreCase)
}

func category(name string, ignoreCase bool) (set, bool, error) {
	if ignoreCase && cased[name] {
		return tables(unicode.Lu, unicode.Ll, unicode.Lt), true, nil
	}
	switch name {
	case "LC":
		return tables(unicode.Lu, unicode.Ll, unicode.Lt), true, nil
	case "LD", "L1":
		return posix[name], true, nil
	case "Cn", "C":
		return nil, false, &Unsupported{`the category \p{` + name + `}`}
	}
	if len(name) > 2 {
		return nil, false, nil
	}
	t, ok := unicode.Categories[name]
	if !ok {
		return nil, false, nil
	}
	return tableSet(t), true, nil
}

func script(name string) (set, bool, error) {
	for known, t := range unicode.Scripts {
		if strings.EqualFold(known, name) {
			return tableSet(t), true, nil
		}
	}
	if len(name) == 4 {
		return nil, false, &Unsupported{"the script " + name}
	}
	return nil, false, nil
}
