// Package numbers has the functions of numbers, and the random ones.
package numbers

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
)

// Functions are those of numbers.
var Functions = []*expr.Function{
	{
		Name: "SQRT",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "SQRT(numeric)", Returns: "DOUBLE",
			Doc: "Returns the square root of NUMERIC.",
		}},
		Overloads: unaryFloat(math.Sqrt),
	},
	{
		Name: "LN",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "LN(numeric)", Returns: "DOUBLE",
			Doc: "Returns the natural logarithm (base e) of NUMERIC.",
		}},
		Overloads: unaryFloat(java.Ln),
	},
	{
		Name: "LOG10",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "LOG10(numeric)", Returns: "DOUBLE",
			Doc: "Returns the base 10 logarithm of numeric.",
		}},
		Overloads: unaryFloat(java.Log10),
	},
	{
		Name: "EXP",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "EXP(numeric)", Returns: "DOUBLE",
			Doc: "Returns e raised to the power of numeric.",
		}},
		Overloads: unaryFloat(java.Exp),
	},
	{
		Name: "SIN",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "SIN(numeric)", Returns: "DOUBLE", Doc: "Returns the sine of numeric.",
		}},
		Overloads: unaryFloat(java.Sin),
	},
	{
		Name: "COS",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "COS(numeric)", Returns: "DOUBLE", Doc: "Returns the cosine of numeric.",
		}},
		Overloads: unaryFloat(java.Cos),
	},
	{
		Name: "TAN",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "TAN(numeric)", Returns: "DOUBLE",
			Doc: "Returns the tangent of numeric.",
		}},
		Overloads: unaryFloat(java.Tan),
	},
	{
		Name: "ASIN",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "ASIN(numeric)", Returns: "DOUBLE",
			Doc: "Returns the arc sine of numeric.",
		}},
		Overloads: unaryFloat(math.Asin),
	},
	{
		Name: "ACOS",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "ACOS(numeric)", Returns: "DOUBLE",
			Doc: "Returns the arc cosine of numeric.",
		}},
		Overloads: unaryFloat(math.Acos),
	},
	{
		Name: "ATAN",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "ATAN(numeric)", Returns: "DOUBLE",
			Doc: "Returns the arc tangent of numeric.",
		}},
		Overloads: unaryFloat(math.Atan),
	},
	{
		Name: "SINH",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "SINH(numeric)", Returns: "DOUBLE",
			Doc: "Returns the hyperbolic sine of numeric.",
		}},
		Overloads: unaryFloat(java.Sinh),
	},
	{
		Name: "COSH",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "COSH(numeric)", Returns: "DOUBLE",
			Doc: "Returns the hyperbolic cosine of NUMERIC.",
		}},
		Overloads: unaryFloat(java.Cosh),
	},
	{
		Name: "TANH",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "TANH(numeric)", Returns: "DOUBLE",
			Doc: "Returns the hyperbolic tangent of numeric.",
		}},
		Overloads: unaryFloat(java.Tanh),
	},
	{
		Name: "COT",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "COT(numeric)", Returns: "DOUBLE",
			Doc: "Returns the cotangent of a numeric.",
		}},
		Overloads: unaryFloat(func(f float64) float64 { return 1 / java.Tan(f) }),
	},
	{
		Name: "DEGREES",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "DEGREES(numeric)", Returns: "DOUBLE",
			Doc: "Returns the degree representation of a radian NUMERIC.",
		}},
		Overloads: unaryFloat(func(f float64) float64 { return f * 180 / math.Pi }),
	},
	{
		Name: "RADIANS",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "RADIANS(numeric)", Returns: "DOUBLE",
			Doc: "Returns the radian representation of a degree NUMERIC.",
		}},
		Overloads: unaryFloat(func(f float64) float64 { return f / 180 * math.Pi }),
	},
	{
		Name: "LOG2",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "LOG2(numeric)", Returns: "DOUBLE",
			Doc: "Returns the base 2 logarithm of numeric.",
		}},
		Overloads: unaryFloat(func(f float64) float64 { return java.Ln(f) / java.Ln(2) }),
	},
	{
		Name: "LOG",
		Forms: []expr.Form{
			{Category: "arithmetic", Signature: "LOG(numeric2)", Returns: "DOUBLE", Doc: "When called with one argument, returns the natural logarithm of numeric2."},
			{Category: "arithmetic", Signature: "LOG(numeric1, numeric2)", Returns: "DOUBLE", Doc: "When called with one argument, returns the natural logarithm of numeric2."},
		},
		Overloads: append(unaryFloat(java.Ln), binaryFloat(func(x, y float64) float64 {
			return java.Ln(y) / java.Ln(x)
		})...),
		Supported: []string{"<NUMERIC>"},
	},
	{
		Name: "PI",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "PI()", Returns: "DOUBLE",
			Doc: "Returns a value that is closer than any other values to pi.",
		}},
		Resolve: pi,
		Bare:    true,
	},
	{
		Name: "E",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "E()", Returns: "DOUBLE",
			Doc: "Returns a value that is closer than any other values to e.",
		}},
		Overloads: []expr.Overload{{Type: expr.DoubleResult, Eval: constant(math.E)}},
	},
	{
		Name: "POWER",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "POWER(numeric1, numeric2)", Returns: "DOUBLE",
			Doc: "NUMERIC1.power(NUMERIC2).",
		}},
		Overloads: binaryFloat(java.Pow),
	},
	{
		Name: "ATAN2",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "ATAN2(numeric1, numeric2)", Returns: "DOUBLE",
			Doc: "Returns the arc tangent of a coordinate (NUMERIC1, NUMERIC2).",
		}},
		Overloads: binaryFloat(math.Atan2),
	},
	{
		Name: "ABS",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "ABS(numeric)", Doc: "Returns the absolute value of numeric.",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Number}, Type: expr.TypeOfFirst, Eval: abs}},
		Supported: []string{"<NUMERIC>", "<DATETIME_INTERVAL>"},
	},
	{
		Name: "SIGN",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "SIGN(numeric)", Doc: "Returns the signum of NUMERIC.",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Number}, Type: expr.TypeOfFirst, Eval: sign}},
	},
	{
		Name: "BIN",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "BIN(INT)", Returns: "STRING",
			Doc: "Returns a string representation of INTEGER in binary format.",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.AnyInteger}, Type: expr.StringResult, Eval: bin}},
	},
	{
		Name: "HEX",
		Forms: []expr.Form{
			{Category: "arithmetic", Signature: "HEX(numeric)", Returns: "STRING", Doc: "Returns a string representation of an integer NUMERIC value or a STRING in hex format."},
			{Category: "arithmetic", Signature: "HEX(string)", Returns: "STRING", Doc: "Returns a string representation of an integer NUMERIC value or a STRING in hex format."},
		},
		Overloads: []expr.Overload{
			{Args: []expr.Param{expr.AnyInteger}, Type: expr.StringResult, Eval: hexOfNumber},
			{Args: []expr.Param{expr.Text}, Type: expr.StringResult, Eval: hexOfText},
		},
	},
	{
		Name: "UNHEX",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "UNHEX(expr)", Returns: "BYTES",
			Doc: "Converts hexadecimal string expr to BINARY.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text}, Type: expr.BytesResult, Nullable: true, Eval: unhex,
		}},
	},
	{
		Name: "ROUND",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "ROUND(NUMERIC, INT)",
			Doc: "Returns a number rounded to INT decimal places for NUMERIC.",
		}},
		Resolve: rounding(apd.RoundHalfUp),
	},
	{
		Name: "TRUNCATE",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "TRUNCATE(numeric1, integer2)",
			Doc: "Returns a numeric of truncated to integer2 decimal places.",
		}},
		Resolve: rounding(apd.RoundDown),
	},
	{
		Name: "FLOOR",
		Forms: []expr.Form{
			{Category: "arithmetic", Signature: "FLOOR(numeric)", Doc: "Rounds numeric down, and returns the largest number that is less than or equal to numeric."},
			{Category: "temporal", Signature: "FLOOR(timepoint TO timeintervalunit)", Doc: "Returns a value that rounds timepoint down to the time unit timeintervalunit."},
		},
		Resolve: whole(apd.RoundFloor, math.Floor, false),
	},
	{
		Name: "CEIL",
		Forms: []expr.Form{
			{Category: "arithmetic", Signature: "CEIL(numeric)", Doc: "Rounds numeric up, and returns the smallest number that is greater than or equal to numeric."},
			{Category: "temporal", Signature: "CEIL(timepoint TO timeintervaluntit)", Doc: "Returns a value that rounds timepoint up to the time unit timeintervalunit."},
		},
		Resolve: whole(apd.RoundCeiling, math.Ceil, true),
	},
	{
		Name: "CEILING",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "CEILING(numeric)",
			Doc: "Rounds numeric up, and returns the smallest number that is greater than or equal to numeric.",
		}},
		Resolve: whole(apd.RoundCeiling, math.Ceil, true),
	},
	{
		Name: "MOD",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "MOD(numeric1, numeric2)",
			Doc: "Returns the remainder of numeric1 divided by numeric2.",
		}},
		Resolve: mod,
	},
	{
		Name: "UUID",
		Forms: []expr.Form{{
			Category: "arithmetic", Signature: "UUID()", Returns: "STRING",
			Doc: "Returns an UUID (Universally Unique Identifier) string.",
		}},
		Resolve: uuid,
	},
	{
		Name: "RAND",
		Forms: []expr.Form{
			{Category: "arithmetic", Signature: "RAND()", Returns: "DOUBLE", Doc: "Returns a pseudorandom double value in the range [0.0, 1.0)."},
			{Category: "arithmetic", Signature: "RAND(INT)", Returns: "DOUBLE", Doc: "Returns a pseudorandom double value in the range [0.0, 1.0) with an initial seed integer."},
		},
		Resolve: random,
	},
	{
		Name: "RAND_INTEGER",
		Forms: []expr.Form{
			{Category: "arithmetic", Signature: "RAND_INTEGER(INT)", Returns: "INT", Doc: "Returns a pseudorandom integer value in the range [0, INT)."},
			{Category: "arithmetic", Signature: "RAND_INTEGER(INT1, INT2)", Returns: "INT", Doc: "Returns a pseudorandom integer value in the range [0, INT2) with an initial seed INT1."},
		},
		Resolve: randomInteger,
	},
}
