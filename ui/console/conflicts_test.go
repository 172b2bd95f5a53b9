package console

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"drey/ui/uitest"
)

// TestEachConflictIsDecidedOnItsOwn keeps the person's image and the server's
// parallelism, where both were changed by both.
func TestEachConflictIsDecidedOnItsOwn(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			direct := running(t)
			d := open(t, direct, size[0], size[1], withDrafts(t.TempDir()))
			d.WaitForText("20 applications")
			filtered(d, "orders prod state:run", "1 of 20")
			d.Press("e")
			d.WaitForText("apiVersion: cmf.confluent.io/v1")
			for _, change := range [][2]string{{"image:", "-mine"}, {"paral", "0"}} {
				d.Press("alt+/")
				d.Type(change[0])
				d.Press("enter")
				d.Type(change[1])
			}
			meanwhile(t, direct, "orders", "registry.acme.io/flink/orders:9", "image")
			meanwhile(t, direct, "orders", 3, "job", "parallelism")
			d.Press("esc")
			d.WaitForText("CHANGED BY BOTH", "2 conflicts")
			goldenPage(d, fmt.Sprintf("conflicts-%dx%d", size[0], size[1]))
			d.Press("M") // the first one is chosen, and then the next that is open
			d.WaitForText("1 conflict ·", "yours stays", "decide: ")
			d.Press("T")
			d.WaitForText("the live one stays")
			if strings.Contains(d.Screen(), "decide: ") {
				t.Errorf("there is something to decide still:\n%s", d.Screen())
			}
			d.Press("enter")
			d.WaitForText("What will be sent", "-mine")
			d.Press("y")
			d.WaitForText("applied orders")
			a := prodApplication(t, direct, "orders")
			if a.Parallelism() != 3 || !strings.HasSuffix(a.Spec.String("image"), "-mine") {
				t.Errorf("the server has %s", a.Spec)
			}
		})
	}
}

// TestAllConflictsAreDecidedAtOnce by the key that marks all, and each the other way after it.
func TestAllConflictsAreDecidedAtOnce(t *testing.T) {
	t.Parallel()
	direct := running(t)
	d := open(t, direct, 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	filtered(d, "orders prod state:run", "1 of 20")
	d.Press("e")
	d.WaitForText("apiVersion: cmf.confluent.io/v1")
	for _, change := range [][2]string{{"image:", "-mine"}, {"paral", "0"}} {
		d.Press("alt+/")
		d.Type(change[0])
		d.Press("enter")
		d.Type(change[1])
	}
	meanwhile(t, direct, "orders", "registry.acme.io/flink/orders:9", "image")
	meanwhile(t, direct, "orders", 3, "job", "parallelism")
	d.Press("esc")
	d.WaitForText("CHANGED BY BOTH", "2 conflicts", "ctrl-a all conflicts")
	d.Press("ctrl+a", "T")
	d.WaitFor(func(s string) bool { return strings.Count(s, "the live one stays") == 2 })
	d.Press("n", "M") // the second one: the first stays as it was decided
	d.WaitFor(func(s string) bool {
		return strings.Count(s, "the live one stays") == 1 && strings.Count(s, "yours stays") == 1
	})
	if image := d.Line("spec.image"); !strings.Contains(image, "the live one stays") {
		t.Errorf("the first conflict: %q", image)
	}
}

// stamps are times that are of the run.
var stamps = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// goldenPage compares the page in front, and the line of keys.
func goldenPage(d *uitest.Driver, name string) {
	var page []string
	lines := strings.Split(d.Screen(), "\n")
	for i, line := range lines {
		if strings.ContainsAny(line, "│┌└") || i == len(lines)-1 {
			page = append(page, stamps.ReplaceAllStringFunc(line, func(s string) string {
				return strings.Repeat("#", len(s))
			}))
		}
	}
	d.GoldenText(name, strings.Join(page, "\n"))
}
