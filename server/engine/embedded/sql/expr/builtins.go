package expr

import (
	"math"

	"drey/client/flinksql"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/numeric"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// Builtin is a function of the catalogue. Args has a letter for each argument
// (see accepts). Eval gets arguments that are not NULL.
type Builtin struct {
	Args  string
	Forms string // as Flink lists them in its complaint
	// Signatures are the forms of a function that complains as newer ones do.
	Signatures string
	Unit       string // of a part of a time, which is EXTRACT for Flink
	Nullable   bool   // the result may be NULL for arguments that are not
	Type       func(args []*X) types.Type
	Eval       func(e *Env, v []value.Value, t []types.Type) (value.Value, error)
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
		return value.Float(f(numeric.AsFloat(v[0], t[0]))), nil
	}}
}

func text1(name string, typ func([]*X) types.Type, f func(string) string) *Builtin {
	return &Builtin{Args: "t", Forms: "'" + name + "(<CHARACTER>)'", Type: typ, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		return value.Text(f(v[0].S)), nil
	}}
}

// Known says whether Flink has a function of this name, in upper case.
func Known(name string) bool {
	return len(flinksql.FunctionsNamed(name)) > 0 || builtins[name] != nil || specials[name] != nil
}

// numbers are the functions of numbers.
var numbers = map[string]*Builtin{
	"SQRT": math1("SQRT", math.Sqrt), "LN": math1("LN", java.Ln), "LOG10": math1("LOG10", java.Log10), "EXP": math1("EXP", java.Exp),
	"SIN": math1("SIN", java.Sin), "COS": math1("COS", java.Cos), "TAN": math1("TAN", java.Tan), "ASIN": math1("ASIN", math.Asin),
	"ACOS": math1("ACOS", math.Acos), "ATAN": math1("ATAN", math.Atan), "SINH": math1("SINH", java.Sinh), "COSH": math1("COSH", java.Cosh),
	"TANH": math1("TANH", java.Tanh), "COT": math1("COT", func(f float64) float64 { return 1 / java.Tan(f) }),
	"DEGREES": math1("DEGREES", func(f float64) float64 { return f * 180 / math.Pi }),
	"RADIANS": math1("RADIANS", func(f float64) float64 { return f / 180 * math.Pi }),
	"PI":      constant(math.Pi), "E": constant(math.E),
	"POWER": {Args: "nn", Forms: "'POWER(<NUMERIC>, <NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return value.Float(java.Pow(numeric.AsFloat(v[0], t[0]), numeric.AsFloat(v[1], t[1]))), nil
	}},
	"ATAN2": {Args: "nn", Forms: "'ATAN2(<NUMERIC>, <NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return value.Float(math.Atan2(numeric.AsFloat(v[0], t[0]), numeric.AsFloat(v[1], t[1]))), nil
	}},
	"LOG2": {Args: "n", Forms: "'LOG2(<NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		return value.Float(java.Ln(numeric.AsFloat(v[0], t[0])) / java.Ln(2)), nil
	}},
	"LOG": {Args: "nN", Forms: "'LOG(<NUMERIC>)'", Type: double, Eval: func(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
		f := java.Ln(numeric.AsFloat(v[0], t[0]))
		if len(v) == 2 {
			f = java.Ln(numeric.AsFloat(v[1], t[1])) / f
		}
		return value.Float(f), nil
	}},
	"ABS":   {Args: "n", Forms: "'ABS(<NUMERIC>)'\n'ABS(<DATETIME_INTERVAL>)'", Type: first, Eval: abs},
	"SIGN":  {Args: "n", Forms: "'SIGN(<NUMERIC>)'", Type: first, Eval: sign},
	"BIN":   {Args: "l", Forms: "'BIN(<INTEGER>)'", Type: str, Eval: bin},
	"HEX":   {Args: "h", Forms: "'HEX(<INTEGER>)'\n'HEX(<CHARACTER>)'", Type: str, Eval: hexOf},
	"UNHEX": {Args: "t", Forms: "'UNHEX(<CHARACTER>)'", Type: bytes, Nullable: true, Eval: unhex},
}

func constant(f float64) *Builtin {
	return &Builtin{Type: double, Eval: func(*Env, []value.Value, []types.Type) (value.Value, error) { return value.Float(f), nil }}
}

// builtins are all functions without rules of their own.
var builtins = func() map[string]*Builtin {
	all := map[string]*Builtin{}
	for _, part := range []map[string]*Builtin{numbers, texts, moreTexts, datetimes, others} {
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
