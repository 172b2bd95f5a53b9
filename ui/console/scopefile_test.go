package console

import (
	"testing"

	"drey/client/cmf"
	"drey/client/cmfapi"
)

// TestAnEnvironmentBeginsWithAFile makes a new environment of a file, with none chosen.
func TestAnEnvironmentBeginsWithAFile(t *testing.T) {
	t.Parallel()
	d := open(t, running(t), 140, 40, func(o *Options) {
		realTime(o)
		o.ReadFile = func(string) (string, error) { return "name: of-git\nkubernetesNamespace: of-git\n", nil }
	})
	d.WaitForText("20 applications", "development")
	d.Press("1", "a")
	d.WaitForText("New environment", "A template", "A file")
	d.Press("down", "y")
	d.WaitForText("Path of a YAML or JSON file")
	d.Type("env.yaml")
	d.Press("enter")
	d.WaitForText("New environment", "name: of-git", "kubernetesNamespace: of-git")
}

// TestAnEnvironmentThatIsEmptyIsDeleted asks for it in the pane and in the list of
// environments, where one with applications and then one with nothing in it is chosen.
func TestAnEnvironmentThatIsEmptyIsDeleted(t *testing.T) {
	t.Parallel()
	c := running(t)
	made, err := cmfapi.Create(t.Context(), c, cmf.Environments, cmf.Scope{}, map[string]any{
		"name": "empty", "kubernetesNamespace": "empty",
	})
	if err != nil {
		t.Fatal(made, err)
	}
	d := open(t, c, 140, 40, realTime)
	d.WaitForText("20 applications", "empty")
	d.Press("1", "g")
	d.WaitForText("D delete")
	d.Press("D")
	d.WaitForText("choose one environment to delete it")
	d.Press("j", "D") // development
	d.WaitForText("cannot delete development: 5 applications are in it: delete them first")
	d.Press(":")
	d.Type("environments")
	d.Press("enter")
	d.WaitForText("NAMESPACE", "development")
	d.Press("D")
	d.WaitForText("cannot delete development: 5 applications are in it: delete them first")
	d.Press("esc", "1", "j", "D")
	d.WaitForText("Delete empty", "its account and its secret in the namespace are deleted", "Type empty to confirm")
	d.Type("empty")
	d.WaitForText("› empty")
	d.Press("enter")
	d.WaitForText("deleted empty")
}
