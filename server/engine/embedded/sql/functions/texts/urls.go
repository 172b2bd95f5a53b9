package texts

import (
	"net/url"
	"regexp"
	"strings"

	"drey/server/engine/embedded/sql/expr"
	"drey/server/engine/embedded/sql/java"
	"drey/server/engine/embedded/sql/sqlerr"
	"drey/server/engine/embedded/sql/value"
	"drey/server/engine/types"
)

// plainURL are the URLs that java.net.URL takes apart as anybody would:
// scheme, user, host, port, path, query, reference.
var plainURL = regexp.MustCompile(
	`^(https?|ftp)://(?:([A-Za-z0-9._:-]+)@)?([A-Za-z0-9.-]+)(?::([0-9]{1,4}))?(/[^?#\s\\]*)?(?:\?([^#\s]*))?(?:#(\S*))?$`,
)

// plainKey is a name without the signs of regular expressions, as Flink looks
// for it with one.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func parseURL(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	m := plainURL.FindStringSubmatchIndex(v[0].S)
	if m == nil && !strings.Contains(v[0].S, ":") { // no protocol
		return value.NULL, nil
	}
	if m == nil {
		return value.NULL, sqlerr.RefuseRow("PARSE_URL of such a URL")
	}
	part := func(from, to int) value.Value {
		if m[2*from] < 0 || m[2*to+1] < 0 {
			return value.NULL
		}
		return value.Text(v[0].S[m[2*from]:m[2*to+1]])
	}
	orEmpty := func(x value.Value) value.Value {
		if !x.Valid {
			return value.Text("")
		}
		return x
	}
	if v[2].Valid {
		return queryValue(part(6, 6), v[1].S, v[2].S)
	}
	switch v[1].S {
	case "PROTOCOL":
		return part(1, 1), nil
	case "HOST":
		return part(3, 3), nil
	case "PATH":
		return orEmpty(part(5, 5)), nil
	case "QUERY":
		return part(6, 6), nil
	case "REF":
		return part(7, 7), nil
	case "USERINFO":
		return part(2, 2), nil
	case "FILE":
		file := orEmpty(part(5, 5)).S
		if q := part(6, 6); q.Valid {
			file += "?" + q.S
		}
		return value.Text(file), nil
	case "AUTHORITY":
		first, last := 3, 3
		if m[2*2] >= 0 {
			first = 2
		}
		if m[2*4] >= 0 {
			last = 4
		}
		return part(first, last), nil
	}
	return value.NULL, nil
}

// queryValue is the value of a name in the query of a URL.
func queryValue(query value.Value, part, name string) (value.Value, error) {
	if part != "QUERY" || !query.Valid {
		return value.NULL, nil
	}
	if !plainKey.MatchString(name) {
		return value.NULL, sqlerr.RefuseRow("PARSE_URL with such a name")
	}
	m := regexp.MustCompile("(?:&|^)" + name + "=([^&]*)").FindStringSubmatch(query.S)
	if m == nil {
		return value.NULL, nil
	}
	return value.Text(m[1]), nil
}

func urlEncode(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	return value.Text(java.URLEscapes.Replace(url.QueryEscape(v[0].S))), nil
}

func urlDecode(_ *expr.Env, v expr.Args, _ []types.Type) (value.Value, error) {
	s, err := url.QueryUnescape(v[0].S)
	if err != nil {
		return value.NULL, nil
	}
	return value.Text(strings.ToValidUTF8(s, "\ufffd")), nil
}
