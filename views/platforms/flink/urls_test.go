package flink

import (
	"slices"
	"strings"
	"testing"

	"drey/client"
	"drey/ui/uitest/flinktest"
	"drey/views/platform"
	"drey/views/platforms/flink/jobmanagers"
)

// printing is a setting that a program prints.
func printing(script string) platform.Settings {
	return platform.Settings{
		Context: "dev", Texts: &texts{},
		Secrets: map[string]client.Secret{"urls-from": client.ListCommand("urls-from", []string{"sh", "-c", script})},
	}
}

// TestACommandPrintsTheJobManagersOfAContext has one address a line, one of them twice: the
// jobs of all are one list.
func TestACommandPrintsTheJobManagersOfAContext(t *testing.T) {
	first, second := flinktest.New(t), flinktest.New(t)
	first.Jobs, second.Jobs = []flinktest.Job{running()}, []flinktest.Job{running()}
	second.Jobs[0].ID, second.Jobs[0].Name = strings.Repeat("b", 32), "payments"
	s := printing("echo " + first.URL + "; echo; echo '  " + second.URL + "/ '; echo " + first.URL)
	opened := session(t, s)
	if len(opened.Kinds) == 0 || !strings.Contains(opened.Address, "and 1 more") {
		t.Fatalf("it is at %q", opened.Address)
	}
	managers, err := jobmanagers.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(managers.Close)
	f := &fleet{Fleet: managers, store: newStore(&texts{}), drafts: map[string][]string{}}
	batch, _, err := newJobsOf(f).Next(t.Context())
	var names []string
	for _, j := range batch.Items {
		names = append(names, j.Value.Name)
	}
	slices.Sort(names)
	if want := []string{running().Name, "payments"}; err != nil || !slices.Equal(names, sorted(want)) {
		t.Errorf("got %q, %v", names, err)
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// TestACommandThatPrintsNoAddressesIsSaid names the setting, and what to do.
func TestACommandThatPrintsNoAddressesIsSaid(t *testing.T) {
	for script, says := range map[string]string{
		"exit 3":            "urls-from",
		"true":              "urls-from",
		"echo not a server": "url",
	} {
		opened, err := Platform.Open(printing(script))
		if err == nil {
			opened.Close()
			t.Errorf("%s is taken", script)
			continue
		}
		if !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", script, err)
		}
		t.Logf("%s: %v", script, err)
	}
}
