package java

import "testing"

// encoded are what String.getBytes gives, and decoded what new String makes of bytes.
var encoded = []struct{ charset, text, bytes string }{
	{"UTF-8", "", ""},
	{"UTF-8", "abc", "\x61\x62\x63"},
	{"UTF-8", "h\u00e9\u20ac", "\x68\xc3\xa9\xe2\x82\xac"},
	{"UTF-8", "\U0001f600", "\xf0\x9f\x98\x80"},
	{"US-ASCII", "", ""},
	{"US-ASCII", "abc", "\x61\x62\x63"},
	{"US-ASCII", "h\u00e9\u20ac", "\x68\x3f\x3f"},
	{"US-ASCII", "\U0001f600", "\x3f"},
	{"ISO-8859-1", "", ""},
	{"ISO-8859-1", "abc", "\x61\x62\x63"},
	{"ISO-8859-1", "h\u00e9\u20ac", "\x68\xe9\x3f"},
	{"ISO-8859-1", "\U0001f600", "\x3f"},
	{"UTF-16BE", "", ""},
	{"UTF-16BE", "abc", "\x00\x61\x00\x62\x00\x63"},
	{"UTF-16BE", "h\u00e9\u20ac", "\x00\x68\x00\xe9\x20\xac"},
	{"UTF-16BE", "\U0001f600", "\xd8\x3d\xde\x00"},
	{"UTF-16LE", "", ""},
	{"UTF-16LE", "abc", "\x61\x00\x62\x00\x63\x00"},
	{"UTF-16LE", "h\u00e9\u20ac", "\x68\x00\xe9\x00\xac\x20"},
	{"UTF-16LE", "\U0001f600", "\x3d\xd8\x00\xde"},
	{"UTF-16", "", ""},
	{"UTF-16", "abc", "\xfe\xff\x00\x61\x00\x62\x00\x63"},
	{"UTF-16", "h\u00e9\u20ac", "\xfe\xff\x00\x68\x00\xe9\x20\xac"},
	{"UTF-16", "\U0001f600", "\xfe\xff\xd8\x3d\xde\x00"},
}

var decoded = []struct{ charset, bytes, text string }{
	{"UTF-8", "", ""},
	{"UTF-8", "\x41\x42", "AB"},
	{"UTF-8", "\xe9", "\ufffd"},
	{"UTF-8", "\xc3\xa9", "\u00e9"},
	{"UTF-8", "\xff\xfe\x41\x00", "\ufffd\ufffdA\u0000"},
	{"UTF-8", "\xfe\xff\x00\x41", "\ufffd\ufffd\u0000A"},
	{"UTF-8", "\x00\x41\x00", "\u0000A\u0000"},
	{"UTF-8", "\x41\x00\x42\x00", "A\u0000B\u0000"},
	{"US-ASCII", "", ""},
	{"US-ASCII", "\x41\x42", "AB"},
	{"US-ASCII", "\xe9", "\ufffd"},
	{"US-ASCII", "\xc3\xa9", "\ufffd\ufffd"},
	{"US-ASCII", "\xff\xfe\x41\x00", "\ufffd\ufffdA\u0000"},
	{"US-ASCII", "\xfe\xff\x00\x41", "\ufffd\ufffd\u0000A"},
	{"US-ASCII", "\x00\x41\x00", "\u0000A\u0000"},
	{"US-ASCII", "\x41\x00\x42\x00", "A\u0000B\u0000"},
	{"ISO-8859-1", "", ""},
	{"ISO-8859-1", "\x41\x42", "AB"},
	{"ISO-8859-1", "\xe9", "\u00e9"},
	{"ISO-8859-1", "\xc3\xa9", "\u00c3\u00a9"},
	{"ISO-8859-1", "\xff\xfe\x41\x00", "\u00ff\u00feA\u0000"},
	{"ISO-8859-1", "\xfe\xff\x00\x41", "\u00fe\u00ff\u0000A"},
	{"ISO-8859-1", "\x00\x41\x00", "\u0000A\u0000"},
	{"ISO-8859-1", "\x41\x00\x42\x00", "A\u0000B\u0000"},
	{"UTF-16BE", "", ""},
	{"UTF-16BE", "\x41\x42", "\u4142"},
	{"UTF-16BE", "\xe9", "\ufffd"},
	{"UTF-16BE", "\xc3\xa9", "\uc3a9"},
	{"UTF-16BE", "\xff\xfe\x41\x00", "\ufffe\u4100"},
	{"UTF-16BE", "\xfe\xff\x00\x41", "\ufeffA"},
	{"UTF-16BE", "\x00\x41\x00", "A\ufffd"},
	{"UTF-16BE", "\x41\x00\x42\x00", "\u4100\u4200"},
	{"UTF-16LE", "", ""},
	{"UTF-16LE", "\x41\x42", "\u4241"},
	{"UTF-16LE", "\xe9", "\ufffd"},
	{"UTF-16LE", "\xc3\xa9", "\ua9c3"},
	{"UTF-16LE", "\xff\xfe\x41\x00", "\ufeffA"},
	{"UTF-16LE", "\xfe\xff\x00\x41", "\ufffe\u4100"},
	{"UTF-16LE", "\x00\x41\x00", "\u4100\ufffd"},
	{"UTF-16LE", "\x41\x00\x42\x00", "AB"},
	{"UTF-16", "", ""},
	{"UTF-16", "\x41\x42", "\u4142"},
	{"UTF-16", "\xe9", "\ufffd"},
	{"UTF-16", "\xc3\xa9", "\uc3a9"},
	{"UTF-16", "\xff\xfe\x41\x00", "A"},
	{"UTF-16", "\xfe\xff\x00\x41", "A"},
	{"UTF-16", "\x00\x41\x00", "A\ufffd"},
	{"UTF-16", "\x41\x00\x42\x00", "\u4100\u4200"},
	{"UTF-8", "\xe2\x82", "\ufffd"},
	{"UTF-8", "\xe2\x82\x41", "\ufffdA"},
	{"UTF-8", "\xe2\x41", "\ufffdA"},
	{"UTF-8", "\xf0\x9f\x98", "\ufffd"},
	{"UTF-8", "\xf0\x9f\x41", "\ufffdA"},
	{"UTF-8", "\xed\xa0\x80", "\ufffd"},
	{"UTF-8", "\xc0\x80", "\ufffd\ufffd"},
	{"UTF-8", "\xf5\x41", "\ufffdA"},
	{"UTF-8", "\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
	{"UTF-8", "\xe0\x80\x80", "\ufffd\ufffd\ufffd"},
	{"UTF-8", "\x80\x80", "\ufffd\ufffd"},
	{"UTF-8", "\xc3\xc3\xa9", "\ufffd\u00e9"},
	{"UTF-8", "\xf8\x88\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd\ufffd"},
	{"UTF-8", "\xf0\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
}

func TestCharsetsAreThoseOfJava(t *testing.T) {
	for _, c := range encoded {
		if got := Charsets[c.charset].Encode(c.text); got != c.bytes {
			t.Errorf("%q in %s: %x, want %x", c.text, c.charset, got, c.bytes)
		}
	}
	for _, c := range decoded {
		if got := Charsets[c.charset].Decode(c.bytes); got != c.text {
			t.Errorf("%x of %s: %q, want %q", c.bytes, c.charset, got, c.text)
		}
	}
}
