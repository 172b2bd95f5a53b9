package servertest

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"drey/client/cmf"
)

// Operation is one of the specification.
type Operation struct {
	Method, Path string // the path below the API's base, such as environments/{envName}
	Responses    []int  // its declared codes
}

func (o Operation) String() string { return o.Method + " " + o.Path }

// Operations are those of the specification, sorted by method and path.
func Operations(t testing.TB) []Operation {
	t.Helper()
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	var all []Operation
	for at, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := Operation{Method: method, Path: strings.TrimPrefix(at, cmf.BasePath+"/")}
			for code := range op.Responses.Map() {
				n, _ := strconv.Atoi(code)
				o.Responses = append(o.Responses, n)
			}
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.String(), b.String()) })
	return all
}
