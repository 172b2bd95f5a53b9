package java

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Charset turns a text into bytes, held as a string, and back.
type Charset struct {
	Encode func(string) string
	Decode func(string) string
}

// Charsets are those that ENCODE and DECODE know.
var Charsets = map[string]Charset{
	"UTF-8":      {func(s string) string { return s }, fromUTF8},
	"US-ASCII":   {singleBytes(127), fromBytes(127)},
	"ISO-8859-1": {singleBytes(255), fromBytes(255)},
	"UTF-16BE":   {utf16Bytes(1, 0, ""), fromUTF16(false)},
	"UTF-16LE":   {utf16Bytes(0, 1, ""), fromUTF16(true)},
	"UTF-16":     {utf16Bytes(1, 0, "\xfe\xff"), fromMarked},
}

// fromUTF8 has one replacement for each part that is not well-formed: a byte, or
// the beginning of a character that does not go on.
func fromUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			n = begun(s)
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String()
}

// begun is how many bytes belong to a character that does not go on.
func begun(s string) int {
	low, high, length := byte(0x80), byte(0xbf), 0
	switch c := s[0]; { // the second byte has a range of its own after some first ones
	case c >= 0xc2 && c <= 0xdf:
		length = 2
	case c >= 0xe0 && c <= 0xef:
		length = 3
		if c == 0xe0 { // after 0xed Java takes half of a pair for one part
			low = 0xa0
		}
	case c >= 0xf0 && c <= 0xf4:
		length = 4
		if c == 0xf0 {
			low = 0x90
		} else if c == 0xf4 {
			high = 0x8f
		}
	}
	n := 1
	for n < length && n < len(s) && s[n] >= low && s[n] <= high {
		low, high = 0x80, 0xbf
		n++
	}
	return n
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
