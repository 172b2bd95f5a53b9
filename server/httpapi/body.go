package httpapi

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"drey/server/model"
)

const (
	maxBody  = 10 << 20
	maxDepth = 200 // more would not fit into what stores and clients read

	typeJSON = "application/json"
	typeYAML = "application/yaml"
)

var errDepth = model.Invalid("body: nested deeper than %d levels", maxDepth)

// body is the request's document as JSON.
func (q *request) body() ([]byte, error) {
	kind, err := mediaType(q.http.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	if coding := q.http.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, errEncoding
	}
	raw, err := q.readAll()
	if err != nil {
		return nil, err
	}
	if len(raw) > heavyBody {
		if err := q.enter(q.limits.documents); err != nil {
			return nil, err
		}
	}
	raw = bytes.TrimPrefix(raw, []byte("\uFEFF")) // clients on Windows begin with it
	if !utf8.Valid(raw) {
		return nil, model.Invalid("body: is not UTF-8")
	}
	if kind == typeYAML {
		if raw, err = fromYAML(q.ctx, raw); err != nil {
			return nil, err
		}
	}
	if depth(raw) > maxDepth {
		return nil, errDepth
	}
	return raw, q.ctx.Err()
}

// maxDrained is how much of a body that is too large is still taken, so that a
// client that sends all of it before it reads gets its answer.
const maxDrained = 64 << 20

func (q *request) readAll() ([]byte, error) {
	body := q.http.Body
	if q.http.ContentLength > maxBody && strings.EqualFold(q.http.Header.Get("Expect"), "100-continue") {
		return nil, errTooLarge // nothing was sent yet
	}
	raw, err := io.ReadAll(io.LimitReader(body, heavyBody+1))
	if err == nil && len(raw) > heavyBody {
		size := q.http.ContentLength
		if size < 0 { // it is not said before
			size = maxBody
		}
		if err := q.reserve(size); err != nil {
			return nil, err
		}
		var rest []byte
		rest, err = io.ReadAll(io.LimitReader(body, maxBody+1-int64(len(raw))))
		raw = append(raw, rest...)
	}
	if err != nil {
		return nil, model.Invalid("body: could not be read to its end")
	}
	if len(raw) > maxBody {
		_, _ = io.CopyN(io.Discard, body, maxDrained) // the answer is the same however it ends
		return nil, errTooLarge
	}
	return raw, nil
}

func mediaType(header string) (string, error) {
	if header == "" {
		return typeJSON, nil
	}
	kind, _, err := mime.ParseMediaType(header)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return "", errMediaType
	}
	switch kind {
	case typeJSON:
		return typeJSON, nil
	case typeYAML, "application/x-yaml", "text/yaml":
		return typeYAML, nil
	}
	return "", errMediaType
}

// depth counts the most brackets that are open at once, outside of strings.
func depth(raw []byte) int {
	open, most := 0, 0
	quoted := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			open++
			most = max(most, open)
		case c == '}' || c == ']':
			open--
		}
	}
	return most
}

// indented counts the levels that one line of block YAML can open: "- - - -".
func indented(raw []byte) int {
	most, run := 0, 0
	for i := 0; i+1 < len(raw); i++ {
		switch {
		case raw[i] == '-' && raw[i+1] == ' ':
			run++
			most = max(most, run)
		case raw[i] != ' ' && raw[i] != '-':
			run = 0
		}
	}
	return most
}

// wantsYAML reads Accept; JSON unless YAML is preferred: by its q, and among
// equals by being named first.
func wantsYAML(r *http.Request) bool {
	best, asYAML := 0.0, false
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := parameters["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		if q <= best {
			continue
		}
		switch kind {
		case typeJSON, "*/*", "application/*":
			best, asYAML = q, false
		case typeYAML, "application/x-yaml", "text/yaml":
			best, asYAML = q, true
		}
	}
	return asYAML
}
