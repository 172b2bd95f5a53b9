package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"drey/server/service"

	"sigs.k8s.io/yaml"
)

const (
	maxBody  = 10 << 20
	maxDepth = 200 // more would not fit into what stores and clients read

	typeJSON = "application/json"
	typeYAML = "application/yaml"
)

// body is the request's document as JSON.
func (q *request) body() ([]byte, error) {
	kind, err := mediaType(q.http.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(http.MaxBytesReader(q.w, q.http.Body, maxBody))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, service.Invalid("body: could not be read to its end")
	}
	if !utf8.Valid(raw) {
		return nil, service.Invalid("body: is not UTF-8")
	}
	if kind == typeYAML {
		if raw, err = fromYAML(raw); err != nil {
			return nil, err
		}
	}
	if depth(raw) > maxDepth {
		return nil, service.Invalid("body: nested deeper than %d levels", maxDepth)
	}
	return raw, nil
}

func mediaType(header string) (string, error) {
	if header == "" {
		return typeJSON, nil
	}
	kind, _, err := mime.ParseMediaType(header)
	if err != nil {
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

// fromYAML refuses what is nested too deeply before the parser sees it.
func fromYAML(raw []byte) ([]byte, error) {
	if depth(raw) > maxDepth || indented(raw) > maxDepth {
		return nil, service.Invalid("body: nested deeper than %d levels", maxDepth)
	}
	converted, err := yaml.YAMLToJSON(raw)
	if err != nil {
		return nil, service.Invalid("body: malformed YAML: %s", clip(strings.TrimPrefix(err.Error(), "yaml: ")))
	}
	return converted, nil
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

// wantsYAML reads Accept; JSON unless YAML is preferred.
func wantsYAML(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		switch kind {
		case typeJSON, "*/*", "application/*":
			return false
		case typeYAML, "application/x-yaml", "text/yaml":
			return true
		}
	}
	return false
}
