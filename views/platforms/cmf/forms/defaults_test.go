package forms

import (
	"strings"
	"testing"

	"drey/client/cmf"
	"drey/views/diff"
	"drey/views/platforms/cmf/objects"
)

// TestWhatAnEnvironmentOverridesIsFound of members, lists, nothing and secrets, in each
// kind that has defaults.
func TestWhatAnEnvironmentOverridesIsFound(t *testing.T) {
	application := cmf.Environment{FlinkApplicationDefaults: cmf.Object(
		`{"spec":{"flinkConfiguration":{"a":"1","s3.secret-key":"theirs","only":"there"},"args":["x"],` +
			`"job":{"parallelism":2},"podTemplate":{"spec":{}},"image":null}}`,
	)}
	pool := cmf.Environment{ComputePoolDefaults: cmf.Object(`{"clusterSpec":{"flinkVersion":"v2_0"}}`)}
	statement := cmf.Environment{StatementDefaults: &cmf.StatementDefaults{
		Interactive: &cmf.StatementDefault{FlinkConfiguration: map[string]string{"a": "1"}},
	}}
	for name, c := range map[string]struct {
		environment cmf.Environment
		kind        cmf.Kind
		mine, want  string
	}{
		"same":                {application, cmf.Applications, `{"spec":{"flinkConfiguration":{"a":"1"},"args":["x"],"job":{"parallelism":2.0}}}`, ""},
		"value":               {application, cmf.Applications, `{"spec":{"flinkConfiguration":{"a":"2"}}}`, `spec.flinkConfiguration.a sets "1"`},
		"longer list":         {application, cmf.Applications, `{"spec":{"args":["x","y"]}}`, `spec.args sets ["x"]`},
		"null here":           {application, cmf.Applications, `{"spec":{"job":null}}`, `spec.job sets {"parallelism":2}`},
		"null there":          {application, cmf.Applications, `{"spec":{"image":"i"}}`, `spec.image sets null`},
		"members here":        {application, cmf.Applications, `{"spec":{"args":{"a":1}}}`, `spec.args sets ["x"]`},
		"secret":              {application, cmf.Applications, `{"spec":{"flinkConfiguration":{"s3.secret-key":"mine"}}}`, `spec.flinkConfiguration.s3.secret-key sets ` + diff.Mask},
		"pool":                {pool, cmf.ComputePools, `{"spec":{"clusterSpec":{"flinkVersion":"v1_20"}}}`, `spec.clusterSpec.flinkVersion sets v2_0`},
		"query":               {statement, cmf.Statements, `{"spec":{"statement":"SELECT 1","flinkConfiguration":{"a":"2"}}}`, `spec.flinkConfiguration.a sets "1"`},
		"insert":              {statement, cmf.Statements, `{"spec":{"statement":"INSERT INTO a SELECT 1","flinkConfiguration":{"a":"2"}}}`, ""},
		"no specification":    {application, cmf.Applications, `{}`, ""},
		"kind without any":    {application, cmf.Secrets, `{"spec":{"args":[]}}`, ""},
		"nothing in defaults": {cmf.Environment{}, cmf.Applications, `{"spec":{"args":[]}}`, ""},
	} {
		mine, err := diff.Parse([]byte(c.mine))
		if err != nil {
			t.Fatal(err)
		}
		sql, _ := diff.At(mine, diff.Path{"spec", "statement"})
		text, _ := sql.(string)
		var got []string
		if d := objects.Defaults(c.environment, c.kind, text); !d.IsZero() {
			defaults, err := diff.Parse(d)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range overridden(nil, defaults, mine, "prod") {
				got = append(got, diff.Path(f.Path).String()+strings.TrimPrefix(f.Remark, "environment prod"))
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
