package console

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"drey/client/ccloudapi/ccloudtest"
	"drey/ui/uitest"
	"drey/views/platform"
)

// TestCloudForms opens the texts that pools, artifacts and statements are made and changed by.
func TestCloudForms(t *testing.T) {
	t.Parallel()
	for _, scene := range []struct {
		name, tab, row string
		keys           []string
		wait           []string
	}{
		{"pool-form", "3", "reports", []string{"a", "y"}, []string{"display_name: my-pool", "max_cfu: 5"}},
		{"upload-form", "6", "cfa-1", []string{"a", "y"}, []string{"file: functions.jar", "display_name: my-functions"}},
		{"artifact-editor", "6", "cfa-1", []string{"e"}, []string{"display_name: functions", "check and compare"}},
	} {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				d := openCloud(t, cloud(t, ccloudtest.Quirks{}), size[0], size[1])
				d.WaitForText("fraud-scores", "1 failing")
				d.Press(scene.tab)
				d.WaitForText(scene.row)
				for n, key := range scene.keys {
					if n > 0 {
						d.WaitForText("What should it begin with?")
					}
					d.Press(key)
				}
				d.WaitForText(scene.wait...)
				shoot(d, "cloud-"+scene.name, size)
			}
		})
	}
}

// shoot compares the screen once it is quiet.
func shoot(d *uitest.Driver, name string, size [2]int) {
	d.Drain(200 * time.Millisecond)
	d.Golden(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]))
	d.CheckSize(size[0], size[1])
}

// clockTime is a time of this machine's day.
var clockTime = regexp.MustCompile(`until \d\d:\d\d:\d\d`)

// TestAThrottledCloudSaysUntilWhen has the rows stay, and the header say when it goes on.
func TestAThrottledCloudSaysUntilWhen(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		s := cloud(t, ccloudtest.Quirks{})
		d := openCloud(t, s, size[0], size[1])
		d.Scrub = func(screen string) string { return clockTime.ReplaceAllString(screen, "until 12:34:56") }
		d.WaitForText("fraud-scores", "1 failing", "EXCEPTION") // what is read beside the list is there, too
		s.Set(func(q *ccloudtest.Quirks) { q.Throttle, q.RetryAfter = 1_000_000, time.Hour })
		d.WaitForText("throttled until")
		before := len(s.Seen())
		d.Press("R")
		d.WaitForText("it takes no requ")
		shoot(d, "cloud-throttled", size)
		if n := len(s.Seen()) - before; n != 0 {
			t.Errorf("%d requests were sent while it throttled", n)
		}
	}
}

// TestScreensOfTwoRegions has one of them fail beside the rows of the other one, and what is
// asked and said where there are several.
func TestScreensOfTwoRegions(t *testing.T) {
	t.Parallel()
	for _, scene := range []struct {
		name  string
		fails bool
		keys  []string
		wait  []string
	}{
		{"regions-two", false, nil, []string{"4 statements"}},
		{"regions-one-fails", true, nil, []string{"in env-dev02, cannot be read", "in env-prod01, cannot be read"}},
		{"regions-form", false, []string{"a", "y"}, []string{"region: us-east-1 # or eu-west-1"}},
	} {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range sizes {
				w := twoRegions(t, ccloudtest.Quirks{})
				w.Regions[ccloudtest.OtherRegion].Set(func(q *ccloudtest.Quirks) { q.HTML = scene.fails })
				d := openWorldWith(t, w, size[0], size[1], func(*platform.Settings) {})
				d.WaitForText("only-us-east-1")
				for n, key := range scene.keys {
					if n > 0 {
						d.WaitForText("What should it begin with?")
					}
					d.Press(key)
				}
				d.WaitForText(scene.wait...)
				shoot(d, "cloud-"+scene.name, size)
			}
		})
	}
}

// openWorldWith opens a console on both regions of a world, with settings changed.
func openWorldWith(
	t *testing.T, w *ccloudtest.World, width, height int, change func(*platform.Settings),
) *uitest.Driver {
	t.Helper()
	settings := worldSettings(w, ccloudtest.Region, ccloudtest.OtherRegion)
	change(&settings)
	return openCloudWith(t, settings, width, height)
}
