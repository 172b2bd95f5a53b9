package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"

	"drey/client/yamljson"
	"drey/server/model"

	"go.yaml.in/yaml/v3"
)

// maxAliased is how many values the aliases of a YAML body may stand for.
const maxAliased = 100_000

// maxDirectives is how many lines may begin with %: the parser takes time that
// grows with the square of them.
const maxDirectives = 16

var yamlLimits = yamljson.Limits{MaxDepth: maxDepth, MaxAliased: maxAliased, MaxSize: maxBody}

// fromYAML converts the one document of a YAML body. Numbers keep the form in
// which they are written; what is nested too deeply is refused before the
// parser sees it. Reading ends with the context.
func fromYAML(ctx context.Context, raw []byte) ([]byte, error) {
	if depth(raw) > maxDepth || indented(raw) > maxDepth {
		return nil, errDepth
	}
	if n := bytes.Count(raw, []byte("\n%")); n > maxDirectives {
		return nil, model.Invalid("body: malformed YAML: want at most %d directives, got %d", maxDirectives, n)
	}
	decoder := yaml.NewDecoder(&contextReader{ctx: ctx, from: bytes.NewReader(raw)})
	var doc, more yaml.Node
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(ctx.Err(), malformedYAML(err)) // the parser hides why it could not read
	}
	for {
		err := decoder.Decode(&more)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(ctx.Err(), malformedYAML(err))
		}
		if more.Content[0].ShortTag() != "!!null" {
			return nil, model.Invalid("body: want one YAML document, line %d begins another", more.Content[0].Line)
		}
	}
	converted, err := yamlLimits.JSON(ctx, &doc)
	var wrong *yamljson.Error
	switch {
	case errors.Is(err, yamljson.ErrDepth):
		return nil, errDepth
	case errors.As(err, &wrong):
		return nil, model.Invalid("body: %s", wrong.Message)
	}
	return converted, err
}

// contextReader reads until its context ends, so that a parser ends with it.
type contextReader struct {
	ctx  context.Context
	from io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func malformedYAML(err error) error {
	return model.Invalid("body: %s", yamljson.Malformed(err).Error())
}
