package java

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// Charsets are those that ENCODE and DECODE know.
var Charsets = map[string]struct {
	Encode func(string) string
	Decode func(string) string
}{
	"UTF-8":      {func(s string) string { return s }, func(s string) string { return strings.ToValidUTF8(s, "\ufffd") }},
	"US-ASCII":   {singleBytes(127), fromBytes(127)},
	"ISO-8859-1": {singleBytes(255), fromBytes(255)},
	"UTF-16BE":   {utf16Bytes(1, 0, ""), fromUTF16(false)},
	"UTF-16LE":   {utf16Bytes(0, 1, ""), fromUTF16(true)},
	"UTF-16":     {utf16Bytes(1, 0, "\xfe\xff"), fromMarked},
}

func singleBytes(last rune) func(string) string {
	return func(s string) string {
		var b []byte
		for _, r := range s {
			if r > last {
				r = '?'
			}
			b = append(b, byte(r))
		}
		return string(b)
	}
}

func fromBytes(last byte) func(string) string {
	return func(s string) string {
		var out []rune
		for _, c := range []byte(s) {
			r := rune(c)
			if c > last {
				r = unicode.ReplacementChar
			}
			out = append(out, r)
		}
		return string(out)
	}
}

func utf16Bytes(high, low int, mark string) func(string) string {
	return func(s string) string {
		b := []byte(mark)
		for _, u := range utf16.Encode([]rune(s)) {
			var two [2]byte
			two[1-high], two[1-low] = byte(u>>8), byte(u)
			b = append(b, two[0], two[1])
		}
		if s == "" {
			return ""
		}
		return string(b)
	}
}

func fromUTF16(little bool) func(string) string {
	return func(s string) string {
		var units []uint16
		for i := 0; i+1 < len(s); i += 2 {
			u := uint16(s[i])<<8 | uint16(s[i+1])
			if little {
				u = u<<8 | u>>8
			}
			units = append(units, u)
		}
		if len(s)%2 == 1 {
			units = append(units, unicode.ReplacementChar)
		}
		return string(utf16.Decode(units))
	}
}

func fromMarked(s string) string {
	if strings.HasPrefix(s, "\xff\xfe") {
		return fromUTF16(true)(s[2:])
	}
	return fromUTF16(false)(strings.TrimPrefix(s, "\xfe\xff"))
}
