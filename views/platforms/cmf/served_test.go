package cmf

import (
	"testing"

	"drey/client/cmf"
	"drey/views/platforms/cmf/objects"
	"drey/views/resource"
)

// TestCommandLinesAreThoseOfTheCommand for kinds whose noun or flags are not plain
// (cmf-behaviour.md, command set).
func TestCommandLinesAreThoseOfTheCommand(t *testing.T) {
	kind := resource.Kind[string]{NameOf: func(s string) string { return s }}
	line := func(of cmf.Kind, parent string) string {
		at := func(l resource.Location) (cmf.Kind, cmf.Scope) {
			return of, cmf.Scope{Environment: l.Scope, Parent: l.Parent}
		}
		var address objects.Address = at
		scope := "prod"
		if of == cmf.KafkaDatabases || of == cmf.DetachedSavepoints {
			scope = ""
		}
		return commandOf(kind, address)(resource.Item[string]{
			Value: "it's", Location: &resource.Location{Scope: scope, Parent: parent},
		})
	}
	for got, want := range map[string]string{
		line(cmf.KafkaDatabases, "shop"):          `confluent flink catalog database describe 'it'\''s' --catalog shop`,
		line(cmf.Instances, "orders"):             `confluent flink application instance describe 'it'\''s' --environment prod --application orders`,
		line(cmf.ApplicationSavepoints, "orders"): `confluent flink savepoint describe 'it'\''s' --environment prod --application orders`,
		line(cmf.StatementSavepoints, "top"):      `confluent flink savepoint describe 'it'\''s' --environment prod --statement top`,
		line(cmf.DetachedSavepoints, ""):          `confluent flink detached-savepoint describe 'it'\''s'`,
		line(cmf.SecretMappings, ""):              `confluent flink secret-mapping describe 'it'\''s' --environment prod`,
		line(cmf.Events, "orders"):                "",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
