package flinksql

import (
	"regexp"
	"strings"
)

// Mask stands for a secret that is not shown.
const Mask = "******"

// secretKey is what an option is called whose value is secret: passwords, keys
// and tokens of connectors, formats and their clients.
var secretKey = regexp.MustCompile(
	`(?i)(passw(or)?d|passphrase|secret|token|api[-._]?key|(access|account|private|encryption|sas)[-._]?key|` +
		`credential|jaas|user[-._]?info|authorization|keystore\.key)`,
)

// unsecret are options whose names say token or key of something that is known
// to all.
var unsecret = regexp.MustCompile(
	`(?i)(token[-._]?(endpoint|url|uri|type|expir|lifetime|ttl)|password[-._]?(file|policy)|secret[-._]?(name|id)$)`,
)

// userInfo is the password in an address.
var userInfo = regexp.MustCompile(`(://[^/\s:@']*:)[^@/\s']+@`)

// SecretKey says whether the value of an option of this name is a secret.
func SecretKey(name string) bool { return secretKey.MatchString(name) && !unsecret.MatchString(name) }

// Redact returns a statement, or a text with statements in it, in which the
// values of secret options and the passwords of addresses are masked. All else
// stays as it is.
func Redact(text string) string {
	if !strings.Contains(text, "'") {
		return text
	}
	var out strings.Builder
	written := 0
	tokens := significant(Lex(text))
	for i, t := range tokens {
		if t.Kind != String && !(t.Kind == Invalid && strings.HasPrefix(t.Text, "'")) {
			continue
		}
		masked := userInfo.ReplaceAllString(t.Text, "${1}"+Mask+"@")
		if SecretKey(optionOf(tokens[:i])) {
			masked = "'" + Mask + "'"
		}
		if masked != t.Text {
			out.WriteString(text[written:t.Offset])
			out.WriteString(masked)
			written = t.End()
		}
	}
	out.WriteString(text[written:])
	return out.String()
}

func significant(tokens []Token) []Token {
	var out []Token
	for _, t := range tokens {
		if t.Kind != Comment {
			out = append(out, t)
		}
	}
	return out
}

// optionOf is the name of the option that a value belongs to, behind before: an
// equal sign behind a text or behind words with dots and dashes.
func optionOf(before []Token) string {
	i := len(before) - 1
	if i < 1 || before[i].Text != "=" {
		return ""
	}
	if before[i-1].Kind == String || before[i-1].Kind == Quoted {
		return before[i-1].Text
	}
	name := ""
	for i--; i >= 0; i-- {
		t := before[i]
		if t.Kind != Identifier && t.Kind != Keyword && t.Text != "." && t.Text != "-" ||
			name != "" && t.End() != before[i+1].Offset {
			break
		}
		name = t.Text + name
	}
	return name
}
