package java

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// halfUp is a float with a number of digits, as Java rounds its decimal text.
func halfUp(f float64, places int, verb string) (string, error) {
	d, _, err := apd.NewFromString(strconv.FormatFloat(f, 'g', -1, 64))
	if err != nil || d.Form != apd.Finite {
		return "", sqlerr.RefuseRow("%v in PRINTF", f)
	}
	ctx := apd.BaseContext.WithPrecision(500)
	ctx.Rounding = apd.RoundHalfUp
	if verb == "f" {
		if _, err := ctx.Quantize(d, d, int32(-places)); err != nil {
			return "", sqlerr.RefuseRow("%v in PRINTF", f)
		}
		return d.Text('f'), nil
	}
	ctx = apd.BaseContext.WithPrecision(uint32(places + 1))
	ctx.Rounding = apd.RoundHalfUp
	if _, err := ctx.Round(d, d); err != nil {
		return "", sqlerr.RefuseRow("%v in PRINTF", f)
	}
	rounded, err := d.Float64()
	return strconv.FormatFloat(rounded, 'e', places, 64), err
}

// directive is one of java.util.Formatter's: %[n$][flags][width][.precision]c
var directive = regexp.MustCompile(`%(?:(\d+)\$)?([-#+ 0,(<]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])`)

// Format is String.format of these values; ok is false where Java throws.
func Format(pattern string, ts []types.Type, values []value.Value) (text string, ok bool, err error) {
	f := &formatter{types: ts, values: values}
	text, err = f.format(pattern)
	return text, !f.illegal, err
}

type formatter struct {
	types   []types.Type
	values  []value.Value
	next    int
	illegal bool
}

func (f *formatter) format(text string) (string, error) {
	var b strings.Builder
	for text != "" {
		m := directive.FindStringSubmatchIndex(text)
		if m == nil {
			f.illegal = f.illegal || strings.Contains(text, "%")
			b.WriteString(text)
			break
		}
		f.illegal = f.illegal || strings.Contains(text[:m[0]], "%")
		b.WriteString(text[:m[0]])
		part := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		s, err := f.directive(part(1), part(2), part(3), part(4), part(5))
		if err != nil || f.illegal {
			return "", err
		}
		b.WriteString(s)
		text = text[m[1]:]
	}
	return b.String(), nil
}

func (f *formatter) directive(at, flags, width, precision, verb string) (string, error) {
	switch {
	case strings.ContainsAny(flags, "#( <"):
		return "", sqlerr.RefuseRow("PRINTF with the flags %s", flags)
	case verb == "%" && flags+width+precision == "":
		return "%", nil
	case verb == "n" && flags+width+precision == "":
		return "\n", nil
	}
	n := f.next
	if at != "" {
		n, _ = strconv.Atoi(at)
		n--
	} else {
		f.next++
	}
	if n < 0 || n >= len(f.types) || strings.Trim(flags, "-") != flags && width == "" {
		f.illegal = true
		return "", nil
	}
	s, err := f.converted(f.values[n], f.types[n], flags, width, precision, verb)
	w, _ := strconv.Atoi(width)
	if w > 1<<16 {
		return "", sqlerr.RefuseRow("PRINTF %s wide", width)
	}
	if strings.Contains(flags, "-") {
		return fmt.Sprintf("%-*s", w, s), err
	}
	return fmt.Sprintf("%*s", w, s), err
}

// converted is a value after a directive.
func (f *formatter) converted(v value.Value, t types.Type, flags, width, precision, verb string) (string, error) {
	lower := strings.ToLower(verb)
	if upper := verb != lower; upper && strings.Contains("XEGSBH", verb) {
		s, err := f.converted(v, t, flags, width, precision, lower)
		return strings.ToUpper(s), err
	}
	switch verb {
	case "s", "b":
		f.illegal = f.illegal || strings.ContainsAny(flags, "+0,")
		return f.plain(v, t, precision, verb)
	case "d", "x", "o":
		return f.whole(v, t, flags, width, precision, verb)
	case "f", "e":
		return f.float(v, t, flags, width, precision, verb)
	case "h", "g", "a", "t", "T":
		return "", sqlerr.RefuseRow("PRINTF with %%%s", verb)
	}
	f.illegal = true // no directive, or one of characters, which are none of SQL's
	return "", nil
}

func (f *formatter) plain(v value.Value, t types.Type, precision, verb string) (string, error) {
	s := "null"
	switch {
	case verb == "b" && (!v.Valid || t.Root == types.Boolean):
		s = strconv.FormatBool(v.True())
	case verb == "b":
		s = "true"
	case !v.Valid:
	case t.Root == types.Date:
		s = strconv.FormatInt(v.I, 10)
	case t.IsText() || t.IsNumeric():
		s = v.Text(t, nil)
	case t.Root == types.Boolean:
		s = strings.ToLower(v.Text(t, nil))
	default:
		return "", sqlerr.RefuseRow("PRINTF of %s", t)
	}
	if p, err := strconv.Atoi(precision); err == nil && len([]rune(s)) > p {
		s = string([]rune(s)[:p])
	}
	return s, nil
}

func (f *formatter) whole(v value.Value, t types.Type, flags, width, precision, verb string) (string, error) {
	if !v.Valid {
		return "null", nil
	}
	if !t.IsInt() || precision != "" || verb != "d" && strings.ContainsAny(flags, "+,") {
		f.illegal = true
		return "", nil
	}
	if verb != "d" {
		u := uint64(v.I)
		if bits := map[types.Root]int{
			types.Tinyint: 8, types.Smallint: 16, types.Integer: 32, types.Bigint: 64,
		}[t.Root]; bits < 64 {
			u &= 1<<bits - 1
		}
		base := map[string]int{"x": 16, "o": 8}[verb]
		return filled("", strconv.FormatUint(u, base), flags, width), nil
	}
	digits, sign := strconv.FormatInt(v.I, 10), ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	} else if strings.Contains(flags, "+") {
		sign = "+"
	}
	if strings.Contains(flags, ",") {
		digits = groupDigits(digits)
	}
	return filled(sign, digits, flags, width), nil
}

func (f *formatter) float(v value.Value, t types.Type, flags, width, precision, verb string) (string, error) {
	if !v.Valid {
		return "null", nil
	}
	if !t.IsApprox() {
		f.illegal = true
		return "", nil
	}
	p := 6
	if precision != "" {
		p, _ = strconv.Atoi(precision)
	}
	if p > 100 {
		return "", sqlerr.RefuseRow("PRINTF with so many digits")
	}
	text, err := halfUp(v.F(), p, verb)
	if err != nil {
		return "", err
	}
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	} else if strings.Contains(flags, "+") {
		sign = "+"
	}
	if strings.Contains(flags, ",") {
		whole, fraction, _ := strings.Cut(text, ".")
		if text = groupDigits(whole); fraction != "" {
			text += "." + fraction
		}
	}
	return filled(sign, text, flags, width), nil
}

// filled puts zeros before a number that is to have them.
func filled(sign, digits, flags, width string) string {
	if w, err := strconv.Atoi(width); err == nil && strings.Contains(flags, "0") && w < 1<<16 {
		for len(sign)+len(digits) < w {
			digits = "0" + digits
		}
	}
	return sign + digits
}

// groupDigits sets thousands apart.
func groupDigits(digits string) string {
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
