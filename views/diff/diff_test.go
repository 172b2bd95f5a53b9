package diff_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"drey/views/diff"
)

func parse(t testing.TB, doc string) any {
	t.Helper()
	v, err := diff.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func secret(p diff.Path) bool { return strings.Contains(p.String(), "password") }

func lines(entries []diff.Entry) string {
	var out []string
	for _, e := range entries {
		if e.Kind != diff.Same {
			out = append(out, fmt.Sprintf("%s %s|%s", e.Path, e.Left, e.Right))
		}
	}
	return strings.Join(out, "\n")
}

func TestWhatDiffers(t *testing.T) {
	for _, c := range []struct{ name, left, right, want string }{
		{"order of members", `{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"d":3,"c":2},"a":1}`, ""},
		{"digits", `{"a":1.0,"b":9007199254740993}`, `{"a":1,"b":9007199254740992}`, "b 9007199254740993|9007199254740992"},
		{"text like a number", `{"a":"2"}`, `{"a":2}`, `a "2"|2`},
		{"only on one side", `{"a":{"b":1}}`, `{"c":[]}`, "a.b 1|\nc |[]"},
		{"null is no absence", `{"a":null}`, `{}`, "a null|"},
		{"by name", `{"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}`, `{"env":[{"name":"B","value":"3"},{"name":"A","value":"1"}]}`, `env[B].value "2"|"3"`},
		{"an item more", `{"args":["a","b","c"]}`, `{"args":["a","x","b","c"]}`, "args[1] |x"},
		{"an item less", `{"args":["a","b","c","d"]}`, `{"args":["b","d"]}`, "args[0] a|\nargs[2] c|"},
		{"secrets", `{"password":"one","x":{"password":{"a":1}}}`, `{"password":"two","x":{"password":{"a":1}}}`, "password ••••••|•••••• (another)"},
		{"a secret beside no members", `{"a":{"password":"one","b":1}}`, `{"a":null}`, `a {"b":1,"password":"••••••"}|null`},
		{"a secret in a list", `{"a":[{"name":"x","password":"one"}]}`, `{"a":7}`, `a [{"name":"x","password":"••••••"}]|7`},
		{"no secret", `{"password":null}`, `{"password":"one"}`, "password null|••••••"},
		{"object and text", `{"a":{"b":1}}`, `{"a":"b"}`, `a {"b":1}|b`},
		{"a dotted name", `{"c":{"state.backend.type":"rocksdb"}}`, `{"c":{"state.backend.type":"hashmap"}}`, "c.state.backend.type rocksdb|hashmap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lines(diff.Compare(parse(t, c.left), parse(t, c.right), secret)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestAConflictHidesSecretsInsideOfItsValues has one side without the members that hold it.
func TestAConflictHidesSecretsInsideOfItsValues(t *testing.T) {
	_, conflicts := diff.Merge(
		parse(t, `{"a":{"password":"one","b":1}}`), parse(t, `{}`), parse(t, `{"a":{"password":"two","b":2}}`),
	)
	if len(conflicts) != 1 {
		t.Fatal(conflicts)
	}
	c := conflicts[0].Hide(secret)
	if want := `{"b":1,"password":"••••••"}  {"b":2,"password":"••••••"}`; c.Base+" "+c.Mine+" "+c.Live != want {
		t.Errorf("got %s %s %s", c.Base, c.Mine, c.Live)
	}
}

func TestMergesOfTwoChanges(t *testing.T) {
	for _, c := range []struct{ name, base, mine, live, want, conflicts string }{
		{"apart", `{"a":1,"b":1}`, `{"a":2,"b":1}`, `{"a":1,"b":3}`, `{"a":2,"b":3}`, ""},
		{"the same", `{"a":1}`, `{"a":2}`, `{"a":2}`, `{"a":2}`, ""},
		{"two lists for a text", `{"a":"x"}`, `{"a":[{"name":"p"}]}`, `{"a":[{"name":"q"}]}`, `{"a":[{"name":"p"}]}`, `a x [{"name":"p"}] [{"name":"q"}]`},
		{"gone here, changed there", `{"a":{"b":1,"c":1}}`, `{}`, `{"a":{"b":2,"c":1}}`, `{}`, `a {"b":1,"c":1}  {"b":2,"c":1}`},
		{"null here, changed there", `{"a":{"b":1}}`, `{"a":null}`, `{"a":{"b":2}}`, `{"a":null}`, `a {"b":1} null {"b":2}`},
		{"against each other", `{"a":1,"b":1}`, `{"a":2,"b":1}`, `{"a":3,"b":2}`, `{"a":2,"b":2}`, "a 1 2 3"},
		{"removed and changed", `{"a":{"x":1}}`, `{}`, `{"a":{"x":2}}`, `{}`, `a {"x":1}  {"x":2}`},
		{"added on both sides", `{}`, `{"a":{"x":1}}`, `{"a":{"y":2}}`, `{"a":{"x":1,"y":2}}`, ""},
		{
			"lists by name", `{"e":[{"name":"A","v":1}]}`, `{"e":[{"name":"A","v":1},{"name":"B","v":2}]}`,
			`{"e":[{"name":"A","v":9},{"name":"C","v":3}]}`,
			`{"e":[{"name":"A","v":9},{"name":"B","v":2},{"name":"C","v":3}]}`, "",
		},
		{"other lists", `{"a":[1]}`, `{"a":[1,2]}`, `{"a":[0,1]}`, `{"a":[1,2]}`, "a [1] [1,2] [0,1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			merged, conflicts := diff.Merge(parse(t, c.base), parse(t, c.mine), parse(t, c.live))
			if !diff.Equal(merged, parse(t, c.want)) {
				got, _ := json.Marshal(merged)
				t.Errorf("got %s, want %s", got, c.want)
			}
			var said []string
			for _, x := range conflicts {
				said = append(said, fmt.Sprintf("%s %s %s %s", x.Path, x.Base, x.Mine, x.Live))
			}
			if got := strings.Join(said, "\n"); got != c.conflicts {
				t.Errorf("conflicts %q, want %q", got, c.conflicts)
			}
		})
	}
}

// made is a document by chance, of few names and values so that sides meet.
func made(r *rand.Rand, depth int) any {
	switch n := r.IntN(6); {
	case depth > 0 && n < 3:
		o := map[string]any{}
		for range r.IntN(4) {
			o[string(rune('a'+r.IntN(4)))] = made(r, depth-1)
		}
		return o
	case depth > 0 && n == 3:
		l := []any{}
		for range r.IntN(3) {
			l = append(l, map[string]any{"name": string(rune('p' + r.IntN(3))), "v": made(r, depth-1)})
		}
		return l
	case n == 4:
		return json.Number(fmt.Sprint(r.IntN(3)))
	}
	return string(rune('x' + r.IntN(3)))
}

func TestLawsOfMergeAndCompare(t *testing.T) {
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 1))
		base, mine, live := made(r, 3), made(r, 3), made(r, 3)
		expect := func(what string, a, b any) {
			t.Helper()
			if !diff.Equal(a, b) {
				x, _ := json.Marshal(a)
				y, _ := json.Marshal(b)
				t.Fatalf("seed %d: %s: %s is not %s", seed, what, x, y)
			}
		}
		only := func(base, mine, live any) any {
			merged, conflicts := diff.Merge(base, mine, live)
			if len(conflicts) > 0 {
				t.Fatalf("seed %d: conflicts where one side changed: %v", seed, conflicts)
			}
			return merged
		}
		expect("nothing of mine", only(base, base, live), live)
		expect("nothing of live", only(base, mine, base), mine)
		expect("the same change", only(base, mine, mine), mine)
		one, first := diff.Merge(base, mine, live)
		two, second := diff.Merge(base, live, mine)
		if len(first) != len(second) {
			t.Fatalf("seed %d: %d conflicts one way, %d the other", seed, len(first), len(second))
		}
		if len(first) == 0 && !hasList(one) {
			expect("either way", one, two) // the order of lists is mine's
		}
		if got := diff.Differ(diff.Compare(mine, live, nil)); (got == 0) != diff.Equal(mine, live) && !hasList(mine) {
			t.Fatalf("seed %d: %d entries differ", seed, got)
		}
	}
}

func hasList(v any) bool {
	switch v := v.(type) {
	case []any:
		return true
	case map[string]any:
		for _, x := range v {
			if hasList(x) {
				return true
			}
		}
	}
	return false
}

func FuzzCompareAndMergeTakeAnything(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"name":"x"}]}`), []byte(`{"a":{}}`), []byte(`null`))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		x, errX := diff.Parse(a)
		y, errY := diff.Parse(b)
		z, errZ := diff.Parse(c)
		if errX != nil || errY != nil || errZ != nil {
			return
		}
		diff.Compare(x, y, secret)
		if merged, _ := diff.Merge(x, x, y); !diff.Equal(merged, y) {
			t.Error("what live alone changed is not taken")
		}
		diff.Merge(x, y, z)
	})
}
