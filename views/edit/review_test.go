package edit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"drey/client/fault"
	"drey/keymap"
	"drey/views"
	"drey/views/diff"
	"drey/views/edit/yamldoc"
)

// TestEachMemberIsFoundByItsPath draws documents, and looks up the line of each
// member by its path, and by a message that names it.
func TestEachMemberIsFoundByItsPath(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		text := drawn(rng, 0)
		doc, problems := yamldoc.Parse(text)
		if doc == nil {
			t.Fatal(problems)
		}
		paths := map[string][]string{} // line to path
		collect(yamldoc.Root(doc), nil, func(path []string, line int) {
			paths[strings.Join(path, ".")] = append(path, fmt.Sprint(line))
		})
		for dotted, found := range paths {
			path, line := found[:len(found)-1], found[len(found)-1]
			if got := fmt.Sprint(yamldoc.LineOf(doc, path)); got != line {
				t.Errorf("%s: got line %s, want %s in\n%s", dotted, got, line, text)
			}
			if got, ok := yamldoc.Blame(doc, "invalid value of "+dotted+": want another"); !ok || fmt.Sprint(got) != line {
				t.Errorf("blamed %s: got line %d, want %s in\n%s", dotted, got, line, text)
			}
		}
	}
}

func collect(n *yaml.Node, path []string, each func([]string, int)) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		at := append(slices.Clone(path), n.Content[i].Value)
		each(slices.Clone(at), n.Content[i].Line)
		collect(n.Content[i+1], at, each)
	}
}

// drawn is a YAML text; each name in it stands once, so that a path has one end.
func drawn(rng *rand.Rand, depth int) string {
	var out strings.Builder
	for range 1 + rng.IntN(4) {
		name := fmt.Sprintf("m%dk%d", depth, rng.IntN(1<<40))
		out.WriteString(strings.Repeat("  ", depth) + name + ":")
		if depth < 3 && rng.IntN(2) == 0 {
			out.WriteString("\n" + drawn(rng, depth+1))
			continue
		}
		out.WriteString(" value # comment\n")
	}
	return out.String()
}

func TestWhatAMessageSpeaksOfIsFound(t *testing.T) {
	doc, _ := yamldoc.Parse(
		"metadata:\n  name: x\nspec:\n  job:\n    parallelism: 0\n    state: odd\n  taskManager:\n " +
			"   replicas: 0\n  flinkConfiguration:\n    kubernetes.cluster-id: x\n  podTemplate:\n    spec:\n" +
			"      containers:\n      - name: main\n",
	)
	for message, want := range map[string]int{
		"Job parallelism must be larger than 0":              5,
		"TaskManager replicas must be larger than 0":         8,
		"Forbidden Flink config key: kubernetes.cluster-id":  10,
		"name: size must be between 4 and 2147483647":        2,
		"spec.job.state: must be one of running, suspended":  6,
		"Application 'orders' is being deleted":              0,
		"the state of the job could not be read":             0,
		"/spec/podTemplate/spec/containers: want a list":     13,
		"it is refused (422): spec.taskManager.replicas < 1": 8,
	} {
		if got, _ := yamldoc.Blame(doc, message); got != want {
			t.Errorf("%s: got line %d, want %d", message, got, want)
		}
	}
}

// store is a server with one object.
type store struct {
	object json.RawMessage
	sent   []string
	fail   error // of the next write, which is then not made
	lose   error // of the next write, which is made
}

type faultError fault.Fault

func (e faultError) Error() string      { return "fault" }
func (e faultError) Fault() fault.Fault { return fault.Fault(e) }

func (s *store) rules() *Rules {
	plan := []views.Step{{Method: "GET", Path: "/o/x"}, {Method: "PUT", Path: "/o/x"}}
	return &Rules{
		Kind: "objects", Singular: "object", Name: func(doc any) string { return yamldoc.MemberText(doc, "name") },
		Hidden: func(path []string) bool { return path[0] == "status" },
		Read: func(context.Context, views.Ref) (json.RawMessage, error) {
			s.sent = append(s.sent, "GET /o/x")
			if s.object == nil {
				return nil, faultError{Kind: fault.NotFound}
			}
			return s.object, nil
		},
		At:   func(_, name string) views.Ref { return views.Ref{Name: name} },
		Plan: func(Change) []views.Step { return plan },
		Send: func(_ context.Context, c Change, step func(views.Step)) error {
			step(plan[1])
			s.sent = append(s.sent, "PUT /o/x")
			if s.fail != nil {
				return s.fail
			}
			s.object = c.Body()
			return s.lose
		},
	}
}

// TestNothingOfOthersIsOverwritten draws a base, a change of the person and one of
// somebody else: what alone the other changed stays, what alone the person changed
// is sent, and where both did nothing is sent before the person decides.
func TestNothingOfOthersIsOverwritten(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	names := []string{"a", "b", "c", "d"}
	conflicts := 0
	for range 500 {
		base := map[string]any{"name": "x", "status": "s"}
		for _, n := range names {
			base[n] = json.Number(fmt.Sprint(rng.IntN(3)))
		}
		mine, live := changedOf(rng, base, names), changedOf(rng, base, names)
		s := &store{object: encoded(live)}
		r := s.rules()
		text, err := yamldoc.Render(encoded(mine), r.Hidden)
		if err != nil {
			t.Fatal(err)
		}
		draft := views.Draft{Target: views.Ref{Name: "x"}, Base: encoded(base), Text: text}
		rv, err := r.Review(t.Context(), draft, nil)
		if err != nil {
			t.Fatal(err)
		}
		decided, keepMine := map[string]bool{}, rng.IntN(2) == 0
		if len(rv.Conflicts) > 0 {
			conflicts++
			if rv.Ready() {
				t.Fatal("a conflict is ready to be sent")
			}
			for _, c := range rv.Conflicts {
				decided[key(c)] = keepMine
			}
			if rv, err = r.Review(t.Context(), draft, decided); err != nil || len(rv.Conflicts) > 0 {
				t.Fatalf("still conflicts: %v, %v", rv.Conflicts, err)
			}
		}
		for _, n := range names {
			want := mine[n]
			touchedByMe, touchedByOther := mine[n] != base[n], live[n] != base[n]
			if !touchedByMe || touchedByOther && !keepMine {
				want = live[n]
			}
			got, _ := yamldoc.Member(rv.Change.Merged, n)
			if got != want && !(got == nil && want == nil) {
				t.Fatalf("%s: got %v, want %v of base %v, mine %v, live %v", n, got, want, base[n], mine[n], live[n])
			}
		}
	}
	if conflicts < 50 {
		t.Errorf("only %d conflicts were drawn", conflicts)
	}
}

func changedOf(rng *rand.Rand, base map[string]any, names []string) map[string]any {
	out := map[string]any{}
	for n, v := range base {
		out[n] = v
	}
	for _, n := range names {
		switch rng.IntN(4) {
		case 0:
			out[n] = json.Number(fmt.Sprint(rng.IntN(3)))
		case 1:
			delete(out, n)
		}
	}
	return out
}

func encoded(v any) json.RawMessage {
	raw, _ := json.Marshal(v)
	return raw
}

func reviewed(t *testing.T, r *Rules, base, text string) Review {
	t.Helper()
	rv, err := r.Review(
		t.Context(), views.Draft{Target: views.Ref{Name: "x"}, Base: json.RawMessage(base), Text: text}, nil,
	)
	if err != nil || !rv.Ready() {
		t.Fatalf("%v, %v", rv.Problems, err)
	}
	return rv
}

func TestAnApplyLooksBeforeItWritesAndAfterALostAnswer(t *testing.T) {
	const was = `{"name":"x","n":1}`
	for _, c := range []struct {
		name       string
		meanwhile  string
		fail, lose error
		done       bool
		puts       int
		says       string
	}{
		{"plain", "", nil, nil, true, 1, ""},
		{"changed since", `{"name":"x","n":7}`, nil, nil, false, 0, "was changed meanwhile: nothing was sent"},
		{"lost after the effect", "", nil, faultError{Kind: fault.Offline, Lost: true}, true, 1, ""},
		{"lost before the effect", "", faultError{Kind: fault.Offline, Lost: true}, nil, false, 1, "not done: the answer was lost"},
		{"refused", "", faultError{Kind: fault.Conflict}, nil, false, 1, "fault"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &store{object: json.RawMessage(was), fail: c.fail, lose: c.lose}
			r := s.rules()
			rv := reviewed(t, r, was, "name: x\nn: 2\n")
			if c.meanwhile != "" {
				s.object = json.RawMessage(c.meanwhile)
			}
			s.sent = nil
			sent := false
			_, err := r.Apply(t.Context(), rv.Change, &Progress{}, time.Now, func() { sent = true })
			if (err == nil) != c.done || sent != c.done || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, sent %v", err, sent)
			}
			if n := strings.Count(strings.Join(s.sent, "\n"), "PUT"); n != c.puts {
				t.Errorf("%d writes: %v", n, s.sent)
			}
			if s.sent[0] != "GET /o/x" {
				t.Errorf("it is not looked at first: %v", s.sent)
			}
			if f := fault.Of(err); err != nil && f.Lost {
				t.Errorf("an answer that was looked into is still lost")
			}
			var changed *ChangedError
			if errors.As(err, &changed) != (c.meanwhile != "") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNumbersCommentsAndUnknownMembersSurvive(t *testing.T) {
	const raw = `{"name":"x","big":123456789012345678901234567890,"e":1.50,"odd":{"later":[1,{"z":null}]},` +
		`"s":"yes","status":{"a":1}}`
	s := &store{object: json.RawMessage(raw)}
	r := s.rules()
	text, err := r.Text(json.RawMessage(raw))
	if err != nil {
		t.Fatal(err)
	}
	rv := reviewed(t, r, raw, "# mine\nnew: &a {k: 0x10}\nagain: *a\n"+text)
	const want = `{"again":{"k":16},"big":123456789012345678901234567890,"e":1.50,"name":"x","new":{"k":16},` +
		`"odd":{"later":[1,{"z":null}]},"s":"yes"}`
	if got := string(rv.Change.Body()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(rv.Problems) == 0 || yamldoc.Errors(rv.Problems) > 0 || rv.Problems[0].Line != 2 ||
		!strings.Contains(rv.Problems[0].Text, "0x10 is read as the number 16") {
		t.Errorf("the problems are %v", rv.Problems)
	}
}

func TestErrorsInATextComeOutAgain(t *testing.T) {
	text := "a: 1\nb: 2\nc: 3\n"
	with := yamldoc.WithErrors(text, []yamldoc.Problem{
		{Line: 2, Text: "wrong\nindeed"}, {Line: 3, Warning: true, Text: "no"}, {Text: "the whole"},
	})
	const want = "# error: the whole\na: 1\n# error: wrong\n# error: indeed\nb: 2\nc: 3\n"
	if with != want {
		t.Errorf("got\n%s", with)
	}
	if got := yamldoc.WithoutErrors(with); got != text {
		t.Errorf("got\n%s", got)
	}
}

func TestASecretIsNotInAProblem(t *testing.T) {
	doc, _ := yamldoc.Parse("spec:\n  password: 0777\n  secretKey: true\n")
	problems := yamldoc.Check(doc, &yamldoc.Schema{Type: yamldoc.Object, Fields: map[string]*yamldoc.Schema{"spec": {
		Type:   yamldoc.Object,
		Fields: map[string]*yamldoc.Schema{"password": {Type: yamldoc.Text}, "secretKey": {Type: yamldoc.Whole}},
	}}})
	if len(problems) != 2 {
		t.Fatalf("got %v", problems)
	}
	for _, p := range problems {
		if strings.Contains(p.Text, "777") || strings.Contains(p.Text, "true") || strings.Contains(p.Text, "511") {
			t.Errorf("it says %s", p.Text)
		}
	}
}

func TestWhereANewObjectGoesStandsInItsText(t *testing.T) {
	r := &Rules{Within: "environment"}
	for text, want := range map[string]string{
		"a: 1\n":                         "environment: prod # where it goes to; this line is not sent\na: 1\n",
		"# hello\n---\na: 1\n":           "# hello\n---\nenvironment: prod # where it goes to; this line is not sent\na: 1\n",
		"environment: dev\na: 1\n":       "environment: dev\na: 1\n",
		`{"b": 9007199254740993, "a":1}`: "environment: prod # where it goes to; this line is not sent\nb: 9007199254740993\na: 1\n",
	} {
		if got := r.placed(text, "prod"); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	if _, problems := yamldoc.Parse(r.placed("a: 1\n", "123")); len(problems) > 0 {
		t.Error(problems)
	}
}

// TestATextThatIsNoObjectIsNotCompared says why, at its line, and is never ready.
func TestATextThatIsNoObjectIsNotCompared(t *testing.T) {
	for text, says := range map[string]string{
		"":                        "the text is empty",
		"# a comment alone\n":     "the text is empty",
		"---\n":                   "a text of members is wanted",
		"null\n":                  "a text of members is wanted",
		"[1, 2]\n":                "a text of members is wanted",
		"just words\n":            "a text of members is wanted",
		"name: x\n\tn: 2\n":       "a tab indents this line",
		"name: x\n---\nname: y\n": "another one begins here",
		"name: x\nn: [1\n":        "line",
		"name: *a\n":              "unknown anchor",
		"name: x\nname: x\n":      "name stands twice",
		"name: caf\xe9\n":         "UTF-8",
		"name: &a [*a]\n":         "",
	} {
		s := &store{object: json.RawMessage(`{"name":"x","n":1}`)}
		r := s.rules()
		for _, isNew := range []bool{false, true} {
			rv, err := r.Review(
				t.Context(), views.Draft{Target: views.Ref{Name: "x"}, Base: s.object, Text: text, New: isNew}, nil,
			)
			if err != nil || rv.Compared || rv.Ready() || rv.Unchanged() || yamldoc.Errors(rv.Problems) == 0 {
				t.Fatalf("%q: compared %v, ready %v, %v, %v", text, rv.Compared, rv.Ready(), rv.Problems, err)
			}
			if err := rv.notReady(keymap.Default()); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%q: it says %v, want %q", text, err, says)
			}
		}
	}
}

// TestATextIsReadAsItsEditorWroteIt with the ends of lines and the marks of others, with
// comments at its end, and with numbers that no machine holds.
func TestATextIsReadAsItsEditorWroteIt(t *testing.T) {
	for text, want := range map[string]string{
		"name: x\r\nn: 2\r\n":                        `{"n":2,"name":"x"}`,
		"\ufeffname: x\nn: 2\n":                      `{"n":2,"name":"x"}`,
		"name: x\nn: 2":                              `{"n":2,"name":"x"}`,
		"name: x\nn: 2\n# the end\n  # of it":        `{"n":2,"name":"x"}`,
		"---\nname: x\nn: 2\n...\n":                  `{"n":2,"name":"x"}`,
		"name: x\nn: 1e400\n":                        `{"n":1e400,"name":"x"}`,
		"name: x\nn: 0777\n":                         `{"n":511,"name":"x"}`,
		"name: x\nn: 0o777\n":                        `{"n":511,"name":"x"}`,
		"name: x\nn: \"0777\"\n":                     `{"n":"0777","name":"x"}`,
		"name: x\nn: |\n  a\tb\n":                    `{"n":"a\tb\n","name":"x"}`,
		"name: x\na: &a {k: 1}\nn: {<<: *a, l: 2}\n": `{"a":{"k":1},"n":{"k":1,"l":2},"name":"x"}`,
	} {
		s := &store{object: json.RawMessage(`{"name":"x","n":1}`)}
		rv := reviewed(t, s.rules(), string(s.object), text)
		if got := string(rv.Change.Body()); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// FuzzReviewTakesAnything wants no text to break a review, nor to be ready with an
// error in it.
func FuzzReviewTakesAnything(f *testing.F) {
	f.Add("name: x\nn: 2\n")
	f.Add("name: &a [*a]\n")
	f.Add("<<: {name: x}\n? [a]: 1\n")
	f.Add("null\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := &store{object: json.RawMessage(`{"name":"x","n":1}`)}
		r := s.rules()
		rv, err := r.Review(t.Context(), views.Draft{Target: views.Ref{Name: "x"}, Base: s.object, Text: text}, nil)
		if err == nil && rv.Ready() && (yamldoc.Errors(rv.Problems) > 0 || !json.Valid(rv.Change.Body())) {
			t.Errorf("ready: %v", rv.Problems)
		}
		if why := rv.notReady(keymap.Default()); err == nil && (why == nil) != rv.Ready() {
			t.Errorf("ready %v, but %v", rv.Ready(), why)
		}
		_ = diff.Text("", "", rv.Yours)
	})
}
