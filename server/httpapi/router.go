package httpapi

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// node is a place in the tree of paths. Paths are matched segment by segment
// on their escaped form, so that a name may hold %2F, and empty segments are
// passed over: real clients send //cmf/….
type node struct {
	literal map[string]*node
	any     *node // for every other segment, a variable
	methods map[string]operation
}

// operation is a handler and the names of its path's variables, in order.
type operation struct {
	handle    handler
	pattern   string
	variables []string
}

type handler func(*request) (reply, error)

func (n *node) add(method, pattern string, h handler) {
	op := operation{handle: h, pattern: pattern}
	for segment := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			op.variables = append(op.variables, strings.TrimSuffix(name, "}"))
			if n.any == nil {
				n.any = &node{}
			}
			n = n.any
			continue
		}
		if n.literal == nil {
			n.literal = map[string]*node{}
		}
		if n.literal[segment] == nil {
			n.literal[segment] = &node{}
		}
		n = n.literal[segment]
	}
	if n.methods == nil {
		n.methods = map[string]operation{}
	}
	n.methods[method] = op
}

// find returns the place of a path and the values of its variables, nil if
// there is none.
func (n *node) find(escaped string) (*node, []string) {
	var values []string
	for segment := range strings.SplitSeq(escaped, "/") {
		if segment == "" {
			continue
		}
		value, err := url.PathUnescape(segment)
		if err != nil {
			return nil, nil
		}
		if next, ok := n.literal[value]; ok {
			n = next
			continue
		}
		if n.any == nil || value == "." || value == ".." {
			return nil, nil
		}
		values = append(values, value)
		n = n.any
	}
	if n.methods == nil {
		return nil, nil
	}
	return n, values
}

// choose returns the operation of a method; HEAD is answered as GET.
func (n *node) operation(method string) (operation, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op, ok := n.methods[method]
	return op, ok
}

// vars names the values of a path's variables.
func (op operation) vars(values []string) map[string]string {
	vars := make(map[string]string, len(values))
	for i, name := range op.variables {
		vars[name] = values[i]
	}
	return vars
}

// allowed is the Allow header of the place.
func (n *node) allowed() string {
	methods := slices.Collect(maps.Keys(n.methods))
	if _, ok := n.methods[http.MethodGet]; ok {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}
