package console

import (
	"fmt"
	"strings"
	"testing"
)

// TestAValueOfTheOtherSideIsTaken gives an application its parallelism of before, from the
// diff with it, and leaves all else of it.
func TestAValueOfTheOtherSideIsTaken(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			c := twoOrders(t)
			d := open(t, c, size[0], size[1], withDrafts(t.TempDir()))
			d.WaitForText("20 applications")
			d.Press("/")
			d.Type("orders env:prod")
			d.Press("enter")
			d.WaitForText("1 of 20")
			d.Press("=")
			d.WaitForText("Compare orders", "what changed with the last one")
			d.Press("y")
			d.WaitForText("spec.job.parallelism", "2 differ")
			d.Press("n", "a") // a secret, which is shown nowhere
			d.WaitForText("s3.secret-key is a secret")
			d.Press("n", "a")
			d.WaitForText("1 taken")
			goldenPage(d, fmt.Sprintf("diff-taken-%dx%d", size[0], size[1]))
			d.Press("a")
			d.WaitFor(func(s string) bool { return !strings.Contains(s, "1 taken") })
			d.Press("a", "e")
			d.WaitForText("apiVersion: cmf.confluent.io/v1")
			d.Press("esc")
			d.WaitForText("YOUR CHANGES", "spec.job.parallelism", "1 change ")
			d.Press("enter")
			d.WaitForText("What will be sent", "2 → 8")
			d.Press("y")
			d.WaitForText("applied orders")
			a := prodApplication(t, c, "orders")
			if a.Parallelism() != 8 || a.Spec.String("flinkConfiguration", "s3.secret-key") != "hunter2" {
				t.Errorf("the server has %s", a.Spec)
			}
		})
	}
}

// TestNothingIsTakenIntoADraft that is kept: it goes on as it was, and that is said.
func TestNothingIsTakenIntoADraft(t *testing.T) {
	t.Parallel()
	c := twoOrders(t)
	d := open(t, c, 140, 40, withDrafts(t.TempDir()))
	d.WaitForText("20 applications")
	filtered(d, "orders env:prod", "1 of 20")
	setParallelism(d, "7")
	d.WaitForText("YOUR CHANGES")
	d.Press("esc")
	d.WaitForText("kept as a draft")
	d.Press("=")
	d.WaitForText("Compare orders", "what changed with the last one")
	d.Press("y")
	d.WaitForText("spec.job.parallelism", "2 differ")
	d.Press("n", "n", "a")
	d.WaitForText("1 taken", "e edit right with 1 taken")
	d.Press("e")
	d.WaitForText("nothing was taken into it", "parallelism: 7")
}
