package expr

import (
	"math"

	"drey/client/flinksql"
	"drey/server/engine/embedded/sql/types"
	"drey/server/engine/embedded/sql/value"
)

// Builtin is a function of the catalogue. Args has a letter for each argument
// (see accepts). Eval gets arguments that are not NULL.
type Builtin struct {
	Args     string
	Forms    string // as Flink lists them in its complaint
	Nullable bool   // the result may be NULL for arguments that are not
	Type     func(args []*X) types.Type
	Eval     func(e *Env, v []value.Value, t []types.Type) (value.Value, error)
}

// min is how many arguments must be given.
func (b *Builtin) min() int {
	n := 0
	for n < len(b.Args) && b.Args[n] >= 'a' {
		n++
	}
	return n
}

func always2(t types.Type) func([]*X) types.Type { return func([]*X) types.Type { return t } }

var (
	str     = always2(types.String)
	integer = always2(types.Of(types.Integer))
	bigint  = always2(types.Of(types.Bigint))
	double  = always2(types.Of(types.Double))
	boolean = always2(types.Of(types.Boolean))
	bytes   = always2(types.Type{Root: types.Varbinary, P: types.MaxLength})
	stringN = func(n int) func([]*X) types.Type { return always2(types.Type{Root: types.Char, P: n}) }
)

// first is the type of the first argument.
func first(args []*X) types.Type { return args[0].Type }

// upTo is a VARCHAR of the first argument's length.
func upTo(args []*X) types.Type { return types.Text(args[0].Type.P) }

// math1 is a function of a number to a DOUBLE.
func math1(name string, f func(float64) float64) *Builtin {
	return &Builtin{Args: "n", Forms: "'" + name + "(<NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return value.Float(f(asFloat(v[0], t[0]))), nil
	}}
}

func text1(name string, typ func([]*X) types.Type, f func(string) string) *Builtin {
	return &Builtin{Args: "t", Forms: "'" + name + "(<CHARACTER>)'", Type: typ, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		return value.Text(f(v[0].S)), nil
	}}
}

var known = func() map[string]bool {
	set := map[string]bool{}
	for _, f := range flinksql.Functions {
		set[f.Name] = true
	}
	for _, name := range []string{
		"NOW", "CURRENT_ROW_TIMESTAMP", "CURRENT_WATERMARK", "PROCTIME", "DATEDIFF", "JSON", "TO_TIMESTAMP", "TUMBLE", "HOP", "SESSION", "LAG", "LEAD",
		"TUMBLE_START", "TUMBLE_END", "HOP_START", "HOP_END", "SESSION_START", "SESSION_END", "TUMBLE_ROWTIME", "GROUP_ID", "GROUPING", "GROUPING_ID",
		"PERCENTILE", "SUBSTR", "HASH_CODE", "KEYVALUE", "IS_DIGIT", "IS_DECIMAL", "INSTR", "JSON_STRING", "TYPEOF", "NTILE", "SINGLE_VALUE", "DATE_FORMAT", "YEAR", "MONTH", "WEEK", "DAY",
		"QUARTER", "HOUR", "MINUTE", "SECOND", "DAYOFYEAR", "DAYOFMONTH", "DAYOFWEEK", "LENGTH_UTF8", "ROW_NUMBER", "RANK", "DENSE_RANK",
		"PERCENT_RANK", "CUME_DIST", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE", "COLLECT", "LISTAGG", "STDDEV", "VARIANCE", "STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP",
		"APPROX_COUNT_DISTINCT", "CHARACTER_LENGTH", "CEILING", "MOD", "CARDINALITY", "ELEMENT", "ARRAY_AGG", "TO_TIMESTAMP_LTZ", "CONVERT_TZ", "LOG1P", "SHA384",
		"JSON_ARRAYAGG", "JSON_OBJECTAGG", "JSON_OBJECT", "JSON_ARRAY", "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_LENGTH", "TO_BASE64",
		"PARSE_JSON", "TRY_PARSE_JSON", "INITCAP", "TRANSLATE", "STARTSWITH", "ENDSWITH", "ELT", "BTRIM", "CURRENT_DATABASE", "MATCH_ROWTIME", "MATCH_PROCTIME",
	} {
		set[name] = true
	}
	delete(set, "LENGTH")
	return set
}()

// Known says whether Flink has a function of this name, in upper case.
func Known(name string) bool { return known[name] || builtins[name] != nil || specials[name] != nil }

// numbers are the functions of numbers.
var numbers = map[string]*Builtin{
	"SQRT": math1("SQRT", math.Sqrt), "LN": math1("LN", ln), "LOG10": math1("LOG10", log10), "EXP": math1("EXP", exp),
	"SIN": math1("SIN", sin), "COS": math1("COS", cos), "TAN": math1("TAN", tan), "ASIN": math1("ASIN", math.Asin),
	"ACOS": math1("ACOS", math.Acos), "ATAN": math1("ATAN", math.Atan), "SINH": math1("SINH", sinh), "COSH": math1("COSH", cosh),
	"TANH": math1("TANH", tanh), "COT": math1("COT", func(f float64) float64 { return 1 / tan(f) }),
	"DEGREES": math1("DEGREES", func(f float64) float64 { return f * 180 / math.Pi }),
	"RADIANS": math1("RADIANS", func(f float64) float64 { return f / 180 * math.Pi }),
	"PI":      constant(math.Pi), "E": constant(math.E),
	"POWER": {Args: "nn", Forms: "'POWER(<NUMERIC>, <NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return value.Float(pow(asFloat(v[0], t[0]), asFloat(v[1], t[1]))), nil
	}},
	"ATAN2": {Args: "nn", Forms: "'ATAN2(<NUMERIC>, <NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return value.Float(math.Atan2(asFloat(v[0], t[0]), asFloat(v[1], t[1]))), nil
	}},
	"LOG2": {Args: "n", Forms: "'LOG2(<NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return value.Float(ln(asFloat(v[0], t[0])) / ln(2)), nil
	}},
	"LOG": {Args: "nN", Forms: "'LOG(<NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		f := ln(asFloat(v[0], t[0]))
		if len(v) == 2 {
			f = ln(asFloat(v[1], t[1])) / f
		}
		return value.Float(f), nil
	}},
	"ABS":   {Args: "n", Forms: "'ABS(<NUMERIC>)'\n'ABS(<DATETIME_INTERVAL>)'", Type: first, Eval: abs},
	"SIGN":  {Args: "n", Forms: "'SIGN(<NUMERIC>)'", Type: first, Eval: sign},
	"BIN":   {Args: "l", Forms: "'BIN(<NUMERIC>)'", Type: str, Eval: bin},
	"HEX":   {Args: "a", Forms: "'HEX(<NUMERIC>)'", Type: hexType, Eval: hexOf},
	"UNHEX": {Args: "t", Forms: "'UNHEX(<CHARACTER>)'", Type: bytes, Nullable: true, Eval: unhex},
}

func constant(f float64) *Builtin {
	return &Builtin{Type: double, Eval: func(*Env, []value.Value, []types.Type) (value.Value, error) { return value.Float(f), nil }}
}

// builtins are all functions without rules of their own.
var builtins = func() map[string]*Builtin {
	all := map[string]*Builtin{}
	for _, part := range []map[string]*Builtin{numbers, texts, datetimes, others} {
		for name, f := range part {
			all[name] = f
		}
	}
	return all
}()

// Implemented says whether drey computes a function of this name, in upper case.
func Implemented(name string) bool {
	return aggregates[name] || builtins[name] != nil || specials[name] != nil
}
