package contract

import (
	"strings"
	"testing"

	"drey/server/servertest"
)

const yamlBody = `# as people write them
metadata: &meta {name: orders, labels: {tier: "1"}}
apiVersion: cmf.confluent.io/v1
kind: FlinkApplication
spec:
  flinkVersion: v1_19
  flinkConfiguration:
    plain: 1.50
    large: 123456789012345678901234567890
    exact: 9007199254740993
    power: 1e3
    octal: 0o17
    hex: 0x10
    sign: +7
    half: .5
    truth: true
    word: yes
    none: ~
    day: 2026-01-01
    time: 12:30:45
    folded: >-
      a
      b
    1: one
  base: &base {a: 1, b: 2}
  more: {<<: *base, b: 3}
  both: {<<: [{a: 4}, *base]}
  again: *meta
`

func TestYAMLKeepsNumbersAsTheyAreWritten(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	if rec := w.Call("POST", servertest.ProdApps, yamlBody, "Content-Type", "application/yaml"); rec.Code != 201 {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	spec := w.Must("GET", servertest.ProdApps+"/orders", "").Object("spec")
	for path, want := range map[string]string{
		"plain": "1.50", "large": "123456789012345678901234567890", "exact": "9007199254740993", "power": "1e3",
		"octal": "15", "hex": "16", "sign": "7", "half": "0.5", "truth": "true", "word": `"yes"`, "none": "null",
		"day": `"2026-01-01"`, "time": `"12:30:45"`, "folded": `"a b"`, "1": `"one"`,
	} {
		if got := string(spec.Get("flinkConfiguration", path)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{
		"more": `{"b":3,"a":1}`, "both": `{"a":4,"b":2}`, "again": `{"name":"orders","labels":{"tier":"1"}}`,
	} {
		if got := string(spec.Get(path)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	asYAML := w.Call("GET", servertest.ProdApps+"/orders", "", "Accept", "application/yaml").Body.String()
	for _, line := range []string{
		"plain: 1.50", "large: 123456789012345678901234567890", `word: "yes"`, `time: "12:30:45"`, `tier: "1"`,
		"none: null",
	} {
		if !strings.Contains(asYAML, " "+line+"\n") {
			t.Errorf("want a line %q in\n%s", line, asYAML)
		}
	}
	if rec := w.Call("POST", servertest.ProdApps, asYAML, "Content-Type", "application/yaml"); rec.Code != 201 {
		t.Fatalf("what was answered, sent back: got %d %s", rec.Code, rec.Body)
	}
	if back := w.Must("GET", servertest.ProdApps+"/orders", "").Object("spec"); string(back) != string(spec) {
		t.Errorf("got %s, want %s", back, spec)
	}
}

func TestYAMLThatIsNoDocumentIsRefused(t *testing.T) {
	w := servertest.NewWorld(t)
	w.Environment("prod")
	laughs, merges := "a0: &a0 [x]\n", "m0: &m0 {x: 1}\n"
	for i, next := range strings.Split("abcdefghij", "") {
		before, after := "a0", "m0"
		if i > 0 {
			before, after = "a"+string(rune('a'+i-1)), "m"+string(rune('a'+i-1))
		}
		laughs += "a" + next + ": &a" + next + " [" + strings.Repeat("*"+before+",", 9) + "*" + before + "]\n"
		merges += "m" + next + ": &m" + next + " {<<: [" + strings.Repeat("*"+after+",", 9) + "*" + after + "]}\n"
	}
	for name, test := range map[string]struct{ body, says string }{
		"two documents":    {"name: prod\n---\nname: test\n", "one YAML document"},
		"not a number":     {"name: prod\nflinkApplicationDefaults: {spec: {x: .nan}}\n", "no number of JSON"},
		"key twice":        {"name: prod\nname: test\n", "there already"},
		"key is a list":    {"[a]: b\n", "must be a scalar"},
		"alias of nothing": {"name: *x\n", "malformed YAML"},
		"within itself":    {"name: prod\nflinkApplicationDefaults: &x {spec: *x}\n", "body"},
		"laughs":           {laughs, "aliases stand for more"},
		"merges":           {merges, "aliases stand for more"},
		"merge of a word":  {"name: prod\n<<: word\n", "<< wants mappings"},
		"tab":              {"name:\n\t- x\n", "malformed YAML"},
		"empty":            {"", "want an object"},
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.Call("POST", "environments", test.body, "Content-Type", "application/yaml")
			if rec.Code != 400 || !strings.Contains(rec.Body.String(), test.says) {
				t.Errorf("got %d %s, want 400 that says %q", rec.Code, rec.Body, test.says)
			}
		})
	}
	if rec := w.Call(
		"POST", "environments", "---\nname: prod\n---\n", "Content-Type", "application/yaml",
	); rec.Code != 200 {
		t.Errorf("one document between marks: got %d %s", rec.Code, rec.Body)
	}
}
