package console

import (
	"strings"
	"testing"
)

// TestATemplateListsWhereItMayGoTo where all environments are shown.
func TestATemplateListsWhereItMayGoTo(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	d.Press("a")
	d.WaitForText("What should it begin with?")
	d.Press("y")
	d.WaitForText("environment:", "# there are development, prod, staging")
}

// TestAnIdThatNobodyMapsIsWarnedOf before a catalog is created, at its line.
func TestAnIdThatNobodyMapsIsWarnedOf(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	d.Press("6")
	d.WaitForText("Catalogs", "2 catalogs")
	d.Press("a")
	d.WaitForText("What should it begin with?", "A template")
	d.Press("y")
	d.WaitForText("# connectionSecretId: my-id")
	d.Press("alt+/")
	d.Type("# connectionSecretId")
	d.Press("enter", "ctrl+u")
	d.Type("    connectionSecretId: kafka-clent-conn")
	d.Press("esc")
	d.WaitForText("spec.srInstance.connectionSecretId: there is no secret mapping kafka-clent-conn in any environment")
	if line := d.Line("kafka-clent-conn in any"); !strings.Contains(line, "▲ line ") {
		t.Errorf("the warning is %q", line)
	}
	d.WaitForText("(kafka-client-conn?)", "WILL BE SENT") // it is a warning: it can be sent
}
