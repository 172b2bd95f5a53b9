package cmf

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"drey/client/cmf"
	"drey/views/platforms/cmf/actions"
)

// randomSpec is a document of few names, so that two of them share paths, with
// values of all kinds in the same places.
func randomSpec(rng *rand.Rand, depth int) map[string]any {
	spec := map[string]any{}
	for _, name := range []string{"image", "job", "flinkConfiguration", "a.b", "c"} {
		if rng.IntN(3) == 0 {
			continue
		}
		switch kind := rng.IntN(6); {
		case kind < 3 && depth > 0:
			if inner := randomSpec(rng, depth-1); len(inner) > 0 {
				spec[name] = inner
			}
		case kind == 3:
			spec[name] = []any{rng.IntN(3), map[string]any{"name": "x"}}
		case kind == 4:
			spec[name] = fmt.Sprint("v", rng.IntN(3))
		default:
			spec[name] = rng.IntN(3)
		}
	}
	return spec
}

// merged is what runs: the application's specification with the environment's
// defaults over it (cmf-behaviour.md §5).
func merged(own, defaults map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range own {
		out[name] = v
	}
	for name, v := range defaults {
		x, xOK := out[name].(map[string]any)
		y, yOK := v.(map[string]any)
		if xOK && yOK {
			out[name] = merged(x, y)
			continue
		}
		out[name] = v
	}
	return out
}

// TestRollingBackBakesNoDefaultIn rolls back between random specifications under
// random defaults: what runs then is what ran, and the application holds no value
// that it did not hold in one of the two.
func TestRollingBackBakesNoDefaultIn(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	changed := 0
	for n := range 1_500 {
		former, current, defaults := randomSpec(rng, 2), randomSpec(rng, 2), randomSpec(rng, 1)
		ran, runs := cmf.MustObject(merged(former, defaults)), cmf.MustObject(merged(current, defaults))
		list, _ := actions.Restores(runs, ran, cmf.MustObject(defaults))
		changed += len(list)
		back := actions.Restored(cmf.MustObject(current), list)
		if again := cmf.MustObject(merged(back.Map(), defaults)); !actions.SameJSON(
			json.RawMessage(again), json.RawMessage(ran),
		) {
			t.Fatalf("%d: from %s to %s under %s:\nruns %s", n, runs, ran, cmf.MustObject(defaults), again)
		}
		was, is := actions.Members(cmf.MustObject(former)), actions.Members(cmf.MustObject(current))
		for path, value := range actions.Members(back) {
			if string(value) != "{}" && !actions.SameJSON(value, was[path]) && !actions.SameJSON(value, is[path]) {
				t.Fatalf(
					"%d: %q = %s was in neither %s nor %s", n, path, value, cmf.MustObject(former),
					cmf.MustObject(current),
				)
			}
		}
	}
	if changed < 1_500 {
		t.Errorf("only %d members were put back: the test tries nothing", changed)
	}
}

// TestRollingBackLeavesWhatIsNoPartOfIt holds what says what is to be done.
func TestRollingBackLeavesWhatIsNoPartOfIt(t *testing.T) {
	t.Parallel()
	now := cmf.MustObject(map[string]any{"image": "b", "restartNonce": 2, "job": map[string]any{
		"state": "suspended", "upgradeMode": "stateless", "parallelism": 4,
	}})
	then := cmf.MustObject(map[string]any{"image": "a", "job": map[string]any{
		"state": "running", "upgradeMode": "savepoint", "parallelism": 2,
		"startFromSavepoint": map[string]any{"uid": "x"},
	}})
	list, _ := actions.Restores(now, then, nil)
	got := actions.Restored(now, list)
	want := `{"image":"a","job":{"parallelism":2,"state":"suspended","upgradeMode":"stateless"},"restartNonce":2}`
	if !actions.SameJSON(json.RawMessage(got), json.RawMessage(want)) {
		t.Errorf("got %s, want %s", got, want)
	}
}
