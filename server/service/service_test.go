package service

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"drey/client/cmf"
	"drey/server/model"
	"drey/server/service/body"
	"drey/server/service/lists"
)

func TestTheEnvironmentWinsTheMerge(t *testing.T) {
	spec := cmf.Object(`{"image":"own","flinkConfiguration":{"a":"1","b":"2"},"n":9007199254740993,"list":[1]}`)
	got := model.Effective(spec, cmf.Object(`{"spec":{"flinkConfiguration":{"b":"env","c":{"d":1}},"list":[2,3]}}`))
	const want = `{"flinkConfiguration":{"a":"1","b":"env","c":{"d":1}},"image":"own","list":[2,3],"n":9007199254740993}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTheDesiredStateMakesNoNewInstance(t *testing.T) {
	a := model.Digest(cmf.Object(`{"image":"i","job":{"state":"running","parallelism":2}}`))
	b := model.Digest(cmf.Object(`{"job":{"parallelism":2,"state":"suspended"},"image":"i"}`))
	c := model.Digest(cmf.Object(`{"job":{"parallelism":3,"state":"suspended"},"image":"i"}`))
	if a != b || b == c {
		t.Errorf("got %s, %s, %s; want the first two equal and the third another", a, b, c)
	}
}

func FuzzFiltersNeverBreak(f *testing.F) {
	for _, seed := range []string{
		"name=a*", "labels.a in (x, y),state notin (R)", "!labels.k", "labels.k != v", "name", ",", "labels.",
		"name=a,,", "state in (", "\x00", "labels.ü=ö",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		terms, err := lists.ParseFilter(text, applicationRules.List.Filters)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "filter, position ") {
				t.Errorf("%q: got %v, want a position", text, err)
			}
			return
		}
		for _, term := range terms {
			if term.Label == "" && len(term.Fields) == 0 {
				t.Errorf("%q: a term without anything to compare: %+v", text, term)
			}
		}
	})
}

func FuzzProjectionsAreJSON(f *testing.F) {
	f.Add("metadata.name,spec", `{"apiVersion":"v","metadata":{"name":"a","x":1},"spec":{"y":[1,{}]}}`)
	f.Add("..,a..b,", `{"a":{"":{"b":1}}}`)
	f.Add("a.b.c", `{"a":1}`)
	f.Fuzz(func(t *testing.T, fields, doc string) {
		var object cmf.Object
		if json.Unmarshal([]byte(doc), &object) != nil || object.IsZero() {
			return
		}
		if got := lists.NewProjection(fields, []string{"kind"}).Apply(object); !json.Valid(got) {
			t.Errorf("fields=%q of %s: got %s", fields, doc, got)
		}
	})
}

func FuzzNamesThatAreTakenAreClean(f *testing.F) {
	for _, seed := range []string{
		"orders", "a", "-", "a..b", "A", "ü", "a\x00", "..", "a/b", "\u202e", strings.Repeat("x", 254), "a\nb", "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, rule := range []body.NameRule{
			body.EnvironmentName, body.ResourceName, body.DeploymentName, body.SavepointName,
		} {
			if rule.Check("metadata.name", name) != nil {
				continue
			}
			if name == "" || name == ".." || !utf8.ValidString(name) || strings.ContainsAny(name, "/\x00\n\r\x1b") ||
				utf8.RuneCountInString(name) > rule.Max {
				t.Errorf("%q was taken", name)
			}
		}
	})
}

func FuzzBodiesAreTakenOrRefusedWithAReason(f *testing.F) {
	for _, seed := range []string{
		`{"apiVersion":"v","kind":"Secret","metadata":{"name":"a"},"spec":{"data":{"k":"v"}}}`,
		`{"metadata":null}`, `[]`, `{`, `{"metadata":{"labels":{"a":1}}}`,
		`{"spec":{"data":{"k":"\ud800"}}}`, `{"metadata":{"name":"a","name":"b"}}`, `{"kind":7}`, "\xff",
		`{"spec":` + strings.Repeat(`{"a":`, 50) + `1` + strings.Repeat("}", 51),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		secret, _, err := body.DecodeBody[cmf.Secret]([]byte(text), cmf.Secrets.Name)
		var refused *model.Error
		if err != nil && (!errors.As(err, &refused) || strings.Contains(err.Error(), "cmf.")) {
			t.Errorf("%q: got %v, want a refusal in the API's words", text, err)
		}
		if err == nil && !json.Valid(model.MustEncode(secret)) {
			t.Errorf("%q: is not written back as JSON", text)
		}
		_, _, err = body.DecodeBody[cmf.FlinkApplication]([]byte(text), cmf.Applications.Name)
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("%q: got %v, want a refusal", text, err)
		}
	})
}

func FuzzListParametersNeverBreak(f *testing.F) {
	f.Add("page=1&size=2&sort=name,desc&filter=name=a")
	f.Add("sort=,&sort=asc&size=99999999999999999999")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		req, err := applicationRules.List.Parse(values)
		if err == nil && (req.Size < 1 || req.Size > lists.MaxPageSize || req.Page < 0 || req.Query.Offset < 0) {
			t.Errorf("%q: got page %d, size %d, offset %d", query, req.Page, req.Size, req.Query.Offset)
		}
	})
}
