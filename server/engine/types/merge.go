package types

// intDigits is how many digits an integer type takes as a DECIMAL.
func intDigits(r Root) int {
	switch r {
	case Tinyint:
		return 3
	case Smallint:
		return 5
	case Integer:
		return 10
	}
	return 19
}

// AsDecimal is an exact number as DECIMAL.
func (t Type) AsDecimal() Type {
	if t.IsInt() {
		return Dec(intDigits(t.Root), 0).Null(t.Nullable)
	}
	return t
}

// Fit brings a precision and scale into 38 digits as Flink does: the digits
// before the point are kept, and at least 6 behind it.
func Fit(p, s int) Type {
	if p <= MaxPrecision {
		return Dec(p, s)
	}
	return Dec(MaxPrecision, max(MaxPrecision-(p-s), min(s, 6)))
}

// Arithmetic is the type of l op r for numbers; op is one of + - * / %.
// ok is false when Flink has no such operator.
func Arithmetic(op string, l, r Type) (t Type, ok bool) {
	if !l.IsNumeric() || !r.IsNumeric() {
		return Type{}, false
	}
	nullable := l.Nullable || r.Nullable
	// a rest is of the divisor's type
	if op == "%" && l.IsExact() && r.IsExact() && l.AsDecimal().S == 0 && r.AsDecimal().S == 0 {
		return r.Null(nullable), true
	}
	if l.Root == Decimal && r.IsExact() || r.Root == Decimal && l.IsExact() {
		return decimalArithmetic(op, l.AsDecimal(), r.AsDecimal()).Null(nullable), true
	}
	t, ok = Least(l, r)
	return t.Null(nullable), ok
}

func decimalArithmetic(op string, l, r Type) Type {
	switch op {
	case "*":
		return Fit(l.P+r.P+1, l.S+r.S)
	case "/":
		s := max(6, l.S+r.P+1)
		return Fit(l.P-l.S+r.S+s, s)
	case "%":
		s := max(l.S, r.S)
		return Fit(min(l.P-l.S, r.P-r.S)+s, s)
	}
	s := max(l.S, r.S)
	return Fit(max(l.P-l.S, r.P-r.S)+s+1, s)
}

// Round is the type of ROUND(x, digits) for a DECIMAL.
func Round(t Type, digits int) Type {
	switch {
	case digits >= t.S:
		return Dec(t.P, t.S).Null(t.Nullable)
	case digits < 0:
		return Dec(min(MaxPrecision, 1+t.P-t.S), 0).Null(t.Nullable)
	}
	return Dec(min(MaxPrecision, 1+t.P-t.S+digits), digits).Null(t.Nullable)
}

// Least is the type that holds the values of all these types: that of CASE,
// COALESCE, VALUES and UNION.
func Least(all ...Type) (Type, bool) {
	var t Type
	nullable, seen := false, false
	for _, u := range all {
		nullable = nullable || u.Nullable || u.Root == Null
		if u.Root == Null {
			continue
		}
		if !seen {
			t, seen = u, true
			continue
		}
		var ok bool
		if t, ok = least(t, u); !ok {
			return Type{}, false
		}
	}
	return t.Null(nullable), true
}

// Common is Least as functions have it that are Flink's own and not of the
// SQL standard, GREATEST and COALESCE: a FLOAT and a DOUBLE are a DOUBLE, and
// a DECIMAL before a FLOAT is a FLOAT.
func Common(all ...Type) (Type, bool) {
	t, ok := Least(all...)
	if !ok || !t.IsApprox() {
		return t, ok
	}
	root := Null
	for _, u := range all {
		switch {
		case u.Root == Null:
		case root == Null || u.Root == Double || root == Decimal && u.Root == Float, root == Float && u.Root == Decimal:
			if root == Float && u.Root == Decimal {
				root = Double
				continue
			}
			if root != Double {
				root = u.Root
			}
		case u.Root == Float && root != Double:
			root = Float
		}
	}
	return Of(root).Null(t.Nullable), true
}

// Clash says whether types without a common one are known to have none in
// Flink either: numbers, texts and truth values do not mix.
func Clash(all ...Type) bool {
	families := map[string]bool{}
	for _, t := range all {
		switch {
		case t.IsNumeric():
			families["number"] = true
		case t.IsText():
			families["text"] = true
		case t.Root == Boolean:
			families["truth"] = true
		}
	}
	return len(families) > 1
}

func least(t, u Type) (Type, bool) {
	switch {
	case t.IsNumeric() && u.IsNumeric():
		return leastNumber(t, u), true
	case t.IsText() && u.IsText():
		return leastText(t, u, Char, Varchar), true
	case t.IsBytes() && u.IsBytes():
		return leastText(t, u, Binary, Varbinary), true
	case t.Root != u.Root:
		return Type{}, false
	case t.Root == Timestamp || t.Root == TimestampLTZ || t.Root == Time:
		t.P = max(t.P, u.P)
		t.Rowtime = t.Rowtime && u.Rowtime
		return t, true
	case t.Root == Array || t.Root == Multiset:
		e, ok := Least(*t.Elem, *u.Elem)
		t.Elem = &e
		return t, ok
	case t.Root == Map:
		k, ok := Least(*t.Key, *u.Key)
		e, ok2 := Least(*t.Elem, *u.Elem)
		t.Key, t.Elem = &k, &e
		return t, ok && ok2
	case t.Root == Row:
		return leastRow(t, u)
	}
	return t, true
}

func leastRow(t, u Type) (Type, bool) {
	if len(t.Fields) != len(u.Fields) {
		return Type{}, false
	}
	fields := make([]Field, len(t.Fields))
	for i := range fields {
		f, ok := Least(t.Fields[i].Type, u.Fields[i].Type)
		if !ok {
			return Type{}, false
		}
		fields[i] = Field{t.Fields[i].Name, f}
	}
	t.Fields = fields
	return t, true
}

func leastNumber(t, u Type) Type {
	switch {
	case t.IsApprox() || u.IsApprox():
		switch {
		case t.IsApprox() && !u.IsExact(), t.IsApprox() && u.IsInt(): // of two the first
			return Of(t.Root)
		case t.IsInt():
			return Of(u.Root)
		}
		return Of(Double)
	case t.IsInt() && u.IsInt():
		return Of(max(t.Root, u.Root))
	}
	t, u = t.AsDecimal(), u.AsDecimal()
	s := max(t.S, u.S)
	return Dec(min(MaxPrecision, max(t.P-t.S, u.P-u.S)+s), s)
}

func leastText(t, u Type, fixed, varying Root) Type {
	if t.Root == fixed && u.Root == fixed && t.P == u.P {
		return Type{Root: fixed, P: t.P}
	}
	return Type{Root: varying, P: max(t.P, u.P)}
}
