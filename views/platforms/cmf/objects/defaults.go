package objects

import (
	"drey/client/cmf"
	"drey/client/flinksql"
)

// Defaults are what an environment sets for objects of a kind, as a document of that kind;
// sql is the text of a statement. It is empty where nothing is set (cmf-behaviour.md §2.1,
// §5).
func Defaults(e cmf.Environment, kind cmf.Kind, sql string) cmf.Object {
	switch kind.Plural {
	case cmf.Applications.Plural:
		return e.FlinkApplicationDefaults
	case cmf.ComputePools.Plural:
		if d := e.ComputePoolDefaults; d.IsZero() || len(d.Get("spec")) > 0 {
			return d
		}
		return cmf.Object{}.With(e.ComputePoolDefaults, "spec") // servers take both shapes
	case cmf.Statements.Plural:
		if e.StatementDefaults == nil {
			return nil
		}
		of := e.StatementDefaults.Detached
		if flinksql.OnlyReads(sql) {
			of = e.StatementDefaults.Interactive
		}
		if of == nil || len(of.FlinkConfiguration) == 0 {
			return nil
		}
		return cmf.Object{}.With(of.FlinkConfiguration, "spec", "flinkConfiguration")
	}
	return nil
}
