package expr

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode/utf8"

	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

func upper(s string) string {
	return strings.ToUpper(strings.ReplaceAll(s, "ß", "SS"))
}

// hashed is a hash of a text or of bytes.
func hashed(name string, digits int, f func(string) string) *Builtin {
	b := text1(name, stringN(digits), f)
	b.Args = "w"
	return b
}

func hexSum(sum []byte) string { return hex.EncodeToString(sum) }

// texts are the functions of texts.
var texts = map[string]*Builtin{
	"UPPER":            text1("UPPER", first, upper),
	"LOWER":            text1("LOWER", first, strings.ToLower),
	"MD5":              hashed("MD5", 32, func(s string) string { h := md5.Sum([]byte(s)); return hexSum(h[:]) }),
	"SHA1":             hashed("SHA1", 40, func(s string) string { h := sha1.Sum([]byte(s)); return hexSum(h[:]) }),
	"SHA224":           hashed("SHA224", 56, func(s string) string { h := sha256.Sum224([]byte(s)); return hexSum(h[:]) }),
	"SHA256":           hashed("SHA256", 64, func(s string) string { h := sha256.Sum256([]byte(s)); return hexSum(h[:]) }),
	"SHA384":           hashed("SHA384", 96, func(s string) string { h := sha512.Sum384([]byte(s)); return hexSum(h[:]) }),
	"SHA512":           hashed("SHA512", 128, func(s string) string { h := sha512.Sum512([]byte(s)); return hexSum(h[:]) }),
	"TO_BASE64":        text1("TO_BASE64", str, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
	"FROM_BASE64":      {Args: "t", Forms: "'FROM_BASE64(<CHARACTER>)'", Type: str, Eval: fromBase64},
	"CHAR_LENGTH":      length("CHAR_LENGTH"),
	"CHARACTER_LENGTH": length("CHARACTER_LENGTH"),
	"ASCII":            {Args: "t", Forms: "'ASCII(<CHARACTER>)'", Type: integer, Eval: ascii},
	"CHR":              {Args: "l", Forms: "'CHR(<NUMERIC>)'", Type: str, Nullable: true, Eval: chr},
	"REVERSE": {Args: "t", Forms: "'REVERSE(<CHARACTER>)'", Type: str, Nullable: true, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		rs := []rune(v[0].S)
		for i, j := 0, len(rs)-1; i < j; i, j = i+1, j-1 {
			rs[i], rs[j] = rs[j], rs[i]
		}
		return value.Text(string(rs)), nil
	}},
	"REPEAT": {Args: "ti", Forms: "'REPEAT(<CHARACTER>, <INTEGER>)'", Type: str, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		if err := fits("REPEAT", max(0, v[1].I)*int64(len(v[0].S))); err != nil {
			return value.NULL, err
		}
		return value.Text(strings.Repeat(v[0].S, int(max(v[1].I, 0)))), nil
	}},
	"REPLACE": {Args: "ttt", Forms: "'REPLACE(<CHARACTER>, <CHARACTER>, <CHARACTER>)'", Type: str, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		if grows := len(v[2].S) - len(v[1].S); grows > 0 {
			if err := fits("REPLACE", int64(len(v[0].S))+int64(strings.Count(v[0].S, v[1].S))*int64(grows)); err != nil {
				return value.NULL, err
			}
		}
		return value.Text(strings.ReplaceAll(v[0].S, v[1].S, v[2].S)), nil
	}},
	"LEFT":  {Args: "ti", Forms: "'LEFT(<CHARACTER>, <INTEGER>)'", Type: upTo, Nullable: true, Eval: left},
	"RIGHT": {Args: "ti", Forms: "'RIGHT(<CHARACTER>, <INTEGER>)'", Type: upTo, Nullable: true, Eval: right},
	"LPAD":  {Args: "tit", Forms: "'LPAD(<CHARACTER>, <INTEGER>, <CHARACTER>)'", Type: str, Eval: pad(true)},
	"RPAD":  {Args: "tit", Forms: "'RPAD(<CHARACTER>, <INTEGER>, <CHARACTER>)'", Type: str, Eval: pad(false)},
	"LTRIM": {Args: "tT", Type: upTo, Eval: trimmed(true, false)},
	"RTRIM": {Args: "tT", Type: upTo, Eval: trimmed(false, true)},
	"LOCATE": {Args: "ttI", Forms: "'LOCATE(<CHARACTER>, <CHARACTER>)'", Type: integer, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		from := int64(1)
		if len(v) == 3 {
			from = v[2].I
		}
		return position(v[0].S, v[1].S, from)
	}},
	"INSTR":       {Args: "ttII", Forms: instrForms, Type: integer, Eval: instr},
	"PARSE_URL":   {Args: "ttT", Forms: "'PARSE_URL(<CHARACTER>, <CHARACTER>)'\n'PARSE_URL(<CHARACTER>, <CHARACTER>, <CHARACTER>)'", Type: str, Nullable: true, Eval: parseURL},
	"SPLIT_INDEX": {Args: "tki", Forms: "'SPLIT_INDEX(<CHARACTER>, <CHARACTER>, <INTEGER>)'\n'SPLIT_INDEX(<CHARACTER>, <INTEGER>, <INTEGER>)'", Type: str, Nullable: true, Eval: splitIndex},
	"URL_ENCODE": {Args: "t", Signatures: "URL_ENCODE(<CHARACTER_STRING>)", Type: str, Nullable: true, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		return value.Text(java.URLEscapes.Replace(url.QueryEscape(v[0].S))), nil
	}},
}

func length(name string) *Builtin {
	return &Builtin{Args: "t", Forms: "'" + name + "(<CHARACTER>)'", Type: integer, Eval: func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		return value.Int(int64(utf8.RuneCountInString(v[0].S))), nil
	}}
}

func fromBase64(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	for _, c := range []byte(v[0].S) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '='
		if !letter {
			return value.NULL, sqlerr.Fail("java.lang.IllegalArgumentException", "Illegal base64 character %x", c)
		}
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v[0].S, "="))
	if err != nil {
		return value.NULL, sqlerr.RefuseRow("this base64 text")
	}
	return value.Text(strings.ToValidUTF8(string(b), "\ufffd")), nil
}

func ascii(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	if v[0].S == "" {
		return value.Int(0), nil
	}
	return value.Int(int64(int8(v[0].S[0]))), nil
}

func chr(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	if v[0].I < 0 {
		return value.Text(""), nil
	}
	return value.Text(string(rune(v[0].I & 0xff))), nil
}

func left(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	s := v[0].S
	return value.Text(s[:runeOffset(s, v[1].I)]), nil
}

func right(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	s := v[0].S
	return value.Text(s[runeOffset(s, int64(utf8.RuneCountInString(s))-max(0, v[1].I)):]), nil
}

// runeOffset is where the first n characters of a text end, in bytes.
func runeOffset(s string, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	for i := range s {
		if n <= 0 {
			return i
		}
		n--
	}
	return len(s)
}

func pad(front bool) func(*Env, []value.Value, []types.Type) (value.Value, error) {
	return func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		s, n, fill := []rune(v[0].S), v[1].I, []rune(v[2].S)
		if n > int64(len(s)) {
			if err := fits("LPAD or RPAD", int64(len(v[0].S))+(n-int64(len(s)))*int64(len(v[2].S))/int64(max(1, len(fill)))); err != nil {
				return value.NULL, err
			}
		}
		if n < 0 || len(fill) == 0 {
			return value.NULL, nil
		}
		if int(n) <= len(s) {
			return value.Text(string(s[:n])), nil
		}
		var add []rune
		for len(add) < int(n)-len(s) {
			add = append(add, fill...)
		}
		add = add[:int(n)-len(s)]
		if front {
			return value.Text(string(add) + string(s)), nil
		}
		return value.Text(string(s) + string(add)), nil
	}
}

func trimmed(front, back bool) func(*Env, []value.Value, []types.Type) (value.Value, error) {
	return func(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
		set := " "
		if len(v) == 2 {
			set = v[1].S
		}
		s := v[0].S
		if front {
			s = strings.TrimLeft(s, set)
		}
		if back {
			s = strings.TrimRight(s, set)
		}
		return value.Text(s), nil
	}
}

// position is where a text begins within another, counted in characters from 1.
func position(part, whole string, from int64) (value.Value, error) {
	if from < 0 || part == "" && from > 1 {
		return value.NULL, sqlerr.RefuseRow("a search from position %d", from)
	}
	from = max(from, 1)
	if from > int64(len(whole))+1 || from > int64(utf8.RuneCountInString(whole))+1 {
		return value.Int(0), nil
	}
	rest := whole[runeOffset(whole, from-1):]
	i := strings.Index(rest, part)
	if i < 0 {
		return value.Int(0), nil
	}
	return value.Int(from + int64(utf8.RuneCountInString(rest[:i]))), nil
}

const instrForms = "'INSTR(<CHARACTER>, <CHARACTER>)'\n'INSTR(<CHARACTER>, <CHARACTER>, <INTEGER>)'\n'INSTR(<CHARACTER>, <CHARACTER>, <INTEGER>, <INTEGER>)'"

// instr is INSTR: from a position on, the first place or one that follows.
func instr(_ *Env, v []value.Value, _ []types.Type) (value.Value, error) {
	from, nth := int64(1), int64(1)
	if len(v) > 2 {
		from = v[2].I
	}
	if len(v) > 3 {
		nth = v[3].I
	}
	if from < 1 || nth < 1 {
		return value.NULL, sqlerr.RefuseRow("INSTR from %d, for the %dth time", from, nth)
	}
	at, err := position(v[1].S, v[0].S, from)
	if nth == 1 || err != nil || at.I == 0 || v[1].S == "" {
		return at, err
	}
	place := runeOffset(v[0].S, at.I-1)
	for ; nth > 1; nth-- { // the next one may begin within the last
		_, size := utf8.DecodeRuneInString(v[0].S[place:])
		i := strings.Index(v[0].S[place+size:], v[1].S)
		if i < 0 {
			return value.Int(0), nil
		}
		place += size + i
	}
	return value.Int(int64(utf8.RuneCountInString(v[0].S[:place])) + 1), nil
}

func splitIndex(_ *Env, v []value.Value, t []types.Type) (value.Value, error) {
	if t[1].IsInt() { // the code of a character
		if v[1].I < 1 || v[1].I > 127 {
			return value.NULL, sqlerr.RefuseRow("SPLIT_INDEX by the character %d", v[1].I)
		}
		v[1] = value.Text(string(rune(v[1].I)))
	}
	if v[0].S == "" {
		return value.NULL, nil
	}
	if v[1].S == "" {
		return value.NULL, sqlerr.RefuseRow("SPLIT_INDEX by an empty text")
	}
	if v[2].I < 0 {
		return value.NULL, nil
	}
	rest := v[0].S
	for n := v[2].I; n > 0; n-- {
		_, after, ok := strings.Cut(rest, v[1].S)
		if !ok {
			return value.NULL, nil
		}
		rest = after
	}
	part, _, _ := strings.Cut(rest, v[1].S)
	return value.Text(part), nil
}
