package flinkoptions_test

import (
	"testing"

	"drey/client/flinkoptions"
)

func TestNearestNames(t *testing.T) {
	for name, want := range map[string]string{
		"taskmanager.numberOfTaskSlot":  "taskmanager.numberOfTaskSlots",
		"paralelism.default":            "parallelism.default",
		"state.backend.typ":             "state.backend.type",
		"parallelism.default":           "",
		"my.own.setting":                "",
		"x":                             "",
		"":                              "",
		"execution.checkpoint.interval": "",
	} {
		if got, ok := flinkoptions.Nearest(name); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestEveryDefaultIsAValue(t *testing.T) {
	names := flinkoptions.Names()
	if len(names) < 300 {
		t.Fatalf("%d options", len(names))
	}
	for _, name := range names {
		o, _ := flinkoptions.Find(name)
		switch o.Default {
		case "(none)", "none", "", "infinite": // words of the documentation, no values
			continue
		}
		if fault := o.Fault(o.Default); fault != "" {
			t.Errorf("%s (%s): its default %q: %s", name, o.Type, o.Default, fault)
		}
	}
}

func TestFaultsOfValues(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"parallelism.default", "four", "want a whole number"},
		{"parallelism.default", " 4 ", ""},
		{"execution.checkpointing.interval", "10s", ""},
		{"execution.checkpointing.interval", "PT10S", ""},
		{"execution.checkpointing.interval", "soon", "want a time such as 10 s or 5 min"},
		{"taskmanager.memory.process.size", "1728m", ""},
		{"taskmanager.memory.process.size", "1.5 gb", "want a size such as 512 mb or 2 gb"},
	} {
		o, ok := flinkoptions.Find(c.name)
		if !ok {
			t.Errorf("%s is not known", c.name)
			continue
		}
		if got := o.Fault(c.value); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.name, c.value, got, c.want)
		}
	}
}
