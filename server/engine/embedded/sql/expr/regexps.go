package expr

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf16"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/javaregex"
	"drey/server/engine/embedded/sql/memory"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// patterns are compiled patterns of one call: Flink has a cache of them, too.
type patterns struct {
	mu  sync.Mutex
	all map[string]compiledPattern
}

type compiledPattern struct {
	re  *javaregex.Pattern
	err error
}

// mostPatterns is how many patterns of a column are held compiled.
const mostPatterns = 100

func (p *patterns) compile(text string) (*javaregex.Pattern, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.all[text]
	if !ok {
		if len(p.all) >= mostPatterns || p.all == nil {
			p.all = map[string]compiledPattern{}
		}
		c.re, c.err = javaregex.Compile(text)
		p.all[text] = c
	}
	return c.re, c.err
}

// patternError makes of what is wrong with a pattern in a row a failure; nil
// where Java refuses it, which is an answer for Flink.
func patternError(name string, err error) error {
	var unsupported *javaregex.Unsupported
	var late *javaregex.TimeoutError
	switch {
	case errors.As(err, &unsupported):
		return sqlerr.RefuseRow("%s with %s", name, unsupported.What)
	case errors.As(err, &late):
		return sqlerr.Fail("java.util.concurrent.TimeoutException", "%s: %s", name, late.Error())
	}
	return nil
}

// newerRegexp are the functions that complain as newer ones do.
var newerRegexp = map[string]bool{"REGEXP_COUNT": true, "REGEXP_INSTR": true, "REGEXP_SUBSTR": true, "REGEXP_EXTRACT_ALL": true}

// regexpCall resolves the functions of regular expressions.
func regexpCall(r *Resolver, c *parse.Call) (*X, error) {
	name := strings.ToUpper(c.Name)
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) == 2 && newerRegexp[name] && (!args[0].Type.IsText() || !args[1].Type.IsText()) {
		return nil, invalidCall(name, args)
	}
	if want := map[string]int{"REGEXP_REPLACE": 3, "REGEXP": 2, "REGEXP_EXTRACT": 2}[name]; want > 0 && len(args) < want || name == "REGEXP" && len(args) > 2 {
		return nil, sqlerr.Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", name, want)
	}
	if len(args) < 2 || len(args) > 3 || !args[0].Type.IsText() || !args[1].Type.IsText() {
		return nil, sqlerr.Refuse(c.Pos, "%s with these arguments", name)
	}
	if len(args) == 3 && !thirdOfRegexp(name, args[2]) {
		return nil, sqlerr.Refuse(c.Pos, "%s with this third argument", name)
	}
	cache := &patterns{}
	if args[1].Lit != nil && args[1].Lit.Valid {
		_, err := cache.compile(args[1].Lit.S)
		var unsupported *javaregex.Unsupported
		if errors.As(err, &unsupported) {
			return nil, sqlerr.Refuse(c.Pos, "%s with %s in its pattern", name, unsupported.What)
		}
	}
	f := regexpFunctions[name]
	nullable := args[0].Type.Nullable || args[1].Type.Nullable
	if len(args) == 3 {
		nullable = nullable || args[2].Type.Nullable
	}
	return Fold(r.Env.node(c.Pos, name, f.t.OrNull(nullable), args, strict(args, func(vs []value.Value) (value.Value, error) {
		re, err := cache.compile(vs[1].S)
		if err != nil {
			return f.broken, patternError(name, err)
		}
		extra := value.NULL
		if len(vs) == 3 {
			extra = vs[2]
		}
		v, err := f.eval(re, vs[0].S, extra)
		if e := patternError(name, err); e != nil {
			return value.NULL, e
		}
		return v, err
	}))), nil
}

// thirdOfRegexp says whether a function takes a third argument such as this.
func thirdOfRegexp(name string, x *X) bool {
	switch name {
	case "REGEXP_REPLACE":
		return x.Type.IsText()
	case "REGEXP_EXTRACT":
		return x.Type.IsInt() && x.Type.Root != types.Bigint
	case "REGEXP_EXTRACT_ALL":
		return x.Type.IsInt()
	}
	return false
}

type regexpFunction struct {
	t      types.Type
	broken value.Value // the answer for a pattern that Java refuses
	eval   func(re *javaregex.Pattern, s string, extra value.Value) (value.Value, error)
}

var regexpFunctions = map[string]regexpFunction{
	"REGEXP":             {types.Of(types.Boolean), value.Bool(false), regexpMatches},
	"REGEXP_REPLACE":     {types.String, value.NULL, regexpReplace},
	"REGEXP_EXTRACT":     {types.String.Null(true), value.NULL, regexpExtract},
	"REGEXP_EXTRACT_ALL": {textList(nil).Null(true), value.NULL, regexpExtractAll},
	"REGEXP_COUNT": {types.Of(types.Integer).Null(true), value.NULL, func(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
		n := int64(0)
		err := re.Each(s, func([]int) bool { n++; return true })
		return value.Int(n), err
	}},
	"REGEXP_INSTR": {types.Of(types.Integer).Null(true), value.NULL, func(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
		m, err := re.First(s)
		if m == nil {
			return value.Int(0), err
		}
		return value.Int(int64(len(utf16.Encode([]rune(s[:m[0]])))) + 1), nil
	}},
	"REGEXP_SUBSTR": {types.String.Null(true), value.NULL, func(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
		m, err := re.First(s)
		if m == nil {
			return value.NULL, err
		}
		return value.Text(s[m[0]:m[1]]), nil
	}},
}

func regexpMatches(re *javaregex.Pattern, s string, _ value.Value) (value.Value, error) {
	if re.String() == "" { // Flink's rule
		return value.Bool(false), nil
	}
	m, err := re.First(s)
	return value.Bool(m != nil), err
}

// regexpReplace puts a text, as it stands, for each match.
func regexpReplace(re *javaregex.Pattern, s string, with value.Value) (value.Value, error) {
	var b strings.Builder
	at := 0
	var tooLarge error
	err := re.Each(s, func(loc []int) bool {
		b.WriteString(s[at:loc[0]])
		b.WriteString(with.S)
		at = loc[1]
		tooLarge = fits("REGEXP_REPLACE", int64(b.Len()))
		return tooLarge == nil
	})
	if err = errors.Join(tooLarge, err); err != nil {
		return value.NULL, err
	}
	b.WriteString(s[at:])
	return value.Text(b.String()), nil
}

// groupOf is a group of a match; NULL where it has none.
func groupOf(re *javaregex.Pattern, s string, loc []int, group int64) (value.Value, error) {
	if re.Unsure(int(group)) {
		return value.NULL, &javaregex.Unsupported{What: "a group within a negative look-ahead"}
	}
	if loc[2*group] < 0 {
		return value.NULL, nil
	}
	return value.Text(s[loc[2*group]:loc[2*group+1]]), nil
}

func regexpExtract(re *javaregex.Pattern, s string, group value.Value) (value.Value, error) {
	m, err := re.First(s)
	if m == nil || group.I < 0 || group.I > int64(re.Groups()) {
		return value.NULL, err
	}
	return groupOf(re, s, m, group.I)
}

// regexpExtractAll gives a group of each match, the first by default.
func regexpExtractAll(re *javaregex.Pattern, s string, extra value.Value) (value.Value, error) {
	group := int64(1)
	if extra.Valid {
		group = extra.I
	}
	if group < 0 || group > int64(re.Groups()) {
		return value.NULL, nil
	}
	items, size := []value.Value{}, int64(0)
	var failed error
	err := re.Each(s, func(loc []int) bool {
		var v value.Value
		if v, failed = groupOf(re, s, loc, group); failed == nil {
			items = append(items, v)
			if size += v.Size(); size > memory.MaxValue {
				failed = TooLarge("REGEXP_EXTRACT_ALL", size)
			}
		}
		return failed == nil
	})
	if err = errors.Join(failed, err); err != nil {
		return value.NULL, err
	}
	return value.List(items), nil
}

// Similar is a pattern of SIMILAR TO as Java's, as Calcite writes it.
func similarPattern(pattern string, escape rune) (string, error) {
	const special = "[]()|^-+*_%?{}"
	var b strings.Builder
	rs := []rune(pattern)
	within := false
	for i := 0; i < len(rs); i++ {
		c := rs[i]
		switch {
		case escape != 0 && c == escape:
			i++
			if i == len(rs) || !strings.ContainsRune(special, rs[i]) && rs[i] != escape {
				return "", fmt.Errorf("the escape at %d", i)
			}
			if strings.ContainsRune(special+`\.$`, rs[i]) && rs[i] != '_' && rs[i] != '%' {
				b.WriteByte('\\')
			}
			b.WriteRune(rs[i])
		case within && c == ']':
			within = false
			b.WriteRune(c)
		case within && c == '[' && i+1 < len(rs) && rs[i+1] == ':':
			class, length := similarClass(string(rs[i:]))
			if length == 0 {
				return "", fmt.Errorf("the class at %d", i+1)
			}
			b.WriteString(class)
			i += length - 1
		case within && c != '-' && c != '^' && strings.ContainsRune(special, c):
			return "", fmt.Errorf("'%c' within brackets", c)
		case c == '\\':
			b.WriteString(`\\`)
		case within:
			b.WriteRune(c)
		case c == '_':
			b.WriteByte('.')
		case c == '%':
			b.WriteString("(?s:.*)")
		case c == ']':
			return "", fmt.Errorf("']' without '['")
		case c == '$':
			b.WriteString(`\$`)
		default:
			within = c == '['
			b.WriteRune(c)
		}
	}
	return b.String(), nil
}

// similarClass reads a class such as [:ALPHA:] and gives how long it is.
func similarClass(text string) (class string, length int) {
	for name, java := range map[string]string{"ALPHA": `\p{Alpha}`, "UPPER": `\p{Upper}`, "LOWER": `\p{Lower}`, "DIGIT": `\d`, "SPACE": " ", "WHITESPACE": `\s`, "ALNUM": `\p{Alnum}`} {
		for _, spelled := range []string{name, strings.ToLower(name)} {
			if full := "[:" + spelled + ":]"; strings.HasPrefix(text, full) {
				return java, len(full)
			}
		}
	}
	return "", 0
}
