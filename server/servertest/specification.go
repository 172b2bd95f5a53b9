// Package servertest is what the tests of a server share: the API's
// specification and the check of an exchange against it, documents of each
// kind, and a clock that a test moves.
package servertest

import (
	_ "embed" // the specification

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed testdata/cmf-2.3.1.shapes.yaml
var document []byte

// Document is the API's specification: its paths and schemas without texts.
// Each call reads it anew, so that a test may change what it got.
func Document() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(document) }
