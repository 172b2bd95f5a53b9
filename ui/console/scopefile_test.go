package console

import "testing"

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
