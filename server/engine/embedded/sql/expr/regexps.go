package expr

import (
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"drey/client/flinksql/parse"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// Patterns mean the same in Java and in Go as long as they keep to this.
var (
	plainPattern = regexp.MustCompile(`^(?:[A-Za-z0-9 _,:/@#=<>%;!~'".*+?()\[\]|^$-]|\\[dwsDWS.*+?()\[\]|^$\\-]|\{[0-9]+(?:,[0-9]*)?\})+$`)
	oddPattern   = regexp.MustCompile(`\(\?|[*+?}]\+|&&|\[[^\]]*\[|\[\]|\[\^\]|\(\)|\|\||\{[0-9]{4}`)
)

func javaPattern(x *X) (*regexp.Regexp, bool) {
	if x.Lit != nil && x.Lit.S == "" && x.Type.IsText() {
		return regexp.MustCompile(""), true
	}
	if x.Lit == nil || !plainPattern.MatchString(x.Lit.S) || oddPattern.MatchString(x.Lit.S) {
		return nil, false
	}
	re, err := regexp.Compile(x.Lit.S)
	return re, err == nil
}

// brokenPattern says whether neither Java nor Go can read a constant pattern.
func brokenPattern(x *X) bool {
	if x.Lit != nil && x.Lit.S == "[" {
		return true
	}
	if x.Lit == nil || strings.ContainsAny(x.Lit.S, `[]{}\`) || strings.Contains(x.Lit.S, "(?") {
		return false
	}
	_, err := syntax.Parse(x.Lit.S, syntax.Perl)
	var bad *syntax.Error
	return errors.As(err, &bad) && bad.Code == syntax.ErrMissingParen
}

// newerRegexp are the functions that complain as newer ones do.
var newerRegexp = map[string]bool{"REGEXP_COUNT": true, "REGEXP_INSTR": true, "REGEXP_SUBSTR": true, "REGEXP_EXTRACT_ALL": true}

// regexpCall resolves the functions of regular expressions whose pattern is a
// constant that Java and Go read alike.
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
		return nil, Invalid(c.Pos, "Invalid number of arguments to function '%s'. Was expecting %d arguments", name, want)
	}
	if len(args) < 2 || len(args) > 3 || !args[0].Type.IsText() || !args[1].Type.IsText() {
		return nil, Refuse(c.Pos, "%s with these arguments", name)
	}
	re, ok := javaPattern(args[1])
	if !ok && brokenPattern(args[1]) && name == "REGEXP" {
		return Fold(r.Env.node(c.Pos, name, regexpFunctions[name].t.OrNull(args[0].Type.Nullable), args, strict(args, func([]value.Value) (value.Value, error) {
			return value.Bool(false), nil
		}))), nil
	}
	if !ok && brokenPattern(args[1]) {
		return r.Env.node(c.Pos, name, regexpFunctions[name].t.OrNull(args[0].Type.Nullable), args, always(value.NULL)), nil
	}
	if name == "REGEXP_EXTRACT_ALL" && ok {
		return r.extractAll(c, args, re)
	}
	if !ok {
		return nil, Refuse(c.Pos, "%s with this pattern", name)
	}
	f := regexpFunctions[name]
	three := name == "REGEXP_REPLACE"
	extra := value.Int(0)
	switch {
	case len(args) == 3 && name == "REGEXP_EXTRACT" && args[2].Lit != nil && args[2].Type.IsInt() && args[2].Type.Root != types.Bigint:
		extra = *args[2].Lit
	case len(args) == 3 && three && args[2].Lit != nil && args[2].Type.IsText():
		extra = *args[2].Lit
	case len(args) == 3 || three:
		return nil, Refuse(c.Pos, "%s with this third argument", name)
	}
	t := f.t.OrNull(args[0].Type.Nullable)
	return Fold(r.Env.node(c.Pos, name, t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		if strings.ContainsAny(vs[0].S, "\r\n\u0085\u2028\u2029") {
			return value.NULL, refuseRow("a regular expression over several lines")
		}
		return f.eval(re, vs[0].S, extra), nil
	}))), nil
}

// extractAll resolves REGEXP_EXTRACT_ALL: a group of each match, the first by
// default.
func (r *Resolver) extractAll(c *parse.Call, args []*X, re *regexp.Regexp) (*X, error) {
	group := 1
	if len(args) == 3 {
		if args[2].Lit == nil || !args[2].Type.IsInt() {
			return nil, Refuse(c.Pos, "REGEXP_EXTRACT_ALL with this third argument")
		}
		group = int(min(args[2].Lit.I, 1000))
	}
	t := regexpFunctions["REGEXP_EXTRACT_ALL"].t
	return Fold(r.Env.node(c.Pos, "REGEXP_EXTRACT_ALL", t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		if strings.ContainsAny(vs[0].S, "\r\n\u0085\u2028\u2029") {
			return value.NULL, refuseRow("a regular expression over several lines")
		}
		if group < 0 || group > re.NumSubexp() {
			return value.NULL, nil
		}
		items := []value.Value{}
		for _, m := range re.FindAllStringSubmatchIndex(vs[0].S, -1) {
			v := value.NULL
			if m[2*group] >= 0 {
				v = value.Text(vs[0].S[m[2*group]:m[2*group+1]])
			}
			items = append(items, v)
		}
		return value.List(items), nil
	}))), nil
}

type regexpFunction struct {
	t    types.Type
	eval func(re *regexp.Regexp, s string, extra value.Value) value.Value
}

var regexpFunctions = map[string]regexpFunction{
	"REGEXP_REPLACE": {types.String, func(re *regexp.Regexp, s string, with value.Value) value.Value {
		return value.Text(re.ReplaceAllLiteralString(s, with.S))
	}},
	"REGEXP_EXTRACT": {types.String.Null(true), func(re *regexp.Regexp, s string, group value.Value) value.Value {
		m := re.FindStringSubmatchIndex(s)
		if m == nil || group.I < 0 || group.I > int64(re.NumSubexp()) || m[2*group.I] < 0 {
			return value.NULL
		}
		return value.Text(s[m[2*group.I]:m[2*group.I+1]])
	}},
	"REGEXP": {types.Of(types.Boolean), func(re *regexp.Regexp, s string, _ value.Value) value.Value {
		return value.Bool(re.String() != "" && re.MatchString(s))
	}},
	"REGEXP_EXTRACT_ALL": {t: textList(nil).Null(true)},
	"REGEXP_COUNT": {types.Of(types.Integer).Null(true), func(re *regexp.Regexp, s string, _ value.Value) value.Value {
		return value.Int(int64(len(re.FindAllStringIndex(s, -1))))
	}},
	"REGEXP_INSTR": {types.Of(types.Integer).Null(true), func(re *regexp.Regexp, s string, _ value.Value) value.Value {
		m := re.FindStringIndex(s)
		if m == nil {
			return value.Int(0)
		}
		return value.Int(int64(utf8.RuneCountInString(s[:m[0]])) + 1)
	}},
	"REGEXP_SUBSTR": {types.String.Null(true), func(re *regexp.Regexp, s string, _ value.Value) value.Value {
		m := re.FindStringIndex(s)
		if m == nil {
			return value.NULL
		}
		return value.Text(s[m[0]:m[1]])
	}},
}

// sha2 resolves SHA2(text, bits).
func sha2(r *Resolver, c *parse.Call) (*X, error) {
	args, err := r.values(c.Args)
	if err != nil {
		return nil, err
	}
	if len(args) != 2 || !args[0].Type.IsText() && !args[0].Type.IsBytes() || args[1].Lit == nil || !args[1].Type.IsInt() {
		return nil, Refuse(c.Pos, "SHA2 with these arguments")
	}
	if !args[1].Lit.Valid {
		return r.Env.node(c.Pos, "SHA2", types.Text(128).Null(true), args, always(value.NULL)), nil
	}
	hash, ok := map[int64]func(string) string{
		224: func(s string) string { h := sha256.Sum224([]byte(s)); return hexSum(h[:]) },
		256: func(s string) string { h := sha256.Sum256([]byte(s)); return hexSum(h[:]) },
		384: func(s string) string { h := sha512.Sum384([]byte(s)); return hexSum(h[:]) },
		512: func(s string) string { h := sha512.Sum512([]byte(s)); return hexSum(h[:]) },
	}[args[1].Lit.I]
	if !ok {
		return nil, Refuse(c.Pos, "SHA2 of this length")
	}
	t := types.Text(128).Null(args[0].Type.Nullable)
	return Fold(r.Env.node(c.Pos, "SHA2", t, args, strict(args, func(vs []value.Value) (value.Value, error) {
		return value.Text(hash(vs[0].S)), nil
	}))), nil
}
