package lists

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
)

// Page sizes of lists.
const (
	DefaultPageSize = 20
	MaxPageSize     = 2000
)

// Listing says what a list of a kind can be asked for (cmf-behaviour.md §0.2).
type Listing struct {
	Filters      map[string]model.Field // nil: filter= is ignored
	Sorts        map[string]model.Field
	Search       map[string]model.Field // by scope; nil: search= is ignored
	Fields       bool
	AlwaysFields []string // members that fields= always keeps
	// Extras are parameters of their own: each gives a term.
	Extras map[string]func(value string) (model.Term, error)
}

// listRequest is a list's query, understood.
type listRequest struct {
	Query  model.Query
	Page   int
	Size   int
	sorted bool
	Fields *projection
}

// Parse reads a list's parameters. Unknown ones are ignored.
func (l Listing) Parse(values url.Values) (listRequest, error) {
	req := listRequest{Size: DefaultPageSize}
	var err error
	if req.Page, err = number(values, "page", 0, 0); err != nil {
		return req, err
	}
	if req.Size, err = number(values, "size", DefaultPageSize, 1); err != nil {
		return req, err
	}
	req.Size = min(req.Size, MaxPageSize)
	if req.Page > math.MaxInt32 {
		req.Page = math.MaxInt32
	}
	if req.Query.Order, err = l.order(values["sort"]); err != nil {
		return req, err
	}
	req.sorted = len(req.Query.Order) > 0
	if req.Query.Where, err = l.where(values); err != nil {
		return req, err
	}
	if fields := joined(values, "fields"); l.Fields && fields != "" {
		req.Fields = NewProjection(fields, l.AlwaysFields)
	}
	req.Query.Offset, req.Query.Limit = req.Page*req.Size, req.Size
	return req, nil
}

// joined is a parameter that is a list; who repeats it means the same.
func joined(values url.Values, name string) string { return strings.Join(values[name], ",") }

func number(values url.Values, name string, fallback, least int) (int, error) {
	text := values.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, model.Invalid("%s: want a whole number, got %q", name, body.Clip(text))
	}
	if n < least {
		return 0, model.Invalid("%s: must be at least %d, got %d", name, least, n)
	}
	return n, nil
}

// Flag reads a parameter that is true or false; left out it is false.
func Flag(values url.Values, name string) (bool, error) {
	switch text := values.Get(name); {
	case text == "", strings.EqualFold(text, "false"):
		return false, nil
	case strings.EqualFold(text, "true"):
		return true, nil
	default:
		return false, model.Invalid("%s: want true or false, got %q", name, body.Clip(text))
	}
}

// order reads sort=property,asc|desc, repeatable; as in Spring several
// properties may share the direction that follows them, and clients that join
// what they would repeat have a direction after each.
func (l Listing) order(params []string) ([]model.Order, error) {
	var orders []model.Order
	for _, param := range params {
		from := len(orders)
		for part := range strings.SplitSeq(param, ",") {
			name := strings.TrimSpace(part)
			if desc := strings.EqualFold(name, "desc"); desc || strings.EqualFold(name, "asc") {
				for i := range orders[from:] {
					orders[from+i].Desc = desc
				}
				from = len(orders)
				continue
			}
			if name == "" {
				continue
			}
			field, known := l.Sorts[name]
			if !known {
				return nil, model.Invalid("sort: unknown property %q; known: %s", body.Clip(name), known2text(l.Sorts))
			}
			orders = append(orders, model.Order{Field: field})
		}
	}
	if len(orders) > 10 {
		return nil, model.Invalid("sort: more than 10 properties")
	}
	return orders, nil
}

func known2text(fields map[string]model.Field) string {
	return strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
}

func (l Listing) where(values url.Values) ([]model.Term, error) {
	var terms []model.Term
	if text := joined(values, "filter"); l.Filters != nil && text != "" {
		parsed, err := ParseFilter(text, l.Filters)
		if err != nil {
			return nil, err
		}
		terms = parsed
	}
	if err := limitTerms(terms); err != nil {
		return nil, err
	}
	if l.Search != nil {
		term, err := l.search(values.Get("search"), joined(values, "searchScope"))
		if err != nil {
			return nil, err
		}
		terms = append(terms, term...)
	}
	for _, name := range slices.Sorted(maps.Keys(l.Extras)) {
		if value := values.Get(name); value != "" {
			term, err := l.Extras[name](value)
			if err != nil {
				return nil, err
			}
			terms = append(terms, term)
		}
	}
	return terms, nil
}

// limitTerms keeps a filter within what a store takes in one question.
func limitTerms(terms []model.Term) error {
	values := 0
	for _, term := range terms {
		values += len(term.Values)
	}
	if len(terms) > 50 {
		return model.Invalid("filter: more than 50 terms")
	}
	if values > 10_000 {
		return model.Invalid("filter: more than 10000 values, got %d", values)
	}
	return nil
}

// search wants both parameters or neither (cmf-behaviour.md §3.4).
func (l Listing) search(text, scopes string) ([]model.Term, error) {
	switch {
	case text == "" && scopes == "":
		return nil, nil
	case text == "":
		return nil, model.Invalid("search: missing although searchScope is given")
	case scopes == "":
		return nil, model.Invalid("searchScope: missing although search is given")
	}
	term := model.Term{Test: model.TestContains, Values: []string{text}}
	for _, scope := range strings.Split(scopes, ",") {
		field, known := l.Search[strings.TrimSpace(scope)]
		if !known {
			return nil, model.Invalid(
				"searchScope: unsupported scope %q; supported: %s", body.Clip(scope), known2text(l.Search),
			)
		}
		if !slices.Contains(term.Fields, field) { // a store's expressions have limits
			term.Fields = append(term.Fields, field)
		}
	}
	return []model.Term{term}, nil
}

// Envelope writes a page around documents (cmf-behaviour.md §3.2).
func (r listRequest) Envelope(total int64, docs [][]byte) []byte {
	head, _ := json.Marshal(cmf.Page[struct{}]{
		Pageable: &cmf.Pageable{
			Page: r.Page, Size: r.Size,
			Sort: cmf.Sort{Sorted: r.sorted, Unsorted: !r.sorted, Empty: !r.sorted},
		},
		Metadata: cmf.PageMetadata{Size: total},
	})
	head = bytes.TrimSuffix(head, []byte(`null}`))
	size := len(head) + 2
	for _, doc := range docs {
		size += len(doc) + 1
	}
	out := make([]byte, 0, size)
	out = append(append(out, head...), '[')
	for i, doc := range docs {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, doc...)
	}
	return append(out, ']', '}')
}
