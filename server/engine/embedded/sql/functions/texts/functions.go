// Package texts has the functions of texts: letters, parts, patterns, URLs,
// hashes and character sets.
package texts

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"strconv"
	"strings"

	"drey/server/engine/embedded/sql/expr"
)

// Functions are those of texts.
var Functions = []*expr.Function{
	{
		Name:      "UPPER",
		Forms:     []expr.Form{{Category: "string", Signature: "UPPER(string)", Doc: "Returns STRING in uppercase."}},
		Overloads: unaryText(expr.TypeOfFirst, upper),
	},
	{
		Name:      "LOWER",
		Forms:     []expr.Form{{Category: "string", Signature: "LOWER(string)", Doc: "Returns string in lowercase."}},
		Overloads: unaryText(expr.TypeOfFirst, strings.ToLower),
	},
	{
		Name: "INITCAP",
		Forms: []expr.Form{{
			Category: "string", Signature: "INITCAP(string)",
			Doc: "Returns a new form of STRING with the first character of each word converted to uppercase " +
				"and the rest characters to lowercase.",
		}},
		Overloads: unaryText(expr.TypeOfFirst, initCap),
	},
	{
		Name: "TO_BASE64",
		Forms: []expr.Form{{
			Category: "string", Signature: "TO_BASE64(string)", Returns: "STRING",
			Doc: "Returns the base64-encoded result from string; returns NULL if string is NULL.",
		}},
		Overloads: unaryText(expr.StringResult, func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte(s))
		}),
	},
	{
		Name: "FROM_BASE64",
		Forms: []expr.Form{{
			Category: "string", Signature: "FROM_BASE64(string)", Returns: "STRING",
			Doc: "Returns the base64-decoded result from string; returns NULL if string is NULL.",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Text}, Type: expr.StringResult, Eval: fromBase64}},
	},
	{
		Name: "CHAR_LENGTH",
		Forms: []expr.Form{{
			Category: "string", Signature: "CHAR_LENGTH(string)", Returns: "INT",
			Doc: "Returns the number of characters in STRING.",
		}},
		Overloads: length,
	},
	{
		Name: "CHARACTER_LENGTH",
		Forms: []expr.Form{{
			Category: "string", Signature: "CHARACTER_LENGTH(string)", Returns: "INT",
			Doc: "Returns the number of characters in STRING.",
		}},
		Overloads: length,
	},
	{
		Name: "ASCII",
		Forms: []expr.Form{{
			Category: "string", Signature: "ASCII(string)", Returns: "INT",
			Doc: "Returns the numeric value of the first character of string.",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Text}, Type: expr.IntResult, Eval: ascii}},
	},
	{
		Name: "CHR",
		Forms: []expr.Form{{
			Category: "string", Signature: "CHR(integer)", Returns: "STRING",
			Doc: "Returns the ASCII character having the binary equivalent to integer.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.AnyInteger.As("NUMERIC")}, Type: expr.StringResult, Nullable: true, Eval: chr,
		}},
	},
	{
		Name: "REVERSE",
		Forms: []expr.Form{{
			Category: "string", Signature: "REVERSE(string)", Returns: "STRING", Doc: "Returns the reversed string.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text}, Type: expr.StringResult, Nullable: true, Eval: reverse,
		}},
	},
	{
		Name: "REPEAT",
		Forms: []expr.Form{{
			Category: "string", Signature: "REPEAT(string, int)", Returns: "STRING",
			Doc: "Returns a string that repeats the base string integer times.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Integer}, Type: expr.StringResult, Eval: repeat,
		}},
	},
	{
		Name: "REPLACE",
		Forms: []expr.Form{{
			Category: "string", Signature: "REPLACE(string1, string2, string3)", Returns: "STRING",
			Doc: "Returns a string from STRING1 with all the substrings that match a regular expression " +
				"STRING2 consecutively being replaced with STRING3.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Text, expr.Text}, Type: expr.StringResult, Eval: replace,
		}},
	},
	part("LEFT", "leftmost", left),
	part("RIGHT", "rightmost", right),
	padded("LPAD", "left", true),
	padded("RPAD", "right", false),
	trimmedAt("LTRIM", "leading", trimmed(true, false)),
	trimmedAt("RTRIM", "trailing", trimmed(false, true)),
	{
		Name: "BTRIM",
		Forms: []expr.Form{{
			Category: "string", Signature: "BTRIM(str[, trimStr])",
			Doc: "Removes any leading and trailing characters within trimStr from str.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Opt(expr.Text)}, Type: expr.StringResult, Eval: trimmed(true, true),
		}},
		Signatures: []string{
			"BTRIM(str <CHARACTER_STRING>)", "BTRIM(str <CHARACTER_STRING>, trimStr <CHARACTER_STRING>)",
		},
	},
	{
		Name: "LOCATE",
		Forms: []expr.Form{{
			Category: "string", Signature: "LOCATE(string1, string2[, integer])", Returns: "INT",
			Doc: "Returns the position of the first occurrence of string1 in string2 after position integer.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Text, expr.Opt(expr.Integer)}, Type: expr.IntResult, Eval: locate,
		}},
		Supported: []string{"<CHARACTER>, <CHARACTER>"},
	},
	{
		Name: "INSTR",
		Forms: []expr.Form{{
			Category: "string", Signature: "INSTR(string1, string2)", Returns: "INT",
			Doc: "Returns the position of the first occurrence of string2 in string1.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Text, expr.Opt(expr.Integer), expr.Opt(expr.Integer)},
			Type: expr.IntResult, Eval: instr,
		}},
	},
	{
		Name: "SPLIT_INDEX",
		Forms: []expr.Form{{
			Category: "string", Signature: "SPLIT_INDEX(string1, string2, integer1)", Returns: "STRING",
			Doc: "Splits string1 by the delimiter string2, returns the integerth (zero-based) string of the split strings.",
		}},
		Overloads: []expr.Overload{
			{Args: []expr.Param{expr.Text, expr.Text, expr.Integer}, Type: expr.StringResult, Nullable: true, Eval: splitIndex},
			{Args: []expr.Param{expr.Text, expr.PlainInt, expr.Integer}, Type: expr.StringResult, Nullable: true, Eval: splitIndexByCode},
		},
	},
	{
		Name: "SPLIT",
		Forms: []expr.Form{{
			Category: "collection", Signature: "SPLIT(string, delimiter)", Returns: "ARRAY<STRING>",
			Doc: "Returns an array of substrings by splitting the input string based on the given delimiter.",
		}},
		Overloads:  []expr.Overload{{Args: []expr.Param{expr.Text, expr.Text}, Type: textListResult, Eval: split}},
		Signatures: []string{"SPLIT(<CHARACTER_STRING>, <CHARACTER_STRING>)"},
	},
	edge("STARTSWITH", "start", strings.HasPrefix),
	edge("ENDSWITH", "end", strings.HasSuffix),
	{
		Name: "DECODE",
		Forms: []expr.Form{{
			Category: "string", Signature: "DECODE(binary, string)", Returns: "STRING",
			Doc: "Decodes the first argument into a String using the provided character set (one of " +
				"'US-ASCII', 'ISO-8859-1', 'UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16').",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Bytes, expr.Text}, Type: expr.StringResult, Eval: decode}},
	},
	{
		Name: "ENCODE",
		Forms: []expr.Form{{
			Category: "string", Signature: "ENCODE(string1, string2)", Returns: "BYTES",
			Doc: "Encodes the string1 into a BINARY using the provided string2 character set (one of " +
				"'US-ASCII', 'ISO-8859-1', 'UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16').",
		}},
		Overloads: []expr.Overload{{Args: []expr.Param{expr.Text, expr.Text}, Type: expr.BytesResult, Eval: encode}},
	},
	{
		Name: "STR_TO_MAP",
		Forms: []expr.Form{{
			Category: "string", Signature: "STR_TO_MAP(string1[, string2, string3])", Returns: "MAP<STRING, STRING>",
			Doc: "Returns a map after splitting the string1 into key/value pairs using delimiters.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Opt(expr.Text), expr.Opt(expr.Text)}, Type: textMapResult,
			Nullable: true, Eval: strToMap,
		}},
		Supported: []string{"<CHARACTER>", "<CHARACTER>, <CHARACTER>, <CHARACTER>"},
	},
	{
		Name: "SUBSTRING",
		Forms: []expr.Form{{
			Category: "string", Signature: "SUBSTRING(string FROM integer1 [ FOR integer2 ])",
			Doc: "Returns a substring of STRING starting from position INT1 with length INT2 (to the end by default).",
		}},
		Resolve:   substring,
		Supported: []string{"<CHARACTER>, <INTEGER>", "<CHARACTER>, <INTEGER>, <INTEGER>"},
	},
	{
		Name: "SUBSTR",
		Forms: []expr.Form{{
			Category: "string", Signature: "SUBSTR(string, integer1[, integer2])",
			Doc: "Returns a substring of string starting from position integer1 with length integer2 (to the end by default).",
		}},
		Resolve: substring,
	},
	{
		Name: "TRIM",
		Forms: []expr.Form{{
			Category: "string", Signature: "TRIM([ BOTH | LEADING | TRAILING ] string1 FROM string2)",
			Doc: "Returns a string that removes leading and/or trailing characters STRING2 from STRING1.",
		}},
		Resolve: trim,
	},
	{
		Name: "POSITION",
		Forms: []expr.Form{{
			Category: "string", Signature: "POSITION(string1 IN string2)", Returns: "INT",
			Doc: "Returns the position (start from 1) of the first occurrence of STRING1 in STRING2; returns " +
				"0 if STRING1 cannot be found in STRING2.",
		}},
		Resolve: positionCall,
	},
	{
		Name: "OVERLAY",
		Forms: []expr.Form{{
			Category: "string", Signature: "OVERLAY(string1 PLACING string2 FROM integer1 [ FOR integer2 ])",
			Returns: "STRING",
			Doc: "Returns a string that replaces INT2 (STRING2's length by default) characters of " +
				"STRING1 with STRING2 from position INT1.",
		}},
		Resolve: overlay,
	},
	{
		Name: "CONCAT",
		Forms: []expr.Form{{
			Category: "string", Signature: "CONCAT(string1, string2,...)", Returns: "STRING",
			Doc: "Returns a string that concatenates string1, string2, ....",
		}},
		Resolve:   concatCall,
		Supported: []string{"<CHARACTER>"},
	},
	{
		Name: "CONCAT_WS",
		Forms: []expr.Form{{
			Category: "string", Signature: "CONCAT_WS(string1, string2, string3,...)", Returns: "STRING",
			Doc: "Returns a string that concatenates STRING2, STRING3, ...",
		}},
		Resolve: concatWS,
	},
	{
		Name: "TRANSLATE",
		Forms: []expr.Form{{
			Category: "string", Signature: "TRANSLATE(expr, fromStr, toStr)", Returns: "STRING",
			Doc: "Translate an expr where all characters in fromStr have been replaced with those in toStr.",
		}},
		Resolve: translate(false),
	},
	{
		Name:    "TRANSLATE3",
		Resolve: translate(true),
	},
	{
		Name: "ELT",
		Forms: []expr.Form{{
			Category: "string", Signature: "ELT(index, expr[, exprs]*)", Returns: "STRING",
			Doc: "Returns the index-th expression.",
		}},
		Resolve: elt,
	},
	{
		Name: "IS_ALPHA",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "IS_ALPHA(string)", Returns: "BOOLEAN",
			Doc: "Returns true if all characters in string are letter, otherwise false.",
		}},
		Resolve: textCheck(isAlpha, numbers{float: true}),
	},
	{
		Name: "IS_DIGIT",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "IS_DIGIT(string)", Returns: "BOOLEAN",
			Doc: "Returns true if all characters in string are digit, otherwise false.",
		}},
		Resolve: textCheck(isDigit, numbers{are: true}),
	},
	{
		Name: "IS_DECIMAL",
		Forms: []expr.Form{{
			Category: "conditional", Signature: "IS_DECIMAL(string)", Returns: "BOOLEAN",
			Doc: "Returns true if string can be parsed to a valid numeric, otherwise false.",
		}},
		Resolve: textCheck(isDecimal, numbers{are: true, decimal: true, float: true}),
	},
	{
		Name: "PRINTF",
		Forms: []expr.Form{{
			Category: "string", Signature: "PRINTF(format[, obj]*)", Returns: "STRING",
			Doc: "Returns a formatted string from printf-style format string.",
		}},
		Resolve: printf,
	},
	{
		Name: "PARSE_URL",
		Forms: []expr.Form{{
			Category: "string", Signature: "PARSE_URL(string1, string2[, string3])", Returns: "STRING",
			Doc: "Returns the specified part from the URL.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Text, expr.Opt(expr.Text)}, Type: expr.StringResult, Nullable: true,
			Eval: parseURL,
		}},
	},
	{
		Name: "URL_ENCODE",
		Forms: []expr.Form{{
			Category: "string", Signature: "URL_ENCODE(string)", Returns: "STRING",
			Doc: "Translates a string into 'application/x-www-form-urlencoded' format using the UTF-8 encoding scheme.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text}, Type: expr.StringResult, Nullable: true, Eval: urlEncode,
		}},
		Signatures: []string{"URL_ENCODE(<CHARACTER_STRING>)"},
	},
	{
		Name: "URL_DECODE",
		Forms: []expr.Form{{
			Category: "string", Signature: "URL_DECODE(string)", Returns: "STRING",
			Doc: "Decodes a given string in 'application/x-www-form-urlencoded' format using the UTF-8 encoding scheme.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text}, Type: expr.StringResult, Nullable: true, Eval: urlDecode,
		}},
		Signatures: []string{"URL_DECODE(<CHARACTER_STRING>)"},
	},
	{
		Name: "REGEXP",
		Forms: []expr.Form{{
			Category: "string", Signature: "REGEXP(string1, string2)", Returns: "BOOLEAN",
			Doc: "Returns TRUE if any (possibly empty) substring of string1 matches the Java regular " +
				"expression string2, otherwise FALSE.",
		}},
		Resolve: pattern(regexpMatch),
	},
	{
		Name: "REGEXP_REPLACE",
		Forms: []expr.Form{{
			Category: "string", Signature: "REGEXP_REPLACE(string1, string2, string3)", Returns: "STRING",
			Doc: "Returns a string from STRING1 with all the substrings that match a regular expression " +
				"STRING2 consecutively being replaced with STRING3.",
		}},
		Resolve: pattern(regexpReplacement),
	},
	{
		Name: "REGEXP_EXTRACT",
		Forms: []expr.Form{{
			Category: "string", Signature: "REGEXP_EXTRACT(string1, string2[, integer])", Returns: "STRING",
			Doc: "Returns a string from string1 which extracted with a specified regular expression string2 " +
				"and a regex match group index integer.",
		}},
		Resolve: pattern(regexpGroup),
	},
	{
		Name: "REGEXP_EXTRACT_ALL",
		Forms: []expr.Form{{
			Category: "string", Signature: "REGEXP_EXTRACT_ALL(str, regex[, extractIndex])", Returns: "ARRAY<STRING>",
			Doc: "Extracts all the substrings in str that match the regex expression and correspond to the " +
				"regex group extractIndex.",
		}},
		Resolve: pattern(regexpGroups),
	},
	{
		Name: "REGEXP_COUNT",
		Forms: []expr.Form{{
			Category: "string", Signature: "REGEXP_COUNT(str, regex)", Returns: "INT",
			Doc: "Returns the number of times str matches the regex pattern.",
		}},
		Resolve: pattern(regexpCount),
	},
	{
		Name: "REGEXP_INSTR",
		Forms: []expr.Form{{
			Category: "string", Signature: "REGEXP_INSTR(str, regex)", Returns: "INT",
			Doc: "Returns the position of the first substring in str that matches regex.",
		}},
		Resolve: pattern(regexpPosition),
	},
	{
		Name: "REGEXP_SUBSTR",
		Forms: []expr.Form{{
			Category: "string", Signature: "REGEXP_SUBSTR(str, regex)", Returns: "STRING",
			Doc: "Returns the first substring in str that matches regex.",
		}},
		Resolve: pattern(regexpPart),
	},
	digest("MD5", "MD5", 32, func(s string) []byte { h := md5.Sum([]byte(s)); return h[:] }),
	digest("SHA1", "SHA-1", 40, func(s string) []byte { h := sha1.Sum([]byte(s)); return h[:] }),
	digest("SHA224", "SHA-224", 56, sha224),
	digest("SHA256", "SHA-256", 64, sha256Sum),
	digest("SHA384", "SHA-384", 96, sha384),
	digest("SHA512", "SHA-512", 128, sha512Sum),
	{
		Name: "SHA2",
		Forms: []expr.Form{{
			Category: "hashfunctions", Signature: "SHA2(string, hashLength)", Returns: "STRING",
			Doc: "Returns the hash using the SHA-2 family of hash functions (SHA-224, SHA-256, SHA-384, or SHA-512).",
		}},
		Resolve: sha2,
	},
	{
		Name: "HASH_CODE",
		Forms: []expr.Form{{
			Category: "hashfunctions", Signature: "HASH_CODE(string)", Returns: "INT",
			Doc: "Returns the hash code of string.",
		}},
		Overloads: []expr.Overload{
			{Args: []expr.Param{expr.Text}, Type: expr.IntResult, Eval: hashCode},
			{Args: []expr.Param{expr.PlainInt}, Type: expr.IntResult, Eval: itself},
		},
		Supported: []string{"<CHARACTER>"},
	},
}

// part is LEFT and RIGHT.
func part(name, which string, of eval) *expr.Function {
	return &expr.Function{
		Name: name,
		Forms: []expr.Form{{
			Category: "string", Signature: name + "(string, integer)",
			Doc: "Returns the " + which + " integer characters from the string.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Integer}, Type: expr.SameLength, Nullable: true, Eval: of,
		}},
	}
}

// padded is LPAD and RPAD.
func padded(name, side string, front bool) *expr.Function {
	return &expr.Function{
		Name: name,
		Forms: []expr.Form{{
			Category: "string", Signature: name + "(string1, integer, string2)", Returns: "STRING",
			Doc: "Returns a new string from string1 " + side +
				"-padded with string2 to a length of integer characters.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Integer, expr.Text}, Type: expr.StringResult, Eval: pad(front),
		}},
	}
}

// trimmedAt is LTRIM and RTRIM.
func trimmedAt(name, which string, of eval) *expr.Function {
	return &expr.Function{
		Name: name,
		Forms: []expr.Form{{
			Category: "string", Signature: name + "(str[, trimStr])",
			Doc: "Removes any " + which + " characters within trimStr from str.",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.Text, expr.Opt(expr.Text)}, Type: expr.SameLength, Eval: of,
		}},
		Unsure: true,
	}
}

// edge is STARTSWITH and ENDSWITH.
func edge(name, which string, test func(text, part string) bool) *expr.Function {
	arg := which + "Expr"
	return &expr.Function{
		Name: name,
		Forms: []expr.Form{{
			Category: "string", Signature: name + "(expr, " + arg + ")", Returns: "BOOLEAN",
			Doc: "Returns whether expr " + which + "s with " + arg + ".",
		}},
		Overloads: []expr.Overload{{
			Args: []expr.Param{expr.TextOrBytes, expr.TextOrBytes}, Type: expr.BooleanResult, Eval: textTest(test),
		}},
		Signatures: []string{
			name + "(expr <CHARACTER_STRING>, " + arg + " <CHARACTER_STRING>)",
			name + "(expr <BINARY_STRING>, " + arg + " <BINARY_STRING>)",
		},
	}
}

// digest is a hash that is written in so many hexadecimal digits.
func digest(name, title string, digits int, sum func(string) []byte) *expr.Function {
	n := strconv.Itoa(digits)
	return &expr.Function{
		Name: name,
		Forms: []expr.Form{{
			Category: "hashfunctions", Signature: name + "(string)", Returns: "CHAR(" + n + ")",
			Doc: "Returns the " + title + " hash of string as a string of " + n +
				" hexadecimal digits; returns NULL if string is NULL.",
		}},
		Overloads: hash(digits, sum),
	}
}
