package flinksql

import (
	"strings"
	"testing"
)

func TestSecretsOfStatementsAreMasked(t *testing.T) {
	for in, want := range map[string]string{
		"SELECT 'password' FROM t WHERE a = 'b'":                                  "SELECT 'password' FROM t WHERE a = 'b'",
		"CREATE TABLE t (a INT) WITH ('password'='x''y', 'topic'='z')":            "CREATE TABLE t (a INT) WITH ('password'='******', 'topic'='z')",
		"WITH ('properties.sasl.jaas.config' = 'org.x required password=\"p\";')": "WITH ('properties.sasl.jaas.config' = '******')",
		"SET 's3.access-key' = 'AK'":                                              "SET 's3.access-key' = '******'",
		"SET s3.secret-key = 'AK';":                                               "SET s3.secret-key = '******';",
		"/*+ OPTIONS('a'='b') */ ('basic-auth.user-info' = /* c */ 'u:p')":        "/*+ OPTIONS('a'='b') */ ('basic-auth.user-info' = /* c */ '******')",
		"('url'='jdbc:postgresql://u:pw@host/db', 'user'='u')":                    "('url'='jdbc:postgresql://u:******@host/db', 'user'='u')",
		"('password'='unterminated":                                               "('password'='******'",
		"('oauth.token.endpoint.url'='https://x', 'json.encode.decimal'='true')":  "('oauth.token.endpoint.url'='https://x', 'json.encode.decimal'='true')",
		`{"statement":"CREATE TABLE t WITH ('password'='x')","name":"n"}`:         `{"statement":"CREATE TABLE t WITH ('password'='******')","name":"n"}`,
		"SELECT * FROM t WHERE password = 'x'":                                    "SELECT * FROM t WHERE password = '******'",
		"é ('API_KEY'='k')":                                                       "é ('API_KEY'='******')",
	} {
		if got := Redact(in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func FuzzRedactChangesLiteralsOnly(f *testing.F) {
	f.Add("('password'='x', 'a'='b')")
	f.Fuzz(func(t *testing.T, text string) {
		got := Redact(text)
		if again := Redact(got); again != got {
			t.Errorf("%q becomes %q, then %q", text, got, again)
		}
		if !strings.Contains(text, "'") && got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
