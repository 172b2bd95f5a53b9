package cli_test

import (
	"os"
	"strings"
	"testing"

	"drey/ui/cli"
	"drey/ui/config"
)

// TestTheDocumentationListsTheSettings compares docs/configuration.md with the
// tables. DREY_UPDATE=1 writes them.
func TestTheDocumentationListsTheSettings(t *testing.T) {
	const page, begin, end = "../../docs/configuration.md", "<!-- settings -->\n", "<!-- end of settings -->"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no %s", page, begin)
	}
	want := before + begin + config.Tables(cli.ConfigPlatforms()) + end + after
	if os.Getenv("DREY_UPDATE") != "" {
		if err := os.WriteFile(page, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if string(text) != want {
		t.Errorf("the tables of %s are not those of the settings: run this test with DREY_UPDATE=1", page)
	}
}
