package yamldoc_test

import (
	"fmt"
	"strings"
	"testing"

	"drey/views/edit/yamldoc"
)

var schema = &yamldoc.Schema{Type: yamldoc.Object, Fields: map[string]*yamldoc.Schema{
	"metadata": {
		Type: yamldoc.Object,
		Fields: map[string]*yamldoc.Schema{
			"name":   {Type: yamldoc.Text},
			"labels": {Type: yamldoc.Object, Item: &yamldoc.Schema{Type: yamldoc.Text}},
		},
	},
	"spec": {Type: yamldoc.Object, Fields: map[string]*yamldoc.Schema{
		"job": {Type: yamldoc.Object, Fields: map[string]*yamldoc.Schema{
			"parallelism": {Type: yamldoc.Whole},
			"upgradeMode": {Type: yamldoc.Text, Values: []string{"stateless", "last-state", "savepoint"}},
			"args":        {Type: yamldoc.List, Item: &yamldoc.Schema{Type: yamldoc.Text}},
		}},
		"flinkConfiguration": {Type: yamldoc.Object, Options: true},
		"memory":             {Type: yamldoc.Quantity},
		"podTemplate":        {},
	}},
}}

func said(text string) string {
	doc, problems := yamldoc.Parse(text)
	if doc != nil {
		problems = append(problems, yamldoc.Check(doc, schema)...)
	}
	var lines []string
	for _, p := range problems {
		sign := "error"
		if p.Warning {
			sign = "warning"
		}
		lines = append(lines, fmt.Sprintf("%d %s %s", p.Line, sign, p.Text))
	}
	return strings.Join(lines, "\n")
}

func TestProblemsOfATextAreSaidAtTheirLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"fine", "metadata:\n  name: a\nspec:\n  job: {parallelism: 4, upgradeMode: savepoint}\n  memory: 2Gi\n  podTemplate: {anything: [1]}\n", ""},
		{"a letter less", "spec:\n  job:\n    paralelism: 4\n", "3 warning spec.job.paralelism: no such field (parallelism?)"},
		{"an unknown field", "spec:\n  colour: red\n", "2 warning spec.colour: no such field is known; the server decides"},
		{"a wrong type", "spec:\n  job:\n    parallelism: \"4\"\n", `3 error spec.job.parallelism: want a whole number, not the text "4"`},
		{"a wrong value", "spec:\n  job:\n    upgradeMode: savepiont\n", "3 error spec.job.upgradeMode: no such value savepiont (savepoint?)"},
		{"a value near to none", "spec:\n  job:\n    upgradeMode: never\n", "3 error spec.job.upgradeMode: no such value never: there are stateless, last-state, savepoint"},
		{"an option", "spec:\n  flinkConfiguration:\n    taskmanager.numberOfTaskSlot: \"2\"\n    my.own: x\n", "3 warning spec.flinkConfiguration.taskmanager.numberOfTaskSlot: no such option of Flink is known (taskmanager.numberOfTaskSlots?)"},
		{"an option's value", "spec:\n  flinkConfiguration:\n    parallelism.default: four\n", "3 warning spec.flinkConfiguration.parallelism.default: want a whole number, not four"},
		{"twice", "spec:\n  memory: 1\n  memory: 2\n", "3 error spec: memory stands twice"},
		{"a tab", "spec:\n\tjob: {}\n", "2 error a tab indents this line: YAML wants blanks"},
		{"no YAML", "spec: {a: [1}\n", "1 error did not find expected ',' or ']'"},
		{"another encoding", "spec:\n  colour: gr\xfcn\n", "2 error this is no text in UTF-8: an editor has to save it so"},
		{"empty", "# nothing\n", "0 error the text is empty"},
		{"two documents", "spec: {}\n---\nspec: {}\n", "2 error one document is wanted, and another one begins here"},
		{"an alias", "spec:\n  job: &j {paralelism: 1}\n  memory: *j\n", "2 warning spec.job.paralelism: no such field (parallelism?)\n3 error spec.memory: want a number or a text such as 2Gi, not members"},
		{"null is nothing", "spec:\n  job:\n  memory: ~\n", ""},
		{"octal and large", "spec:\n  job: {parallelism: 0o17}\n  memory: 123456789012345678901234567890\n", "2 warning spec.job.parallelism: 0o17 is read as the number 15; in quotes it is a text"},
		{"an item of a list", "spec:\n  job:\n    args:\n    - a\n    - true\n", "5 error spec.job.args.1: want a text, not true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := said(c.text); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func FuzzCheckTakesAnything(f *testing.F) {
	f.Add("spec:\n  job: &a {parallelism: *a}\n")
	f.Add("a: &a [*a, *a]\nspec: {flinkConfiguration: {x: [1]}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, line := range strings.Split(said(text), "\n") {
			if strings.Contains(line, "%!") {
				t.Errorf("a broken message: %s", line)
			}
		}
	})
}
